/** Entities: a message's text with its formatting, as nodes. Offsets count UTF-16 units, as JavaScript's strings do. */

import { h } from "./elements.js";
import { t } from "./i18n.js";

const SAFE_LINK = /^(https?|mailto|tel):/i;
const TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code" };

const BLOCKS = ["BLOCKQUOTE", "PRE"];

const SPECIAL = {
  pre: (inside) => h("pre", {}, h("code", {}, inside)),
  spoiler: (inside) => spoiler(inside),
  blockquote: (inside) => h("blockquote", {}, inside),
  expandable_blockquote: (inside) => foldedQuote(inside),
  url: (inside, entity, text, acts) => link(withScheme(text), inside, acts),
  text_link: (inside, entity, text, acts) => link(entity.url, inside, acts),
  email: (inside, entity, text, acts) => link(`mailto:${text}`, inside, acts),
  phone_number: (inside, entity, text, acts) => link(`tel:${text.replace(/[^+\d]/g, "")}`, inside, acts),
  bot_command: (inside, entity, text, acts) => command(inside, text, acts),
  mention: (inside) => h("span", { class: "mention" }, inside),
  text_mention: (inside) => h("span", { class: "mention" }, inside),
  hashtag: (inside) => h("span", { class: "mention" }, inside),
};

/** `acts` are `{command(text), link(url) -> bool}`; `link` answers whether it took the click itself. */
export function formatted(text, entities = [], acts) {
  const ordered = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return span(text, 0, text.length, ordered, acts);
}

function span(text, from, to, entities, acts) {
  const nodes = [];
  let at = from;
  for (let index = 0; index < entities.length; index += 1) {
    const entity = entities[index];
    if (entity.offset < at || entity.offset >= to) continue;
    const end = Math.min(to, entity.offset + entity.length);
    nodes.push(textBetween(text, at, entity.offset, nodes.at(-1)));
    const inside = span(text, entity.offset, end, entities.slice(index + 1), acts);
    nodes.push(wrap(entity, inside, text.slice(entity.offset, end), acts));
    at = end;
  }
  nodes.push(textBetween(text, at, to, nodes.at(-1)));
  return nodes.filter((node) => node !== "");
}

// A block ends its line by itself; the line break behind it would show as an empty line.
function textBetween(text, from, to, before) {
  const isAfterBlock = BLOCKS.includes(before?.tagName) && text[from] === "\n";
  return text.slice(isAfterBlock ? from + 1 : from, to);
}

function wrap(entity, inside, text, acts) {
  if (TAGS[entity.type]) return h(TAGS[entity.type], {}, inside);
  return SPECIAL[entity.type]?.(inside, entity, text, acts) ?? h("span", {}, inside);
}

/** Whether a browser may be sent there: never `javascript:` and its kin. */
export function isSafeLink(url) {
  return SAFE_LINK.test(url);
}

function withScheme(text) {
  return /^[a-z][\w+.-]*:/i.test(text) ? text : `https://${text}`;
}

function link(url, inside, acts) {
  if (!isSafeLink(url)) return h("span", { class: "mention" }, inside);
  const open = (event) => acts.link(url) && event.preventDefault();
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer", onclick: open }, inside);
}

function command(inside, text, acts) {
  return h("button", { class: "command", type: "button", onclick: () => acts.command(text) }, inside);
}

function spoiler(inside) {
  const reveal = (event) => {
    event.preventDefault();
    cover.replaceWith(h("span", { class: "revealed" }, inside));
  };
  const cover = h("button", { class: "spoiler", type: "button", "aria-label": t("spoiler"), onclick: reveal },
    h("span", { "aria-hidden": true }, inside.map((node) => node.textContent ?? node).join("")));
  return cover;
}

function foldedQuote(inside) {
  const quote = h("blockquote", { class: "folded" }, h("span", { class: "quote-text" }, inside));
  const fold = h("button", { class: "fold", type: "button", "aria-expanded": false, onclick: () => {
    const isFolded = quote.classList.toggle("folded");
    fold.setAttribute("aria-expanded", String(!isFolded));
    fold.textContent = t(isFolded ? "show_more" : "show_less");
  } }, t("show_more"));
  quote.append(fold);
  return quote;
}
