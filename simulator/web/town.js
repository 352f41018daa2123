/** Town: everyone in the simulator, whose phones are out, and the places they know. */

import * as api from "./api.js";
import { Person } from "./person.js";

const KEY = "simulator.shown";
const PHONE_WIDTH_PX = 352;
const narrow = matchMedia("(max-width: 480px)");

class Town extends EventTarget {
  people = [];
  places = [];
  isLive = true;
  #chosen = null;
  #active = null;

  get isNarrow() { return narrow.matches; }
  get unread() { return this.people.reduce((sum, person) => sum + person.unread, 0); }

  /** Whose phones are on the page: one on a narrow screen, the chosen ones on a wide screen. */
  get shown() {
    if (this.isNarrow) return this.people.filter((person) => person.name === this.#activeName());
    return this.people.filter((person) => this.#chosenNames().includes(person.name));
  }

  /** Places may have been set after the page was opened. */
  async refreshPlaces() {
    await api.whileOnline(async () => { this.places = await api.places(); });
    return this.places;
  }

  byId(id) { return this.people.find((person) => person.id === id); }

  load() { return api.whileOnline(() => this.#load()); }

  async #load() {
    const [users, places] = await Promise.all([api.people(), api.places()]);
    this.places = places;
    this.people = users.map((user) => this.byId(user.id) ?? this.#meet(user));
    this.#apply();
    await Promise.all(this.people.map((person) => person.refresh()));
    for (const person of this.people) this.#openOnlyChat(person);
  }

  #meet(user) {
    const person = new Person(user);
    person.addEventListener("change", () => this.tell("unread"));
    return person;
  }

  // With a single chat the list would be a detour.
  #openOnlyChat(person) {
    if (person.chatId === null && !person.hasChosen && person.chats.length === 1) person.open(person.chats[0].id);
  }

  /** Narrow: shows this person. Wide: opens or puts away the phone. */
  pick(person) {
    if (this.isNarrow) this.#active = person.name;
    else this.#toggle(person.name);
    this.#apply();
    person.refresh();
  }

  #toggle(name) {
    const names = this.#chosenNames();
    this.#chosen = names.includes(name) ? names.filter((other) => other !== name) : [...names, name];
    localStorage.setItem(KEY, JSON.stringify(this.#chosen));
  }

  #activeName() {
    const names = this.people.map((person) => person.name);
    return names.includes(this.#active) ? this.#active : this.#chosenNames().find((name) => names.includes(name)) ?? names[0];
  }

  // The address may name them (?people=Siti,Budi); else the last choice; else as many as fit.
  #chosenNames() {
    const asked = new URLSearchParams(location.search).get("people");
    this.#chosen ??= asked?.split(",") ?? JSON.parse(localStorage.getItem(KEY) ?? "null");
    const fitting = Math.max(1, Math.floor((innerWidth - 24) / PHONE_WIDTH_PX));
    return this.#chosen ?? this.people.slice(0, fitting).map((person) => person.name);
  }

  #apply() {
    const shown = this.shown;
    for (const person of this.people) person.isShown = shown.includes(person);
    this.tell("shown");
  }

  async hear(event) {
    if (event.type === "reset") return this.#forget();
    const involved = event.people ?? this.people.map((person) => person.id);
    if (involved.some((id) => id > 0 && !this.byId(id))) return this.load();
    for (const id of involved) this.#notify(this.byId(id), event);
  }

  #notify(person, event) {
    if (event.type === "typing") person?.sees(event);
    else person?.refresh();
  }

  async #forget() {
    this.people = [];
    await this.load();
  }

  hearLine(isLive) {
    this.isLive = isLive;
    this.tell("line");
    if (isLive) this.load();
  }

  tell(what) { this.dispatchEvent(new Event(what)); }
}

export const town = new Town();
narrow.addEventListener("change", () => town.load());
// A cut may be too short for the event line to notice, and long enough to lose a fetch.
addEventListener("online", () => town.load());
