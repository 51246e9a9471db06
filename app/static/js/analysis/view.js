// What is looked at, and the address that says so: every choice on the page is in the address bar,
// so that a link opens the same view and the browser's own back leads to the one before.

import { isDay } from "./days.js";

export const LEVELS = ["district", "subdistrict", "community", "grid"];
export const LEVEL_NAMES = { district: "区县", subdistrict: "街道（镇）", community: "社区（村）", grid: "网格" };

const ONE_OF = {
  level: LEVELS,
  count: ["reports", "incidents"],
  measure: ["count", "rate", "eb", "local_eb", "oe"],
  by: ["population", "household", "road_km", "poi"],
  compare: ["none", "previous", "year", "custom"],
  layer: ["areas", "density", "cells", "gi", "moran", "emerging", "scan", "repeats", "misroutes", "borders"],
  on: ["areas", "cells"],
  shape: ["square", "hexagon"],
  size: ["100", "250", "500", "1000"],
  scan: ["scan", "space_time"],
  metres: ["20", "50", "100", "200"],
  step: ["day", "week", "month"],
  tab: ["ranking", "compare", "cases"],
  lines: ["1", "0"],
};

export const DEFAULTS = Object.freeze({
  from: "",
  to: "",
  kinds: [],
  channels: [],
  level: "", // the server knows the finest level that fits this city
  within: "",
  count: "reports",
  measure: "count",
  by: "population",
  compare: "none",
  from2: "",
  to2: "",
  layer: "areas",
  on: "areas",
  shape: "hexagon",
  size: "250",
  scan: "scan",
  metres: "50",
  step: "",
  at: "", // first day of the step shown; empty for the whole window
  map: "", // zoom/lat/lon; empty where the view fits what is drawn
  sel: "", // what is chosen: LEVEL:CODE, or near:lon,lat,metres
  tab: "ranking",
  lines: "1",
});

// What changes the cases that are counted; the rest changes only how they are shown.
export const ASKED = ["from", "to", "kinds", "channels", "level", "within", "count", "measure", "by", "compare", "from2", "to2"];

const MAP = /^\d{1,2}(\.\d+)?\/-?\d{1,2}(\.\d+)?\/-?\d{1,3}(\.\d+)?$/;

// An address may be typed by hand: what cannot be is left at its default.
export function readView(search) {
  const given = new URLSearchParams(search);
  const view = { ...DEFAULTS };
  for (const name of ["from", "to", "from2", "to2", "at"]) {
    if (given.has(name)) view[name] = given.get(name);
  }
  if (!isDay(view.at)) view.at = "";
  for (const [name, known] of Object.entries(ONE_OF)) {
    if (known.includes(given.get(name))) view[name] = given.get(name);
  }
  view.kinds = given.getAll("kind").filter(Boolean);
  view.channels = given.getAll("channel").filter(Boolean);
  view.within = given.get("within") ?? "";
  view.sel = given.get("sel") ?? "";
  if (MAP.test(given.get("map") ?? "")) view.map = given.get("map");
  return view;
}

export function writeView(view) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(view)) {
    if (name === "kinds") for (const one of value) query.append("kind", one);
    else if (name === "channels") for (const one of value) query.append("channel", one);
    else if (value !== DEFAULTS[name]) query.set(name, value);
  }
  return query;
}

// The question as the server understands it.
export function askedOf(view, more = {}) {
  const query = new URLSearchParams();
  for (const name of ["from", "to", "level", "within", "count", "measure", "by", "compare"]) {
    if (view[name]) query.set(name, view[name]);
  }
  if (view.compare === "custom") {
    query.set("from2", view.from2);
    query.set("to2", view.to2);
  }
  for (const one of view.kinds) query.append("kind", one);
  for (const one of view.channels) query.append("channel", one);
  for (const [name, value] of Object.entries(more)) {
    if (value !== null && value !== undefined && value !== "") query.set(name, value);
  }
  return query;
}

export const finer = (level) => LEVELS[LEVELS.indexOf(level) + 1] ?? null;

export class ViewState {
  #now;

  constructor({ onChange }) {
    this.onChange = onChange;
    this.#now = readView(window.location.search);
    window.addEventListener("popstate", () => this.#become(readView(window.location.search)));
  }

  get now() {
    return this.#now;
  }

  // `replace` for what is not worth a step back: a moved map, a step while playing.
  set(changes, { replace = false, quiet = false } = {}) {
    const next = { ...this.#now, ...changes };
    if (same(next, this.#now)) return;
    const query = writeView(next).toString();
    const address = `${window.location.pathname}${query ? `?${query}` : ""}`;
    window.history[replace ? "replaceState" : "pushState"](null, "", address);
    if (quiet) this.#now = next;
    else this.#become(next);
  }

  #become(next) {
    const before = this.#now;
    this.#now = next;
    const changed = new Set(Object.keys(next).filter((name) => String(next[name]) !== String(before[name])));
    if (changed.size) this.onChange(next, changed);
  }
}

const same = (one, other) => Object.keys(one).every((name) => String(one[name]) === String(other[name]));
