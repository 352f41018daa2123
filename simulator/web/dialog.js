/** Dialog: a question over one person's phone. Esc or a click outside closes it. */

import { h } from "./elements.js";
import { icon } from "./icons.js";
import { t } from "./i18n.js";

const MARGIN_PX = 10;
const MIN_WIDTH_PX = 340;

/** `build(close)` makes the content. Returns the open dialog. */
export function openDialog(home, title, build, role = "dialog") {
  const heading = h("h2", {}, title);
  const close = () => dialog.close();
  const dialog = h("dialog", { class: "dialog", role, "aria-label": title },
    h("header", {}, heading, h("button", { class: "round", type: "button", "aria-label": t("close"), onclick: close }, icon("close"))),
    build(close));
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("mousedown", (event) => event.target === dialog && close());
  home.append(dialog);
  dialog.showModal();
  centre(dialog, home);
  return dialog;
}

/** The alert of a bot's answer: it waits until the person has read it. */
export function showAlert(home, text) {
  const dialog = openDialog(home, t("bot_says"), (close) => h("div", { class: "dialog-body" },
    h("p", { class: "alert-text" }, text),
    h("div", { class: "dialog-actions" }, h("button", { class: "main", type: "button", onclick: close, autofocus: true }, t("ok")))), "alertdialog");
  dialog.classList.add("alert");
}

/** A question with one line to write. `accept(value)` may return a sentence that says what is wrong. */
export function ask(home, { title, label, value = "", placeholder = "", action, accept }) {
  openDialog(home, title, (close) => {
    const input = h("input", { type: "text", value, placeholder, autofocus: true, autocomplete: "off", "aria-label": label });
    const problem = h("p", { class: "problem", role: "alert" });
    const submit = (event) => {
      event.preventDefault();
      const wrong = accept(input.value.trim());
      if (!wrong) return close();
      problem.textContent = wrong;
      input.focus();
    };
    return h("form", { class: "dialog-body", onsubmit: submit },
      h("label", { class: "field" }, h("span", {}, label), input), problem,
      h("div", { class: "dialog-actions" }, h("button", { class: "main", type: "submit" }, action)));
  });
}

// Over the phone it belongs to, so that it is plain whose question it is.
function centre(dialog, home) {
  const at = home.getBoundingClientRect();
  if (home === document.body || innerWidth <= 480) return;
  dialog.style.maxWidth = `${Math.max(at.width, MIN_WIDTH_PX) - 2 * MARGIN_PX}px`;
  const middle = at.left + (at.width - dialog.offsetWidth) / 2;
  dialog.style.marginLeft = `${Math.min(Math.max(MARGIN_PX, middle), innerWidth - dialog.offsetWidth - MARGIN_PX)}px`;
}
