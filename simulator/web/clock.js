/** Clock: the simulator's time, which can be wound forward, never back. */

import * as api from "./api.js";
import { h } from "./elements.js";
import { icon } from "./icons.js";
import { t } from "./i18n.js";
import { openMenu } from "./menu.js";
import { dateOf, timeOf } from "./times.js";

const SYNC_EVERY_MS = 10_000;
const MINUTE = 60;
const STEPS = [
  ["plus_5_minutes", 5 * MINUTE],
  ["plus_30_minutes", 30 * MINUTE],
  ["plus_1_hour", 60 * MINUTE],
  ["plus_8_hours", 8 * 60 * MINUTE],
  ["plus_1_day", 24 * 60 * MINUTE],
];

let aheadSeconds = 0;
let onWound = () => {};

export function now() {
  return Date.now() / 1000 + aheadSeconds;
}

/** Keeps in step with the server and with the passing seconds; `changed` is called when time jumps. */
export function startClock(changed) {
  onWound = changed;
  sync();
  setInterval(() => sync(), SYNC_EVERY_MS);
  setInterval(tick, 1000);
}

async function sync(forwardSeconds) {
  const answer = await api.clock(forwardSeconds).catch(() => null);
  if (!answer) return;
  const ahead = answer.now - Date.now() / 1000;
  const hasJumped = Math.abs(ahead - aheadSeconds) > 2;
  aheadSeconds = ahead;
  tick();
  if (hasJumped) onWound();
}

function tick() {
  for (const face of document.querySelectorAll(".clock-face")) {
    const [time, date] = [timeOf(now()), dateOf(now())];
    if (face.dataset.shown === `${time} ${date}`) continue;
    face.dataset.shown = `${time} ${date}`;
    face.replaceChildren(h("strong", {}, time), h("span", { class: "clock-date" }, `${date} · WIB`));
  }
}

export function clockControl() {
  const forward = (seconds) => sync(seconds);
  const more = h("button", {
    class: "segment", type: "button", "aria-label": t("wind_more"), "aria-haspopup": "menu",
    onclick: () => openMenu(more, STEPS.map(([key, seconds]) => ({ label: t(key), icon: "clock", act: () => forward(seconds) }))),
  }, icon("down"));
  const control = h("div", { class: "clock", role: "group", "aria-label": t("clock") },
    h("span", { class: "clock-face", role: "timer", "aria-label": t("clock") }),
    h("span", { class: "segments" },
      h("button", { class: "segment", type: "button", onclick: () => forward(30 * MINUTE) }, t("plus_30_minutes")), more));
  queueMicrotask(tick);
  return control;
}
