/** Reactions: the small choice of faces, and the chips under a message. */

import { h } from "./elements.js";
import { t } from "./i18n.js";
import { moveWithArrows } from "./roving.js";

const CHOICE = ["👍", "❤", "🙏", "😢", "👀", "🔥"];

/** The row of faces on top of a message's menu. */
export function reactionChoice(phone, message, dismiss) {
  const mine = ownReaction(phone, message);
  const choose = (emoji) => {
    dismiss();
    phone.deeds.react(message, emoji === mine ? null : emoji);
  };
  const row = h("div", { class: "faces", role: "group" }, CHOICE.map((emoji) => h("button", {
    class: "face", type: "button", role: "menuitem", tabindex: -1, "aria-label": t("react_with", { emoji }), onclick: () => choose(emoji),
  }, emoji)));
  return row;
}

/** Chips that show who reacted how; pressing one joins or leaves it. */
export function reactionChips(phone, message) {
  const counts = new Map();
  for (const { emoji } of message.reactions ?? []) counts.set(emoji, (counts.get(emoji) ?? 0) + 1);
  if (!counts.size) return null;
  const mine = ownReaction(phone, message);
  const chips = h("div", { class: "chips" }, [...counts].map(([emoji, count]) => h("button", {
    class: "chip", type: "button", "aria-pressed": emoji === mine, "aria-label": t("reaction", { emoji, count }),
    onclick: () => phone.deeds.react(message, emoji === mine ? null : emoji),
  }, emoji, count > 1 && h("small", {}, String(count)))));
  moveWithArrows(chips, ".chip", "x");
  return chips;
}

function ownReaction(phone, message) {
  const own = (message.reactions ?? []).find(({ by }) => (by?.id ?? by) === phone.person.id);
  return own?.emoji ?? null;
}
