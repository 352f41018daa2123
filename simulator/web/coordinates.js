/** Coordinates: reading what a person types, naming what is near. Degrees, north and east positive. */

import { language, t } from "./i18n.js";

const EARTH_RADIUS_METRES = 6_371_000;
const AT_PLACE_METRES = 40;
const NEAR_METRES = 5_000;

/** `{latitude, longitude}` or `{problem}`, a kind sentence. Takes decimal points and decimal commas. */
export function readCoordinates(text) {
  const numbers = (text.includes(".") ? text : text.replace(/(\d),(\d)/g, "$1.$2")).replace(/[−–]/g, "-").match(/-?\d+(\.\d+)?/g) ?? [];
  if (numbers.length !== 2) return { problem: t("coordinates_unclear") };
  const [latitude, longitude] = numbers.map(Number);
  if (Math.abs(latitude) > 90) return { problem: t("latitude_range") };
  if (Math.abs(longitude) > 180) return { problem: t("longitude_range") };
  return { latitude, longitude };
}

export function coordinatesText({ latitude, longitude }) {
  return `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
}

export function metresBetween(a, b) {
  const rad = Math.PI / 180;
  const x = (b.longitude - a.longitude) * rad * Math.cos(((a.latitude + b.latitude) / 2) * rad);
  const y = (b.latitude - a.latitude) * rad;
  return Math.hypot(x, y) * EARTH_RADIUS_METRES;
}

/** "dekat Alun-Alun, 240 m", or an empty string where no place is known nearby. */
export function nearText(point, places) {
  const [nearest] = places.map((place) => ({ place, metres: metresBetween(point, place) })).sort((a, b) => a.metres - b.metres);
  if (!nearest || nearest.metres > NEAR_METRES) return "";
  if (nearest.metres <= AT_PLACE_METRES) return t("at_place", { name: nearest.place.name });
  return t("near", { name: nearest.place.name, distance: distanceText(nearest.metres) });
}

function distanceText(metres) {
  if (metres < 1000) return `${Math.round(metres / 10) * 10} m`;
  const km = (metres / 1000).toFixed(1);
  return `${language() === "id" ? km.replace(".", ",") : km} km`;
}
