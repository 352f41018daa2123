/** Message: one bubble, or one album, with everything that hangs on it. */

import { h } from "./elements.js";
import { formatted } from "./entities.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { inlineKeyboard } from "./keyboard.js";
import { album, mediaOf } from "./media.js";
import { openMessageMenu } from "./messagemenu.js";
import { nameOf, senderOf, tintOf } from "./names.js";
import { reactionChips } from "./reactions.js";
import { summaryOf } from "./summary.js";
import { timeOf } from "./times.js";

/** `group` is `{messages, isFirst, isLast, showsName}`: an album has several messages, all else one. */
export function messageRow(phone, group) {
  const [message] = group.messages;
  const row = h("article", {
    class: rowClass(message, group), tabindex: -1, dataset: { message: message.message_id },
    "aria-label": t("message_by", { who: message.outgoing ? t("you") : nameOf(senderOf(message)), time: timeOf(message.date) }),
    onkeydown: (event) => openWithKey(event, row, menu),
    oncontextmenu: (event) => { event.preventDefault(); menu(); },
  });
  const more = h("button", { class: "round small more", type: "button", "aria-label": t("message_actions"), "aria-haspopup": "menu", onclick: () => menu() }, icon("more"));
  const menu = () => openMessageMenu(phone, message, more);
  row.append(h("div", { class: "line" }, bubble(phone, group), more));
  row.append(...[inlineKeyboard(phone, message), reactionChips(phone, message)].filter(Boolean));
  return row;
}

function rowClass(message, { isFirst, isLast }) {
  return ["row", message.outgoing ? "out" : "in", isFirst && "first", isLast && "last"].filter(Boolean).join(" ");
}

function openWithKey(event, row, menu) {
  if (event.target !== row || event.key !== "Enter") return;
  event.preventDefault();
  menu();
}

function bubble(phone, { messages, showsName }) {
  const [message] = messages;
  const words = messages.find((one) => one.text || one.caption) ?? message;
  const media = messages.length > 1 ? album(messages, phone) : mediaOf(message, phone);
  return h("div", { class: bubbleClass(message, words, media) },
    showsName && h("span", { class: `who tint-${tintOf(senderOf(message)?.id)}` }, nameOf(senderOf(message))),
    message.forward_origin && h("span", { class: "forwarded" }, t("forwarded_from", { name: originName(message.forward_origin) })),
    message.reply_to_message && quote(phone, message.reply_to_message),
    media,
    textOf(phone, words) ?? (media ? null : h("p", { class: "text unknown" }, t("unknown_message"))),
    foot(messages));
}

function bubbleClass(message, words, media) {
  const isBare = message.sticker || message.dice;
  const hasText = words.text || words.caption;
  return ["bubble", media && "has-media", !hasText && "no-text", isBare && "bare"].filter(Boolean).join(" ");
}

function textOf(phone, message) {
  const text = message.text ?? message.caption;
  if (!text) return null;
  const acts = { command: (command) => phone.deeds.say(command), link: (url) => phone.deeds.openLink(url) };
  return h("div", { class: "text" }, formatted(text, message.entities ?? message.caption_entities, acts));
}

function quote(phone, original) {
  const find = () => phone.home.querySelector(`[data-message="${original.message_id}"]`)?.focus();
  return h("button", { class: `quote tint-${tintOf(senderOf(original)?.id)}`, type: "button", onclick: find },
    h("strong", {}, nameOf(senderOf(original))), h("span", {}, summaryOf(original)));
}

function originName(origin) {
  return origin.sender_user_name ?? nameOf(origin.sender_user ?? origin.sender_chat ?? origin.chat);
}

function foot(messages) {
  const [message] = messages;
  const isEdited = messages.some((one) => one.edited);
  return h("footer", {}, isEdited && h("span", { class: "edited" }, t("edited")),
    h("time", { datetime: new Date(message.date * 1000).toISOString() }, timeOf(message.date)));
}
