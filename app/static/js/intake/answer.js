// What was read, whose it is and why, beside the form.

import { sharesBar, sureness } from "../desk/casepane.js";
import { notes, placeLine, rivals } from "../desk/reading.js";
import { el, fill } from "../dom.js";

export function renderReading(node, one, { look, take, near, takeHint }) {
  if (!one) {
    fill(node);
    return;
  }
  const found = Boolean(one.place);
  fill(
    node,
    el(
      "p",
      { class: found ? "read-place" : "read-place lost" },
      el("span", { class: "tag" }, one.chosen ? "已选地点" : "读出地点"),
      el("strong", {}, placeLine(one) || "没有读出地点，请在“地点”里查找，或在地图上点选"),
    ),
    found &&
      one.place.path.length > 0 &&
      el("p", { class: "soft path" }, one.place.path.map((part) => part.name).join(" › ")),
    one.said && notes(one.said),
    one.said && rivals(one.said, { look, take }),
    one.outside && outside(one.outside, { near, takeHint }),
    el(
      "p",
      { class: "read-unit" },
      el("span", { class: "tag" }, "建议主办"),
      el("strong", {}, one.nobody ? "还没有可建议的单位，登记后由人工研判" : one.lead.name),
      one.co.length > 0 && el("span", { class: "soft" }, `协办 ${one.co.map((unit) => unit.name).join("、")}`),
    ),
    one.basis && el("p", { class: "basis" }, one.basis),
    one.shares.length > 1 && sharesBar(one.shares),
    found && sureness(one),
  );
}

// What another company's map says: a hint in one line, or that it is no help. Taking it over only
// fills the place box; its words are another's and stay text.
function outside(hint, { near, takeHint }) {
  const place = hint.place;
  if (!place) return el("p", { class: "outside-quiet" }, hint.line);
  const about = [place.kind, place.unit_name && `属${place.unit_name}`].filter(Boolean).join("，");
  return el(
    "div",
    { class: "outside-hint" },
    el(
      "p",
      {},
      el("span", { class: "soft" }, hint.line),
      el("button", { type: "button", class: "plain", title: "在地图上看这一处", onclick: () => near(place) }, place.words),
      about && el("span", { class: "soft" }, about),
    ),
    el("button", { type: "button", class: "take", onclick: () => takeHint(place) }, "采用"),
  );
}
