/** Chat: the open chat of a phone: who it is with, its messages, and where to write. */

import { Composer } from "./composer.js";
import { h } from "./elements.js";
import { History } from "./history.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { openMenu } from "./menu.js";
import { disc } from "./names.js";
import { reconcile } from "./reconcile.js";
import { topicItems } from "./topics.js";

export class ChatView {
  constructor(phone) {
    this.phone = phone;
    this.person = phone.person;
    this.history = new History(phone);
    this.composer = new Composer(phone);
    phone.composer = this.composer;
    this.header = h("header", { class: "chat-bar" });
    this.topics = h("div", { class: "topics-slot" });
    this.start = h("div", { class: "start" });
    this.element = h("div", { class: "chat", onkeydown: (event) => this.#key(event) },
      this.header, this.topics, this.history.element, this.start, this.composer.element);
    this.#buildHeader();
  }

  #buildHeader() {
    const { chat } = this.person;
    this.status = h("small", {});
    this.badge = h("span", { class: "badge", hidden: true });
    const back = h("button", { class: "round back", type: "button", "aria-label": t("back"), onclick: () => this.phone.close() }, icon("back"), this.badge);
    const menu = h("button", { class: "round", type: "button", "aria-label": t("chat_menu"), "aria-haspopup": "menu", onclick: () => this.#openMenu(menu) }, icon("more"));
    this.header.append(back, disc(chat.id, chat.title, chat.is_bot), h("div", { class: "chat-title" }, h("h2", {}, chat.title), this.status), menu);
  }

  #openMenu(opener) {
    const { chat } = this.person;
    const { deeds } = this.phone;
    const forBot = chat.blocked
      ? { label: t("unblock"), icon: "stop", act: () => deeds.unblock(chat.id) }
      : { label: t("block"), icon: "stop", isDanger: true, act: () => deeds.block(chat.id) };
    openMenu(opener, [chat.is_bot ? forBot : { label: t("leave"), icon: "leave", isDanger: true, act: () => deeds.leave(chat.id) }]);
  }

  update() {
    const { chat } = this.person;
    if (!chat) return;
    this.#showStatus(chat);
    reconcile(this.topics, topicItems(this.person));
    this.history.update();
    this.composer.update();
    this.#showStart(chat);
    this.#markRead(chat);
  }

  #showStatus(chat) {
    const isTyping = this.person.isTyping(chat.id);
    this.status.textContent = isTyping ? t("typing") : statusOf(chat);
    this.status.classList.toggle("typing", isTyping);
    const elsewhere = this.person.unread - (chat.unread ?? 0);
    this.badge.hidden = !elsewhere;
    this.badge.textContent = elsewhere;
  }

  // Until a bot is started nothing can be written to it, as on Telegram.
  #showStart(chat) {
    const isNew = chat.is_bot && !chat.started;
    this.composer.element.hidden = isNew || Boolean(chat.blocked);
    const wanted = chat.blocked ? "unblock" : isNew ? "start" : "";
    if (this.start.dataset.shown === wanted) return;
    this.start.dataset.shown = wanted;
    this.start.replaceChildren(...(wanted ? [this.#startButton(chat, wanted)] : []));
  }

  #startButton(chat, wanted) {
    const act = wanted === "start" ? () => this.phone.deeds.start(chat.id) : () => this.phone.deeds.unblock(chat.id);
    return h("button", { class: "main wide", type: "button", onclick: act }, t(wanted));
  }

  #markRead(chat) {
    const newest = this.person.messages.at(-1);
    const isSeen = this.person.isShown && this.person.isLoaded && document.visibilityState === "visible";
    if (!isSeen || !chat.unread || !newest || this.readUpTo === newest.message_id) return;
    this.readUpTo = newest.message_id;
    this.person.api.read(chat.id, newest.message_id).then(() => this.person.refresh(), () => {});
  }

  #key(event) {
    if (event.key !== "Escape" || event.defaultPrevented || event.target.closest("dialog, .menu")) return;
    if (event.target === this.composer.input) this.phone.close();
    else this.composer.input.focus();
  }

  focus() {
    const target = this.composer.element.hidden ? this.start.firstChild : this.composer.input;
    target?.focus({ preventScroll: true });
  }
}

function statusOf(chat) {
  if (chat.blocked) return t("blocked");
  return chat.is_bot ? t("bot") : t("members", { count: chat.members.length });
}
