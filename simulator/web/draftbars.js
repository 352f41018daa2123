/** Draft bars: above the field, what the message being written replies to, edits, carries or links to. */

import { h } from "./elements.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { readDeepLink } from "./links.js";
import { nameOf, senderOf } from "./names.js";
import { summaryOf } from "./summary.js";

/** `changed` is called after one of them alters the draft. */
export function draftBars(phone, draft, changed) {
  const drop = (change) => () => {
    Object.assign(draft, change);
    changed();
  };
  return [
    draft.replyTo && bar("reply", t("replying_to", { name: nameOf(senderOf(draft.replyTo)) }), draft.replyTo, t("cancel_reply"), drop({ replyTo: null })),
    draft.editing && bar("pencil", t("editing"), draft.editing, t("cancel_edit"), drop({ editing: null, text: "" })),
    draft.files.length > 0 && fileBar(draft, changed),
    linkBar(phone, draft, changed),
  ].filter(Boolean);
}

function bar(sign, title, message, cancel, onclick) {
  return h("div", { class: "draft-bar" }, icon(sign), h("span", {}, h("strong", {}, title), h("span", {}, summaryOf(message))),
    h("button", { class: "round small", type: "button", "aria-label": cancel, onclick }, icon("close")));
}

function fileBar(draft, changed) {
  const without = (file) => () => {
    draft.files = draft.files.filter((other) => other !== file);
    changed();
  };
  return h("ul", { class: "draft-files", "aria-label": t("attached_files") }, draft.files.map((file) => h("li", {}, thumbnail(draft.kind, file),
    h("button", { class: "round small", type: "button", "aria-label": t("remove_file", { name: file.name }), onclick: without(file) }, icon("close")))));
}

function thumbnail(kind, file) {
  if (kind !== "photo") return h("span", { class: "draft-file" }, icon(kind === "document" ? "file" : kind), file.name);
  const url = URL.createObjectURL(file);
  return h("img", { src: url, alt: file.name, onload: () => URL.revokeObjectURL(url) });
}

function linkBar(phone, draft, changed) {
  const link = readDeepLink(draft.text);
  if (!link) return null;
  const open = () => {
    phone.person.keepText(phone.person.chatId, "");
    changed();
    phone.deeds.start(link.bot, link.payload);
  };
  return h("button", { class: "draft-link", type: "button", onclick: open }, icon("link"), t("open_pasted"));
}
