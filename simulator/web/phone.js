/** Phone: one person's column on the page: a chat list, or the open chat. */

import { ChatView } from "./chat.js";
import { ChatList } from "./chats.js";
import { Deeds } from "./deeds.js";
import { h } from "./elements.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { disc, nameOf } from "./names.js";
import { toastArea } from "./toast.js";
import { town } from "./town.js";

export class Phone {
  #view = null;
  #viewOf = undefined;

  constructor(person) {
    this.person = person;
    this.screen = h("div", { class: "screen" });
    this.home = h("section", {
      class: "phone", id: `phone-${person.id}`, role: town.isNarrow ? "tabpanel" : "region",
      "aria-label": t("phone_of", { name: person.name }), dataset: { person: person.name },
    }, this.#bar(), this.screen, toastArea());
    this.deeds = new Deeds(person, this.home);
    this.onChange = () => this.update();
    person.addEventListener("change", this.onChange);
    this.update();
  }

  #bar() {
    const { person } = this;
    return h("header", { class: "phone-bar" }, disc(person.id, person.name), h("h1", {}, nameOf(person.user)),
      h("button", { class: "round small", type: "button", "aria-label": t("close_phone", { name: person.name }), onclick: () => town.pick(person) }, icon("close")));
  }

  open(chatId) {
    this.person.hasChosen = true;
    this.person.open(chatId);
    this.#view?.focus();
  }

  close() {
    this.person.hasChosen = true;
    this.person.open(null);
    this.#view?.focus();
  }

  update() {
    const wanted = this.person.chat ? this.person.chatId : null;
    if (wanted !== this.#viewOf) this.#show(wanted);
    this.#view.update();
  }

  #show(chatId) {
    const hadFocus = this.screen.contains(document.activeElement);
    this.#viewOf = chatId;
    this.#view = chatId ? new ChatView(this) : new ChatList(this);
    this.screen.replaceChildren(this.#view.element);
    this.#view.update();
    if (hadFocus) this.#view.focus();
  }

  discard() {
    this.person.removeEventListener("change", this.onChange);
    this.home.remove();
  }
}
