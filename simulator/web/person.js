/** Person: what one person's phone knows, fetched from the simulator, and what is half written on it. */

import { actor, whileOnline } from "./api.js";

const PAGE = 100;
const TYPING_MS = 5000;

export class Person extends EventTarget {
  #running = null;
  #isStale = false;
  #drafts = new Map();

  constructor(user) {
    super();
    this.user = user;
    this.api = actor(user.id);
    this.chats = [];
    this.chatId = null;
    this.messages = [];
    this.keyboard = null;
    this.limit = PAGE;
    this.thread = null;
    this.isShown = false;
    this.isLoaded = false;
    this.hasChosen = false;
    this.typingUntil = new Map();
    this.blocked = new Set();
    this.hiddenKeyboards = new Map();
  }

  get id() { return this.user.id; }
  get name() { return this.user.name; }
  get unread() { return this.chats.reduce((sum, chat) => sum + (chat.unread || 0), 0); }
  get chat() { return this.chats.find((chat) => chat.id === this.chatId) ?? null; }
  get mayHaveOlder() { return this.messages.length >= this.limit; }

  /** The half-written message of a chat; it outlives every render, and its text a reload. */
  draft(chatId) {
    if (!this.#drafts.has(chatId)) this.#drafts.set(chatId, { text: sessionStorage.getItem(this.#key(chatId)) ?? "", files: [], kind: null, replyTo: null, editing: null });
    return this.#drafts.get(chatId);
  }

  keepText(chatId, text) {
    this.draft(chatId).text = text;
    if (text) sessionStorage.setItem(this.#key(chatId), text);
    else sessionStorage.removeItem(this.#key(chatId));
  }

  #key(chatId) { return `draft.${this.id}.${chatId}`; }

  open(chatId) {
    if (chatId !== this.chatId) Object.assign(this, { chatId, messages: [], keyboard: null, limit: PAGE, thread: null, isLoaded: false });
    this.tell();
    return this.refresh();
  }

  older() {
    this.limit += PAGE;
    return this.refresh();
  }

  /** Fetches again; calls made meanwhile share one more fetch. */
  refresh() {
    this.#isStale = true;
    this.#running ??= this.#run().finally(() => { this.#running = null; });
    return this.#running;
  }

  async #run() {
    while (this.#isStale) {
      this.#isStale = false;
      await whileOnline(() => this.#fetch());
    }
  }

  async #fetch() {
    const chatId = this.isShown ? this.chatId : null;
    const [chats, messages, keyboard] = await Promise.all([
      this.api.chats(),
      chatId && this.api.messages(chatId, this.limit),
      chatId && this.api.keyboard(chatId),
    ]);
    this.chats = chats;
    if (chatId && chatId === this.chatId) Object.assign(this, { messages, keyboard, isLoaded: true });
    this.#follow();
    this.tell();
  }

  // A group that became a supergroup goes on under its new id; a chat that is gone closes.
  #follow() {
    if (!this.chatId || this.chat) return;
    const moved = this.messages.findLast((message) => message.migrate_to_chat_id)?.migrate_to_chat_id;
    Object.assign(this, { chatId: moved ?? null, messages: [], isLoaded: false });
    if (moved) this.#isStale = true;
  }

  sees(typing) {
    this.typingUntil.set(typing.chat, Date.now() + TYPING_MS);
    this.tell();
    setTimeout(() => this.tell(), TYPING_MS + 50);
  }

  isTyping(chatId) {
    return (this.typingUntil.get(chatId) ?? 0) > Date.now();
  }

  tell() { this.dispatchEvent(new Event("change")); }
}
