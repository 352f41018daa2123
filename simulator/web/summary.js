/** Summary: a message in one line, for the chat list, replies and labels. */

import { nameOf } from "./names.js";
import { t } from "./i18n.js";

const KINDS = ["photo", "video", "voice", "audio", "document", "sticker", "location", "poll"];

const EVENTS = {
  new_chat_members: (message) => newcomers(message),
  left_chat_member: (message) => leaver(message),
  group_chat_created: () => t("group_made"),
  supergroup_chat_created: () => t("group_made"),
  new_chat_title: (message) => t("renamed", { title: message.new_chat_title }),
  migrate_to_chat_id: () => t("became_supergroup"),
  migrate_from_chat_id: () => t("became_supergroup"),
  pinned_message: (message) => t("pinned", { who: nameOf(message.from) }),
  forum_topic_created: (message) => t("topic_made", { title: message.forum_topic_created.name }),
  forum_topic_edited: () => t("topic_edited"),
  forum_topic_closed: () => t("topic_closed"),
  forum_topic_reopened: () => t("topic_reopened"),
};

/** The sentence of a service message, or null for what someone wrote. */
export function serviceText(message) {
  const kind = Object.keys(EVENTS).find((name) => message[name] !== undefined);
  return kind ? EVENTS[kind](message) : null;
}

export function summaryOf(message) {
  if (!message) return "";
  const text = message.text ?? serviceText(message);
  if (text) return text;
  return [mediaWord(message), message.caption].filter(Boolean).join(": ");
}

/** "Foto", "Lokasi langsung", … or an empty string for plain text. */
export function mediaWord(message) {
  if (message.venue) return message.venue.title;
  if (message.location?.live_period) return t("live_location");
  if (message.contact) return t("contact_card");
  if (message.dice) return message.dice.emoji;
  if (message.animation || message.video_note) return t("video");
  const kind = KINDS.find((name) => message[name]);
  return kind ? t(kind) : "";
}

function newcomers(message) {
  const whom = message.new_chat_members.map(nameOf).join(", ");
  const isOwnDeed = message.new_chat_members.every((user) => user.id === message.from?.id);
  return isOwnDeed || !message.from ? t("joined", { who: whom }) : t("added", { who: nameOf(message.from), whom });
}

function leaver(message) {
  const gone = message.left_chat_member;
  if (!message.from || gone.id === message.from.id) return t("left", { who: nameOf(gone) });
  return t("removed", { who: nameOf(message.from), whom: nameOf(gone) });
}
