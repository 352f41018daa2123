/** Composer: where a message is written. What is half written lives in the person's draft, not here. */

import { fileFields, openAttachMenu } from "./attach.js";
import { Suggestions, openCommandMenu } from "./commands.js";
import { draftBars } from "./draftbars.js";
import { h } from "./elements.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { isHidden, replyKeyboard, setHidden } from "./keyboard.js";

const MAX_INPUT_PX = 160;
const MAX_TEXT = 4096;

export class Composer {
  #shownBoard = null;

  constructor(phone) {
    this.phone = phone;
    this.person = phone.person;
    this.chatId = phone.person.chatId;
    this.draft = phone.person.draft(this.chatId);
    this.input = h("textarea", { rows: 1, "aria-label": t("write"), maxlength: MAX_TEXT, oninput: () => this.#typed(),
      onkeydown: (event) => this.#key(event), onpaste: (event) => this.#pasted(event) });
    this.suggestions = new Suggestions(phone, this.input, (command, isFinal) => this.#takeCommand(command, isFinal));
    this.#build();
  }

  #build() {
    const attach = (kind, files) => this.attach(kind, files);
    const fields = fileFields(attach);
    const tool = (name, label, onclick) => h("button", { class: "round", type: "button", "aria-label": t(label), onclick }, icon(name));
    this.plus = tool("plus", "attach", () => openAttachMenu(this.phone, this.plus, fields, attach));
    this.slash = h("button", { class: "round slash", type: "button", "aria-label": t("commands"), "aria-haspopup": "menu", onclick: () => openCommandMenu(this.phone, this.slash) }, "/");
    this.toggle = tool("keys", "hide_keyboard", () => setHidden(this.person, !isHidden(this.person)));
    this.button = h("button", { class: "round main send", type: "submit", "aria-label": t("send") }, icon("send"));
    this.bars = h("div", { class: "draft-bars" });
    this.board = h("div", { class: "board" });
    const submit = (event) => { event.preventDefault(); this.submit(); };
    this.element = h("form", { class: "composer", onsubmit: submit }, this.suggestions.element, this.bars,
      h("div", { class: "write" }, this.plus, h("div", { class: "paper" }, this.input, this.toggle, this.slash), this.button), this.board, fields);
    this.input.value = this.draft.text;
  }

  update() {
    const { chat, keyboard } = this.person;
    const isWritingCaption = this.draft.files.length > 0;
    this.input.placeholder = isWritingCaption ? t("write_caption") : keyboard?.input_field_placeholder ?? t("write");
    this.slash.hidden = !chat?.commands?.length;
    this.toggle.hidden = !keyboard?.keyboard;
    this.toggle.setAttribute("aria-label", t(isHidden(this.person) ? "show_keyboard" : "hide_keyboard"));
    this.bars.replaceChildren(...draftBars(this.phone, this.draft, () => this.changed()));
    this.#showBoard();
    this.#fit();
  }

  // Rebuilt only when the board differs, so that focus stays on its buttons.
  #showBoard() {
    const wanted = JSON.stringify([this.person.keyboard, isHidden(this.person)]);
    if (wanted === this.#shownBoard) return;
    this.#shownBoard = wanted;
    this.board.replaceChildren(...[replyKeyboard(this.phone)].filter(Boolean));
  }

  changed() {
    this.input.value = this.draft.text;
    this.update();
    this.input.focus();
  }

  attach(kind, files) {
    if (!files.length) return;
    const isSameKind = this.draft.kind === kind && kind !== "voice";
    Object.assign(this.draft, { kind, files: isSameKind ? [...this.draft.files, ...files] : files, editing: null });
    this.changed();
  }

  reply(message) {
    Object.assign(this.draft, { replyTo: message, editing: null });
    this.changed();
  }

  edit(message) {
    Object.assign(this.draft, { editing: message, replyTo: null, files: [], text: message.text });
    this.changed();
  }

  /** Empties the field at once; what the simulator refuses comes back into it. */
  async submit() {
    const draft = { ...this.draft, text: this.input.value.trim() };
    if (!draft.text && !draft.files.length) return;
    this.#clear();
    if (await this.#send(draft)) return;
    Object.assign(this.draft, draft);
    this.person.keepText(this.chatId, draft.text);
    this.changed();
  }

  #send({ text, files, kind, replyTo, editing }) {
    const { deeds } = this.phone;
    if (editing) return deeds.edit(editing.message_id, text);
    if (files.length) return deeds.sendFiles(kind, files, text, replyTo?.message_id);
    return deeds.say(text, replyTo?.message_id);
  }

  #clear() {
    Object.assign(this.draft, { files: [], kind: null, replyTo: null, editing: null });
    this.person.keepText(this.chatId, "");
    this.suggestions.close();
    this.changed();
  }

  #takeCommand(command, isFinal) {
    this.input.value = command;
    this.#typed();
    this.suggestions.close();
    if (isFinal) this.submit();
  }

  #typed() {
    this.person.keepText(this.chatId, this.input.value);
    this.suggestions.update();
    this.update();
  }

  #key(event) {
    if (this.suggestions.key(event)) return event.preventDefault();
    if (event.key === "Escape" && (this.draft.replyTo || this.draft.editing)) return this.#stepBack();
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return undefined;
    event.preventDefault();
    return this.submit();
  }

  #stepBack() {
    if (this.draft.editing) this.person.keepText(this.chatId, "");
    Object.assign(this.draft, { replyTo: null, editing: null });
    this.changed();
  }

  #pasted(event) {
    const images = [...event.clipboardData.files].filter((file) => file.type.startsWith("image/"));
    if (!images.length) return;
    event.preventDefault();
    this.attach("photo", images);
  }

  #fit() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(MAX_INPUT_PX, this.input.scrollHeight)}px`;
  }
}
