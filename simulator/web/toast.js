/** Toast: a short word over one person's phone that goes by itself. */

import { h } from "./elements.js";

const SHOWN_MS = 4500;

export function toastArea() {
  return h("div", { class: "toasts", role: "status", "aria-live": "polite" });
}

export function toast(home, text, isProblem = false) {
  const area = home.querySelector(":scope > .toasts");
  if (!area) return;
  const note = h("p", { class: isProblem ? "toast problem" : "toast" }, text);
  area.append(note);
  setTimeout(() => note.remove(), SHOWN_MS);
}

/** Runs a deed and, when the simulator refuses it, says why. Returns what the deed returns, or undefined. */
export async function attempt(home, deed) {
  try {
    return await deed();
  } catch (problem) {
    toast(home, problem.message, true);
    return undefined;
  }
}
