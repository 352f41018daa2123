/** Player: a sound with a play button and a drawn wave, on top of the browser's own audio element. */

import { fileUrl } from "./api.js";
import { h } from "./elements.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { lengthOf } from "./times.js";

const BARS = 28;

export function player(file, what) {
  const audio = h("audio", { src: fileUrl(file.file_id), preload: "none" });
  const wave = h("span", { class: "wave", "aria-hidden": true }, bars(file.file_unique_id ?? file.file_id));
  const length = h("small", {}, lengthOf(file.duration ?? 0));
  const button = h("button", { class: "play", type: "button", onclick: () => (audio.paused ? audio.play() : audio.pause()) });
  const show = () => label(button, !audio.paused, what, file.duration ?? 0);
  for (const name of ["play", "pause", "ended"]) audio.addEventListener(name, show);
  audio.addEventListener("timeupdate", () => progress(audio, wave, length));
  show();
  return h("div", { class: "sound" }, button, h("span", { class: "sound-body" }, wave, length), audio);
}

function label(button, isPlaying, what, duration) {
  button.setAttribute("aria-label", t(isPlaying ? "pause" : "play", { what, length: lengthOf(duration) }));
  button.replaceChildren(icon(isPlaying ? "pause" : "play"));
}

function progress(audio, wave, length) {
  const share = audio.duration ? audio.currentTime / audio.duration : 0;
  [...wave.children].forEach((bar, index) => bar.classList.toggle("played", index / BARS < share));
  length.textContent = lengthOf(audio.currentTime);
}

// The same file always draws the same wave.
function bars(seed) {
  let value = [...seed].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7);
  return Array.from({ length: BARS }, () => {
    value = (value * 1664525 + 1013904223) >>> 0;
    return h("i", { style: { height: `${22 + (value >>> 24) * 0.3}%` } });
  });
}
