/** History: the messages of the open chat, newest at the bottom; it stays there until the person scrolls away. */

import { now } from "./clock.js";
import { h } from "./elements.js";
import { language, t } from "./i18n.js";
import { icon } from "./icons.js";
import { messageRow } from "./message.js";
import { senderOf } from "./names.js";
import { reconcile } from "./reconcile.js";
import { moveWithArrows } from "./roving.js";
import { serviceText } from "./summary.js";
import { dayLabel, dayOf } from "./times.js";
import { town } from "./town.js";

const NEAR_EDGE_PX = 60;
const RUN_SECONDS = 300;

export class History {
  #lastSeen = 0;
  #isAtEnd = true;
  #isLoadingOlder = false;

  constructor(phone) {
    this.phone = phone;
    this.person = phone.person;
    this.log = h("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": t("messages_of", { title: phone.person.chat.title }), tabindex: -1 });
    this.down = h("button", { class: "to-newest", type: "button", "aria-label": t("newest"), hidden: true, onclick: () => this.toEnd() });
    this.element = h("div", { class: "history" }, this.log, this.down);
    this.log.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.log.addEventListener("focusin", (event) => this.#setCurrent(event.target.closest(".row")));
    moveWithArrows(this.log, ".row", "y");
    new ResizeObserver(() => this.#isAtEnd && this.toEnd()).observe(this.log);
  }

  update() {
    const heightBefore = this.log.scrollHeight;
    this.log.setAttribute("aria-busy", String(!this.person.isLoaded));
    reconcile(this.log, this.#items());
    if (this.#isLoadingOlder) this.log.scrollTop += this.log.scrollHeight - heightBefore;
    else if (this.#isAtEnd) this.toEnd();
    this.#isLoadingOlder = false;
    this.#showDown();
    this.#settleTabOrder();
  }

  #items() {
    const { messages, isLoaded } = this.person;
    if (!messages.length) return [{ key: "empty", signature: `${isLoaded}${language()}`, make: () => h("p", { class: "empty" }, isLoaded ? t("no_messages") : "…") }];
    return entries(messages, this.person.thread).map((entry) => this.#item(entry));
  }

  #item(entry) {
    if (entry.day) return { key: `day ${entry.day}`, signature: entry.label, make: () => h("p", { class: "day" }, h("span", {}, entry.label)) };
    const [message] = entry.messages;
    const service = serviceText(message);
    const signature = JSON.stringify([entry, town.places.length]);
    const make = service ? () => h("p", { class: "service", dataset: { message: message.message_id } }, h("span", {}, service)) : () => messageRow(this.phone, this.#named(entry));
    return { key: `message ${message.message_id}`, signature, make };
  }

  #named(entry) {
    const isPrivate = this.person.chat?.is_bot;
    return { ...entry, showsName: entry.isFirst && !entry.messages[0].outgoing && !isPrivate };
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    this.#isAtEnd = true;
    this.#showDown();
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.log;
    this.#isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_EDGE_PX;
    this.#showDown();
    if (scrollTop < NEAR_EDGE_PX && this.person.mayHaveOlder && !this.#isLoadingOlder) this.#loadOlder();
  }

  #loadOlder() {
    this.#isLoadingOlder = true;
    this.person.older();
  }

  #showDown() {
    const newest = this.person.messages.at(-1)?.message_id ?? 0;
    if (this.#isAtEnd) this.#lastSeen = newest;
    const count = this.person.messages.filter((message) => message.message_id > this.#lastSeen).length;
    this.down.hidden = this.#isAtEnd;
    this.down.replaceChildren(...(count ? [h("span", {}, t("new_messages", { count }))] : []), icon("down"));
  }

  // One message at a time is in the tab order, with its own buttons: a long history stays one stop.
  #settleTabOrder() {
    const rows = [...this.log.querySelectorAll(".row")];
    this.#setCurrent(rows.find((row) => row === this.current) ?? rows.at(-1));
  }

  #setCurrent(row) {
    if (!row) return;
    this.current = row;
    for (const other of this.log.querySelectorAll(".row")) {
      other.tabIndex = other === row ? 0 : -1;
      for (const control of other.querySelectorAll("a, button, video")) control.tabIndex = other === row ? 0 : -1;
    }
  }
}

/** Days, and messages gathered into albums and runs of one sender. */
function entries(messages, thread) {
  const list = [];
  let last = null;
  for (const message of messages.filter((one) => !thread || one.message_thread_id === thread)) {
    const startsDay = !last || dayOf(last.messages[0].date) !== dayOf(message.date);
    if (startsDay) list.push({ day: dayOf(message.date), label: dayLabel(message.date, now()) });
    if (isSameAlbum(last, message)) last.messages.push(message);
    else list.push((last = entryAfter(last, message, startsDay)));
  }
  return list;
}

function isSameAlbum(last, message) {
  return Boolean(message.media_group_id) && last?.messages[0].media_group_id === message.media_group_id;
}

function entryAfter(last, message, startsDay) {
  const isFirst = startsDay || !isSameRun(last.messages[0], message);
  if (last) last.isLast = isFirst;
  return { messages: [message], isFirst, isLast: true };
}

function isSameRun(before, message) {
  const isSameSender = senderOf(before)?.id === senderOf(message)?.id && !serviceText(before);
  return isSameSender && message.date - before.date < RUN_SECONDS;
}
