/** Media: photos, albums, videos, sounds, documents and the other cards that a message may carry. */

import { fileUrl } from "./api.js";
import { openDialog } from "./dialog.js";
import { h } from "./elements.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { locationCard } from "./location.js";
import { nameOf } from "./names.js";
import { player } from "./player.js";

const KINDS = [
  ["venue", (message) => locationCard(message.venue.location, message.venue.title, message.venue.address)],
  ["location", (message) => locationCard(message.location)],
  ["photo", (message, phone) => photo(message, phone.home)],
  ["animation", (message) => video(message.animation)],
  ["video", (message) => video(message.video)],
  ["video_note", (message) => video(message.video_note)],
  ["voice", (message) => player(message.voice, t("voice"))],
  ["audio", (message) => player(message.audio, message.audio.title ?? t("audio"))],
  ["document", (message) => documentCard(message.document)],
  ["sticker", (message) => sticker(message.sticker)],
  ["contact", (message) => contactCard(message.contact)],
  ["poll", (message, phone) => poll(message, phone)],
  ["dice", (message) => h("p", { class: "dice" }, message.dice.emoji, h("small", {}, String(message.dice.value ?? "")))],
];

/** What hangs above the text of a message, or null. */
export function mediaOf(message, phone) {
  const kind = KINDS.find(([name]) => message[name]);
  return kind ? kind[1](message, phone) : null;
}

/** Several messages of one media group as one grid. */
export function album(messages, phone) {
  const isVisual = messages.every((message) => message.photo || message.video);
  return h("div", { class: isVisual ? `album of-${Math.min(messages.length, 4)}` : "files", role: "group", "aria-label": t("album_of", { count: messages.length }) },
    messages.map((message) => mediaOf(message, phone)));
}

function photo(message, home) {
  const size = message.photo.at(-1);
  const words = message.caption || t("photo");
  const image = h("img", { src: fileUrl(size.file_id), alt: words, width: size.width || 320, height: size.height || 240, loading: "lazy", draggable: "false" });
  const enlarge = () => openDialog(home, t("photo"), () => h("img", { class: "enlarged", src: image.src, alt: words })).classList.add("viewer");
  return h("button", { class: message.has_media_spoiler ? "photo veiled" : "photo", type: "button", "aria-label": t("open_photo"), onclick: enlarge }, image);
}

function video(file) {
  return h("video", { class: "video", src: fileUrl(file.file_id), controls: true, preload: "metadata", "aria-label": t("video"), width: file.width || 320, height: file.height || 180 });
}

function documentCard(file) {
  const name = file.file_name ?? t("document");
  return h("a", { class: "document", href: fileUrl(file.file_id), download: name },
    h("span", { class: "document-icon" }, icon("file")), h("span", {}, h("strong", {}, name), h("small", {}, sizeText(file.file_size))));
}

function sizeText(bytes) {
  if (!bytes) return "";
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 ** 2 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}

function sticker(file) {
  return h("img", { class: "sticker", src: fileUrl(file.file_id), alt: file.emoji ?? t("sticker"), width: 128, height: 128 });
}

function contactCard(contact) {
  return h("div", { class: "contact" }, icon("person"), h("span", {}, h("strong", {}, nameOf(contact)), h("small", {}, contact.phone_number)));
}

function poll(message, phone) {
  const { question, options = [], total_voter_count: total = 0 } = message.poll;
  return h("div", { class: "poll", role: "group", "aria-label": t("poll") }, h("strong", {}, question), h("small", {}, t("poll")),
    options.map((option, index) => h("button", { class: "poll-option", type: "button", onclick: () => phone.deeds.vote(message, [index]) },
      h("span", {}, option.text), h("small", {}, String(option.voter_count ?? 0)),
      h("meter", { min: 0, max: Math.max(1, total), value: option.voter_count ?? 0, "aria-hidden": true }))));
}
