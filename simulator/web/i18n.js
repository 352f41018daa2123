/** Languages of the page itself: Indonesian, with English for visitors. What bots and people write is never translated. */

import { TEXTS } from "./texts.js";

const KEY = "simulator.language";
const COLUMN = { id: 0, en: 1 };

export function language() {
  return localStorage.getItem(KEY) === "en" ? "en" : "id";
}

export function toggleLanguage() {
  localStorage.setItem(KEY, language() === "id" ? "en" : "id");
  document.documentElement.lang = language();
}

/** The text of `key`, with `{name}` places filled in. */
export function t(key, values = {}) {
  const text = TEXTS[key]?.[COLUMN[language()]] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}
