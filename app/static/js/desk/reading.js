// What the machine read in the citizen's words: the words themselves with their places marked, the
// other places they may mean, and what a dispatcher should know. Text nodes only.

import { el } from "../dom.js";
import { metres } from "../words.js";

// Pieces of a text as the server cut them, each with the role of its place.
export function marked(segments) {
  return segments.map((piece) =>
    piece.role
      ? el("mark", { class: `role-${piece.role}`, title: piece.label }, piece.text)
      : document.createTextNode(piece.text),
  );
}

// The words of the text that mean the place, as a correction learns from them.
export function siteWords(segments) {
  return segments.find((piece) => piece.role === "site")?.text.trim() ?? "";
}

export function notes(said) {
  const missing = said.missing.length > 0 && `地名库里没有：${said.missing.join("、")}`;
  const all = [...said.notes, missing].filter(Boolean);
  return all.length > 0 && el("ul", { class: "notes" }, all.map((text) => el("li", {}, text)));
}

// 也可能是：… Looking at one shows it on the map; `take` is given where it can be chosen.
export function rivals(said, { look, take = null }) {
  if (said.rivals.length === 0) return null;
  return el(
    "div",
    { class: "rival-places" },
    el("h3", {}, said.given ? "按原文是" : "也可能是"),
    el(
      "ul",
      {},
      said.rivals.map((rival) =>
        el(
          "li",
          {},
          el(
            "button",
            { type: "button", class: "plain", title: "在地图上看这一处", onclick: () => look(rival) },
            rival.words || "另一处",
          ),
          rival.unit_name && el("span", { class: "soft" }, rival.unit_name),
          take &&
            rival.place_id &&
            el("button", { type: "button", class: "take", onclick: () => take(rival) }, "就是这里"),
        ),
      ),
      said.more_rivals > 0 && el("li", { class: "soft" }, `还有 ${said.more_rivals} 处`),
    ),
  );
}

// 西洪路（西洪路口—西洪路公交站），路段 · 误差 30 米
export function placeLine(one) {
  const words = one.said?.words || one.place?.precision_label || "";
  if (!one.place) return words;
  return [words, `误差 ${metres(one.place.radius_m)}`].filter(Boolean).join(" · ");
}
