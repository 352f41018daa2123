/** Commands: the bot's menu of commands, and the suggestions while one is typed. */

import { h } from "./elements.js";
import { t } from "./i18n.js";
import { openMenu } from "./menu.js";

const TYPED_COMMAND = /^\/\w*$/;

export function openCommandMenu(phone, opener) {
  openMenu(opener, phone.person.chat.commands.map(({ command, description }) => ({
    label: `/${command}`, note: description, act: () => phone.deeds.say(`/${command}`),
  })));
}

/** A listbox above the field; focus stays in the field, arrows move, Enter or Tab takes. */
export class Suggestions {
  #at = -1;

  constructor(phone, input, take) {
    this.phone = phone;
    this.input = input;
    this.take = take;
    this.element = h("ul", { class: "suggestions", role: "listbox", id: `suggestions-${phone.person.id}`, "aria-label": t("commands"), hidden: true });
    input.setAttribute("aria-controls", this.element.id);
    input.setAttribute("aria-autocomplete", "list");
  }

  get isOpen() { return !this.element.hidden; }
  get options() { return [...this.element.children]; }

  update() {
    const text = this.input.value;
    const commands = this.phone.person.chat?.commands ?? [];
    const fitting = TYPED_COMMAND.test(text) ? commands.filter(({ command }) => `/${command}`.startsWith(text.toLowerCase())) : [];
    const isDone = fitting.length === 1 && `/${fitting[0].command}` === text;
    this.#show(isDone ? [] : fitting);
  }

  close() { this.#show([]); }

  #show(commands) {
    this.element.replaceChildren(...commands.map((command, index) => this.#option(command, index)));
    this.element.hidden = commands.length === 0;
    this.#mark(-1);
  }

  #option({ command, description }, index) {
    return h("li", { role: "option", id: `${this.element.id}-${index}`, "aria-selected": false, dataset: { command: `/${command}` },
      onmousedown: (event) => { event.preventDefault(); this.take(`/${command}`, true); } },
    h("strong", {}, `/${command}`), h("span", {}, description));
  }

  #mark(index) {
    this.#at = index;
    this.options.forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    const id = this.options[index]?.id;
    if (id) this.input.setAttribute("aria-activedescendant", id);
    else this.input.removeAttribute("aria-activedescendant");
    this.options[index]?.scrollIntoView({ block: "nearest" });
  }

  /** Whether the key was the list's. */
  key(event) {
    if (!this.isOpen) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) return this.#move(step);
    if (event.key === "Escape") return this.close() ?? true;
    if (event.key === "Tab" && !event.shiftKey) return this.take(this.options[Math.max(0, this.#at)].dataset.command, false) ?? true;
    if (event.key !== "Enter" || this.#at < 0) return false;
    this.take(this.options[this.#at].dataset.command, true);
    return true;
  }

  #move(step) {
    const count = this.options.length;
    this.#mark((this.#at + step + count + (this.#at < 0 && step < 0 ? 1 : 0)) % count);
    return true;
  }
}
