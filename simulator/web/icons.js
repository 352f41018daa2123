/** Icons: small line drawings on a 24 by 24 grid. */

import { svg } from "./elements.js";

const LINES = {
  send: "M4 12 20 5l-4.5 15-4-6.5zM11.5 13.5 20 5",
  plus: "M12 5v14M5 12h14",
  back: "M14.5 6 8.5 12l6 6",
  close: "M6.5 6.5l11 11M17.5 6.5l-11 11",
  down: "M6 9.5l6 6 6-6",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  reply: "M9 7l-5 5 5 5M4 12h9a6 6 0 0 1 6 6",
  forward: "M15 7l5 5-5 5M20 12h-9a6 6 0 0 0-6 6",
  keys: "M3.5 7h17v10h-17zM8 14h8M7.5 10.5h.01M12 10.5h.01M16.5 10.5h.01",
  play: "M8.5 6l9 6-9 6z",
  pause: "M8.5 6v12M15.5 6v12",
  file: "M7 3.5h7l4 4v13H7zM14 3.5v4h4",
  image: "M4 5h16v14H4zM4 16l4.5-4.5L13 16l3-3 4 4M15.5 9h.01",
  video: "M3.5 7h11.5v10H3.5zM15 11l5.5-3v8L15 13",
  voice: "M12 4a2.5 2.5 0 0 1 2.5 2.5v5a2.5 2.5 0 0 1-5 0v-5A2.5 2.5 0 0 1 12 4zM6.5 11.5a5.5 5.5 0 0 0 11 0M12 17v3.5",
  pin: "M12 21s-6.5-5.6-6.5-11a6.5 6.5 0 0 1 13 0c0 5.4-6.5 11-6.5 11zM12 12.3a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6z",
  person: "M12 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM5 20a7 7 0 0 1 14 0",
  link: "M9.5 14.5l5-5M8 12l-2 2a3 3 0 0 0 4.2 4.2l2-2M16 12l2-2a3 3 0 0 0-4.2-4.2l-2 2",
  copy: "M9 9h10v11H9zM15 9V4H5v11h4",
  bin: "M5 7h14M10 7V4.5h4V7M7 7l1 13h8l1-13M10.5 11v5M13.5 11v5",
  pencil: "M5 19l1-4L16 5l3 3L9 18zM14 7l3 3",
  sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M18.4 5.6 17 7M7 17l-1.4 1.4",
  moon: "M19 14.5A7.5 7.5 0 0 1 9.5 5a7.5 7.5 0 1 0 9.5 9.5z",
  clock: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM12 7.5V12l3 2",
  bars: "M4 7h16M4 12h16M4 17h10",
  bot: "M6 9h12v9H6zM12 9V5.5M12 5h.01M9.5 13h.01M14.5 13h.01",
  stop: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM6.5 6.5l11 11",
  leave: "M14 4.5H5v15h9M10 12h10M16.5 8.5 20 12l-3.5 3.5",
};

export function icon(name) {
  return svg("svg", { viewBox: "0 0 24 24", class: `icon icon-${name}`, "aria-hidden": "true" }, svg("path", { d: LINES[name] }));
}
