/** Location: the card that shows a point, and the picker that asks for one. */

import { coordinatesText, nearText, readCoordinates } from "./coordinates.js";
import { openDialog } from "./dialog.js";
import { h, svg } from "./elements.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { rove, settle } from "./roving.js";
import { town } from "./town.js";

const MINUTE = 60;
const PERIODS = [["share_once", 0], ["share_15_minutes", 15 * MINUTE], ["share_1_hour", 60 * MINUTE], ["share_8_hours", 480 * MINUTE]];

export function locationCard(point, title = "", address = "") {
  const coordinates = coordinatesText(point);
  return h("figure", { class: "location", "aria-label": t("location_card", { coordinates }), dataset: { latitude: point.latitude, longitude: point.longitude } },
    drawnMap(point),
    h("figcaption", {},
      title && h("strong", {}, title),
      address && h("span", {}, address),
      point.live_period && h("strong", { class: "live" }, t("live_location")),
      h("span", {}, nearText(point, town.places)),
      h("small", {}, coordinates)));
}

// Not a map: a quiet street pattern that shifts with the point, so that a moving pin is seen to move.
function drawnMap({ latitude, longitude }) {
  const shift = (degrees) => ((Math.abs(degrees) * 4000) % 40) - 40;
  const [x, y] = [shift(longitude), shift(latitude)];
  return svg("svg", { viewBox: "0 0 240 96", class: "drawn-map", "aria-hidden": "true", preserveAspectRatio: "xMidYMid slice" },
    svg("rect", { width: 240, height: 96, class: "ground" }),
    svg("g", { class: "streets", transform: `translate(${x} ${y})` },
      svg("path", { d: "M-10 30C80 18 170 60 330 38M-10 98C90 80 190 120 330 92M40-10C52 60 34 110 48 190M122-10c-8 70 14 120 2 200M210-10c10 60-8 130 6 200M280-10v200" }),
      svg("path", { class: "river", d: "M-10 150C70 110 120 140 180 70S300 20 340-6" })),
    svg("ellipse", { cx: 120, cy: 66, rx: 10, ry: 3.5, class: "pin-shadow" }),
    svg("path", { class: "pin", d: "M120 66s-16-13-16-27a16 16 0 0 1 32 0c0 14-16 27-16 27z" }),
    svg("circle", { cx: 120, cy: 39, r: 6, class: "pin-eye" }));
}

/** Asks for a point; `choose({latitude, longitude, live_period?})` gets it. */
export async function openLocationPicker(home, choose, { isMove = false } = {}) {
  await town.refreshPlaces();
  openDialog(home, t(isMove ? "move_location" : "location"), (close) => {
    const finish = (point) => {
      close();
      choose(withPeriod(point, form));
    };
    const form = typedPoint(finish, isMove);
    return h("div", { class: "dialog-body picker" }, placeList((place) => form.fill(place)), form);
  });
}

function placeList(choose) {
  if (!town.places.length) return h("p", { class: "hint" }, t("no_places"));
  const list = h("div", { class: "places", role: "group", "aria-label": t("places") }, town.places.map((place) => placeButton(place, choose)));
  rove(list, ".place");
  settle(list, ".place");
  return list;
}

function placeButton(place, choose) {
  const { name, latitude, longitude } = place;
  return h("button", { class: "place", type: "button", onclick: () => choose({ latitude, longitude }) },
    icon("pin"), h("span", {}, name), h("small", {}, coordinatesText(place)));
}

function typedPoint(finish, isMove) {
  const input = h("input", { type: "text", autocomplete: "off", placeholder: "-8.17240, 113.70050", "aria-label": t("coordinates") });
  const problem = h("p", { class: "problem", role: "alert" });
  const submit = (event) => {
    event.preventDefault();
    const point = readCoordinates(input.value);
    if (!point.problem) return finish(point);
    problem.textContent = point.problem;
    input.focus();
  };
  const form = h("form", { class: "typed-point", novalidate: true, onsubmit: submit },
    h("label", { class: "field" }, h("span", {}, t("coordinates")), input), problem,
    !isMove && periodChoice(),
    h("div", { class: "dialog-actions" }, h("button", { class: "main", type: "submit" }, t(isMove ? "move_location" : "send_location"))));
  form.fill = (point) => {
    input.value = coordinatesText(point);
    problem.textContent = "";
    form.querySelector("button.main").focus();
  };
  return form;
}

function periodChoice() {
  return h("label", { class: "field" }, h("span", {}, t("how_long")),
    h("select", { name: "period" }, PERIODS.map(([key, seconds]) => h("option", { value: seconds }, t(key)))));
}

function withPeriod(point, form) {
  const period = Number(form.elements.period?.value ?? 0);
  return period ? { ...point, live_period: period } : point;
}
