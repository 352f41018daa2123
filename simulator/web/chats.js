/** Chats: the list of one person's chats, with the last words and what is unread. */

import { askDeepLink } from "./attach.js";
import { now } from "./clock.js";
import { h } from "./elements.js";
import { language, t } from "./i18n.js";
import { icon } from "./icons.js";
import { disc, nameOf } from "./names.js";
import { reconcile } from "./reconcile.js";
import { rove, settle } from "./roving.js";
import { summaryOf } from "./summary.js";
import { whenOf } from "./times.js";

export class ChatList {
  constructor(phone) {
    this.phone = phone;
    this.person = phone.person;
    this.list = h("div", { class: "chat-rows" });
    this.empty = h("div", { class: "empty" }, h("p", {}, t("no_chats")), h("p", {}, t("no_chats_hint")));
    this.element = h("nav", { class: "chat-list", "aria-label": t("chats_of", { name: this.person.name }) },
      h("header", { class: "list-bar" }, h("h2", {}, t("chats")),
        h("button", { class: "round", type: "button", "aria-label": t("deep_link"), onclick: () => askDeepLink(phone) }, icon("link"))),
      this.list, this.empty);
    rove(this.list, ".chat-row", "y");
  }

  update() {
    const byNewest = [...this.person.chats].sort((a, b) => (b.last?.date ?? 0) - (a.last?.date ?? 0));
    reconcile(this.list, byNewest.map((chat) => this.#item(chat)));
    this.empty.hidden = byNewest.length > 0;
    settle(this.list, ".chat-row");
  }

  #item(chat) {
    const when = chat.last ? whenOf(chat.last.date, now()) : "";
    const isTyping = this.person.isTyping(chat.id);
    const hasDraft = Boolean(this.person.draft(chat.id).text);
    return { key: chat.id, signature: JSON.stringify([chat, when, isTyping, hasDraft, language()]), make: () => this.#row(chat, when, isTyping, hasDraft) };
  }

  #row(chat, when, isTyping, hasDraft) {
    const last = isTyping ? t("typing") : lastWords(chat, this.person);
    return h("button", { class: "chat-row", type: "button", dataset: { chat: chat.id }, onclick: () => this.phone.open(chat.id) },
      disc(chat.id, chat.title, chat.is_bot),
      h("span", { class: "chat-words" }, h("strong", {}, chat.title), h("span", { class: isTyping ? "last typing" : "last" }, last)),
      h("span", { class: "chat-side" }, h("small", {}, when),
        chat.unread > 0 ? h("span", { class: "badge", "aria-label": t("unread", { count: chat.unread }) }, String(chat.unread)) : hasDraft && icon("pencil")));
  }

  focus() {
    this.list.querySelector('[tabindex="0"]')?.focus({ preventScroll: true });
  }
}

function lastWords(chat, person) {
  if (!chat.last) return chat.is_bot ? t("not_started") : "";
  const words = summaryOf(chat.last).replace(/\s+/g, " ");
  if (chat.last.from?.id === person.id) return `${t("you")}: ${words}`;
  return chat.is_bot || !chat.last.from ? words : `${nameOf(chat.last.from)}: ${words}`;
}
