/** Strip: everyone's name. Wide: opens and puts away phones. Narrow: tabs, of which one is shown. */

import * as api from "./api.js";
import { ask } from "./dialog.js";
import { h } from "./elements.js";
import { language, t } from "./i18n.js";
import { icon } from "./icons.js";
import { disc } from "./names.js";
import { reconcile } from "./reconcile.js";
import { rove, settle } from "./roving.js";
import { town } from "./town.js";

export class Strip {
  constructor() {
    this.list = h("div", { class: "people" });
    this.element = h("nav", { class: "strip", id: "strip", "aria-label": t("people"), tabindex: -1 }, this.list,
      h("button", { class: "round", type: "button", "aria-label": t("add_person"), onclick: addPerson }, icon("plus")));
    rove(this.list, ".tab", "x");
  }

  update() {
    this.list.setAttribute("role", town.isNarrow ? "tablist" : "group");
    this.list.setAttribute("aria-label", t("people"));
    reconcile(this.list, town.people.map((person) => this.#item(person)));
    settle(this.list, ".tab");
    if (town.isNarrow) this.list.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  #item(person) {
    const isShown = town.shown.includes(person);
    const signature = JSON.stringify([isShown, person.unread, town.isNarrow, language()]);
    return { key: person.id, signature, make: () => tab(person, isShown) };
  }
}

function tab(person, isShown) {
  const state = town.isNarrow ? { role: "tab", "aria-selected": isShown, "aria-controls": `phone-${person.id}` } : { "aria-pressed": isShown };
  const label = person.unread ? t("unread_of", { name: person.name, count: person.unread }) : person.name;
  return h("button", { class: "tab", type: "button", ...state, "aria-label": label, dataset: { tab: person.name, unread: person.unread }, onclick: () => town.pick(person) },
    disc(person.id, person.name), h("span", { class: "tab-name" }, person.name), person.unread > 0 && h("span", { class: "badge" }, String(person.unread)));
}

function addPerson() {
  const accept = (name) => {
    if (!name) return t("name_needed");
    api.addPerson(name).then(() => town.load());
    return null;
  };
  ask(document.body, { title: t("add_person"), label: t("their_name"), action: t("add"), accept });
}
