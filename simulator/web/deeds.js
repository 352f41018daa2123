/** Deeds: what a person can do in the open chat. A refusal becomes a toast on that person's phone. */

import { mediaForm } from "./api.js";
import { t } from "./i18n.js";
import { readDeepLink } from "./links.js";
import { attempt, toast } from "./toast.js";

export class Deeds {
  constructor(person, home) {
    this.person = person;
    this.home = home;
  }

  get #place() {
    const { chatId: chat, thread } = this.person;
    return thread ? { chat, thread } : { chat };
  }

  async #run(deed) {
    const result = await attempt(this.home, deed);
    await attempt(this.home, () => this.person.refresh());
    return result;
  }

  say(text, replyTo) {
    return this.#run(() => this.person.api.send({ ...this.#place, text, ...(replyTo && { reply_to: replyTo }) }));
  }

  sendFiles(kind, files, caption, replyTo) {
    return this.#run(() => this.person.api.send(mediaForm({ ...this.#place, kind, caption, reply_to: replyTo }, files)));
  }

  sendLocation(location) { return this.#run(() => this.person.api.send({ ...this.#place, location })); }

  moveLocation(message, location) {
    return this.#run(() => this.person.api.edit({ chat: this.person.chatId, message_id: message.message_id, location }));
  }

  sendContact(contact) { return this.#run(() => this.person.api.send({ ...this.#place, contact })); }

  forward(message, chat) {
    const from = { from_chat: this.person.chatId, message_id: message.message_id };
    return this.#run(() => this.person.api.send({ chat, forward: from }));
  }

  edit(messageId, text) { return this.#run(() => this.person.api.edit({ chat: this.person.chatId, message_id: messageId, text })); }

  remove(message) { return this.#run(() => this.person.api.remove(this.person.chatId, message.message_id)); }

  react(message, emoji) { return this.#run(() => this.person.api.react(this.person.chatId, message.message_id, emoji)); }

  press(message, row, column) {
    return this.#run(() => this.person.api.press({ chat: this.person.chatId, message_id: message.message_id, row, column }));
  }

  leave(chat) { return this.#run(() => this.person.api.leave(chat)); }

  block(bot) { return this.#run(() => this.person.api.block(bot)); }

  unblock(bot) { return this.#run(() => this.person.api.unblock(bot)); }

  vote(message, options) { return this.#run(() => this.person.api.vote(this.person.chatId, message.message_id, options)); }

  /** Starts a bot by id or username and opens its chat. */
  async start(bot, payload) {
    const message = await this.#run(() => this.person.api.start(bot, payload));
    if (!message) return;
    const name = String(bot).toLowerCase();
    const chat = this.person.chats.find(({ id, username }) => String(id) === name || username?.toLowerCase() === name);
    if (chat) this.person.open(chat.id);
  }

  /** Takes t.me links to bots itself; answers false for every other link. */
  openLink(url) {
    const link = readDeepLink(url);
    if (link) this.start(link.bot, link.payload);
    return Boolean(link);
  }

  async copy(text) {
    await navigator.clipboard?.writeText(text).catch(() => {});
    toast(this.home, t("copied"));
  }
}
