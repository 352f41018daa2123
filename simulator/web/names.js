/** Names: what to call a sender, and the disc with initials that stands for them. */

import { h } from "./elements.js";
import { icon } from "./icons.js";
import { t } from "./i18n.js";

const TINTS = 7;

export function nameOf(user) {
  if (!user) return t("someone");
  return [user.first_name ?? user.name ?? user.title, user.last_name].filter(Boolean).join(" ");
}

/** A group's or channel's voice hides who spoke. */
export function senderOf(message) {
  return message.sender_chat ?? message.from;
}

export function tintOf(id) {
  return Math.abs(id ?? 0) % TINTS;
}

export function disc(id, name, isBot = false) {
  const initials = [...name.matchAll(/(^|\s)(\p{L}|\p{N})/gu)].slice(0, 2).map((match) => match[2]).join("").toUpperCase();
  return h("span", { class: `disc tint-${tintOf(id)}`, "aria-hidden": true }, isBot ? icon("bot") : initials || "?");
}
