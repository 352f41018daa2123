/** Keyboards: the buttons under a bot's message, and the board of buttons that takes the keyboard's place. */

import { showAlert } from "./dialog.js";
import { h } from "./elements.js";
import { isSafeLink } from "./entities.js";
import { t } from "./i18n.js";
import { openLocationPicker } from "./location.js";
import { moveWithArrows } from "./roving.js";
import { shareContact } from "./attach.js";
import { toast } from "./toast.js";

/** The inline keyboard of a message, or null. */
export function inlineKeyboard(phone, message) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows?.length) return null;
  const board = h("div", { class: "keyboard inline", role: "group", "aria-label": t("message_buttons") },
    rows.map((row, y) => h("div", { class: "keys" }, row.map((button, x) => inlineKey(phone, message, button, y, x)))));
  moveWithArrows(board, ".key");
  return board;
}

function inlineKey(phone, message, button, row, column) {
  const props = { class: "key", dataset: button.style ? { style: button.style } : {} };
  if (button.url) return linkKey(phone, button, props);
  const key = h("button", { ...props, type: "button", onclick: () => pressInline(phone, message, button, row, column, key) }, button.text);
  return key;
}

function linkKey(phone, button, props) {
  const open = (event) => {
    if (phone.deeds.openLink(button.url) || !isSafeLink(button.url)) event.preventDefault();
  };
  const href = isSafeLink(button.url) ? button.url : "#";
  return h("a", { ...props, class: "key link", href, target: "_blank", rel: "noopener noreferrer", onclick: open }, button.text);
}

async function pressInline(phone, message, button, row, column, key) {
  if (key.getAttribute("aria-busy") === "true") return;
  if (button.copy_text) return phone.deeds.copy(button.copy_text.text);
  if (!button.callback_data) return toast(phone.home, t("not_simulated"));
  key.setAttribute("aria-busy", "true");
  const result = await phone.deeds.press(message, row, column);
  key.removeAttribute("aria-busy");
  if (result) showAnswer(phone, result);
}

function showAnswer(phone, { answer, timed_out: isLate }) {
  if (isLate) return toast(phone.home, t("bot_silent"));
  if (answer?.url) phone.deeds.openLink(answer.url);
  if (!answer?.text) return;
  if (answer.show_alert) showAlert(phone.home, answer.text);
  else toast(phone.home, answer.text);
}

/** The board of a ReplyKeyboardMarkup, or null when there is none or the person put it away. */
export function replyKeyboard(phone) {
  const { keyboard, chatId } = phone.person;
  if (!keyboard?.keyboard || isHidden(phone.person)) return null;
  const board = h("div", { class: "keyboard reply", role: "group", "aria-label": t("reply_keyboard"), dataset: { chat: chatId } },
    keyboard.keyboard.map((row) => h("div", { class: "keys" }, row.map((button) => replyKey(phone, button)))));
  moveWithArrows(board, ".key");
  return board;
}

function replyKey(phone, button) {
  const { text, style } = typeof button === "string" ? { text: button } : button;
  return h("button", { class: "key", type: "button", dataset: style ? { style } : {}, onclick: () => pressReply(phone, button, text) }, text);
}

function pressReply(phone, button, text) {
  if (button.request_location) return openLocationPicker(phone.home, (point) => phone.deeds.sendLocation(point));
  if (button.request_contact) return shareContact(phone);
  if (button.web_app || button.request_users || button.request_chat || button.request_poll) return toast(phone.home, t("not_simulated"));
  if (phone.person.keyboard?.one_time_keyboard) setHidden(phone.person, true);
  phone.deeds.say(text);
}

// Put away is one board of one chat: a new board shows itself again.
export function isHidden(person) {
  return person.hiddenKeyboards.get(person.chatId) === JSON.stringify(person.keyboard);
}

export function setHidden(person, isAway) {
  if (isAway) person.hiddenKeyboards.set(person.chatId, JSON.stringify(person.keyboard));
  else person.hiddenKeyboards.delete(person.chatId);
  person.tell();
}
