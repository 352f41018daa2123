/** Times: how moments read. The simulated town lives on Western Indonesia Time, wherever the browser is. */

import { language, t } from "./i18n.js";

const TIME_ZONE = "Asia/Jakarta";
const DAY_SECONDS = 86400;

function format(seconds, options) {
  const locale = language() === "id" ? "id-ID" : "en-GB";
  return new Intl.DateTimeFormat(locale, { timeZone: TIME_ZONE, ...options }).format(new Date(seconds * 1000));
}

/** "20.15" in Indonesian, "20:15" in English. */
export function timeOf(seconds) {
  const text = format(seconds, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return language() === "id" ? text.replace(":", ".") : text;
}

export function dateOf(seconds) {
  return format(seconds, { weekday: "short", day: "numeric", month: "short" });
}

/** One string for each calendar day, to see where a day ends. */
export function dayOf(seconds) {
  return format(seconds, { year: "numeric", month: "2-digit", day: "2-digit" });
}

export function dayLabel(seconds, now) {
  if (dayOf(seconds) === dayOf(now)) return t("today");
  if (dayOf(seconds) === dayOf(now - DAY_SECONDS)) return t("yesterday");
  return format(seconds, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
}

/** The chat list's short form: the time for today, else the date. */
export function whenOf(seconds, now) {
  if (dayOf(seconds) === dayOf(now)) return timeOf(seconds);
  if (dayOf(seconds) === dayOf(now - DAY_SECONDS)) return t("yesterday");
  return format(seconds, { day: "numeric", month: "short" });
}

/** "0.07" for seven seconds. */
export function lengthOf(seconds) {
  const rest = String(Math.floor(seconds % 60)).padStart(2, "0");
  return `${Math.floor(seconds / 60)}${language() === "id" ? "." : ":"}${rest}`;
}
