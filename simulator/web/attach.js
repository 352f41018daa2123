/** Attach: the menu of things other than text that a person can send. */

import { ask, openDialog } from "./dialog.js";
import { h } from "./elements.js";
import { t } from "./i18n.js";
import { isPayload, readDeepLink } from "./links.js";
import { openLocationPicker } from "./location.js";
import { openMenu } from "./menu.js";
import { samplePhoto, sampleVoice } from "./samples.js";

const FILES = [
  ["photo", "photo_file", "image", "image/*"],
  ["video", "video_file", "video", "video/*"],
  ["voice", "voice_file", "voice", "audio/*"],
  ["document", "document_file", "file", ""],
];

/** The hidden file fields of a composer, one for each kind; `attach(kind, files)` gets what was chosen. */
export function fileFields(attach) {
  return FILES.map(([kind, label, , accept]) => h("input", {
    type: "file", hidden: true, multiple: kind !== "voice", accept: accept || null, "aria-label": t(label), dataset: { attach: kind },
    onchange: (event) => {
      attach(kind, [...event.target.files]);
      event.target.value = "";
    },
  }));
}

export function openAttachMenu(phone, opener, fields, attach) {
  const choose = (kind) => () => fields.find((field) => field.dataset.attach === kind).click();
  const files = FILES.map(([kind, label, icon]) => ({ label: t(label), icon, act: choose(kind) }));
  openMenu(opener, [
    { label: t("photo_sample"), icon: "image", act: async () => attach("photo", [await samplePhoto()]) },
    { label: t("voice_sample"), icon: "voice", act: () => attach("voice", [sampleVoice()]) },
    { label: t("location"), icon: "pin", act: () => openLocationPicker(phone.home, (point) => phone.deeds.sendLocation(point)) },
    ...files,
    { label: t("contact"), icon: "person", act: () => shareContact(phone) },
    { label: t("deep_link"), icon: "link", act: () => askDeepLink(phone) },
  ]);
}

/** Asks for a t.me link; in a bot's chat the bare ?start= value will do. */
export function askDeepLink(phone) {
  const { chat } = phone.person;
  const accept = (text) => {
    const link = readDeepLink(text) ?? (chat?.is_bot && isPayload(text) ? { bot: chat.id, payload: text } : null);
    if (!link) return t("deep_link_wrong");
    phone.deeds.start(link.bot, link.payload);
    return null;
  };
  ask(phone.home, { title: t("deep_link"), label: t("deep_link_label"), placeholder: "t.me/…?start=…", action: t("open"), accept });
}

/** Never sends a number without a second, deliberate press. */
export function shareContact(phone) {
  const { person } = phone;
  const number = `+620000${String(person.id).slice(-7).padStart(7, "0")}`;
  const contact = { phone_number: number, first_name: person.name, user_id: person.id };
  openDialog(phone.home, t("share_contact", { title: person.chat.title }), (close) => h("div", { class: "dialog-body" },
    h("p", {}, t("share_contact_text", { number })),
    h("div", { class: "dialog-actions" },
      h("button", { class: "quiet", type: "button", onclick: close }, t("cancel")),
      h("button", { class: "main", type: "button", autofocus: true, onclick: () => { close(); phone.deeds.sendContact(contact); } }, t("share")))));
}
