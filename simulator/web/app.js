/** App: puts the page together and keeps it in step with the town. */

import { clockControl, startClock } from "./clock.js";
import { h } from "./elements.js";
import { listen } from "./events.js";
import { language, t, toggleLanguage } from "./i18n.js";
import { icon } from "./icons.js";
import { Phone } from "./phone.js";
import { Strip } from "./strip.js";
import { applyTheme, isDark, toggleTheme, watchTheme } from "./theme.js";
import { town } from "./town.js";

const phones = new Map();
let strip;
let main;
let notice;

function build() {
  for (const phone of phones.values()) phone.discard();
  phones.clear();
  document.documentElement.lang = language();
  strip = new Strip();
  main = h("main", { class: "phones", id: "phones", tabindex: -1 });
  notice = h("p", { class: "notice", role: "status", hidden: town.isLive });
  document.body.replaceChildren(...skipLinks(), pageHeader(), notice, strip.element, main);
  update();
}

function skipLinks() {
  return [["#strip", "skip_to_people"], ["#phones", "skip_to_phones"]].map(([href, key]) => h("a", { class: "skip", href }, t(key)));
}

function pageHeader() {
  const theme = h("button", { class: "round", type: "button", onclick: () => { toggleTheme(); labelTheme(theme); } });
  labelTheme(theme);
  watchTheme(() => labelTheme(theme));
  return h("header", { class: "page-bar" },
    h("p", { class: "brand" }, h("img", { src: "lantern.svg", alt: "", width: 26, height: 26 }), h("span", {}, h("strong", {}, t("page_title")), h("span", { class: "dash" }, " — "), h("span", {}, t("not_telegram")))),
    clockControl(),
    h("div", { class: "page-tools" },
      h("button", { class: "language", type: "button", lang: language() === "id" ? "en" : "id", "aria-label": t("other_language"), onclick: switchLanguage }, language() === "id" ? "EN" : "ID"), theme));
}

function labelTheme(button) {
  button.setAttribute("aria-label", t(isDark() ? "to_light" : "to_dark"));
  button.replaceChildren(icon(isDark() ? "sun" : "moon"));
}

function switchLanguage() {
  toggleLanguage();
  build();
  document.querySelector(".language").focus();
}

function update() {
  strip.update();
  showPhones();
  showTitle();
}

function showPhones() {
  const shown = town.shown;
  for (const [person, phone] of phones) if (!shown.includes(person)) putAway(person, phone);
  for (const person of shown) if (!phones.has(person)) phones.set(person, new Phone(person));
  const wanted = shown.length ? shown.map((person) => phones.get(person).home) : [nobody()];
  if (wanted.length !== main.children.length || wanted.some((home, index) => main.children[index] !== home)) main.replaceChildren(...wanted);
}

function putAway(person, phone) {
  phone.discard();
  phones.delete(person);
}

function nobody() {
  const [title, hint] = town.people.length ? [t("no_phone_open"), ""] : [t("no_people"), t("no_people_hint")];
  return h("div", { class: "nobody" }, h("p", {}, title), hint && h("p", {}, hint));
}

function showTitle() {
  const title = `${t("page_title")} — ${t("not_telegram")}`;
  document.title = town.unread ? `(${town.unread}) ${title}` : title;
}

function showLine() {
  notice.hidden = town.isLive;
  notice.textContent = town.isLive ? "" : t("line_cut");
}

applyTheme();
build();
town.addEventListener("shown", update);
town.addEventListener("unread", () => { strip.update(); showTitle(); });
town.addEventListener("line", showLine);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && town.shown.forEach((person) => person.tell()));
startClock(() => town.people.forEach((person) => person.tell()));
listen((event) => town.hear(event), (isLive) => town.hearLine(isLive));
