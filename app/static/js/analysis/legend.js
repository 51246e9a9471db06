// The legend: never only colours. What is shown, when, of how many, how it was made, and what it
// does not mean.

import { byId, el, fill, show } from "../dom.js";
import { countWords, shareWords } from "./figures.js";

const MOST_DISTRICTS = 3; // shown at once; the others are folded away

export class Legend {
  constructor() {
    this.node = byId("legend-body");
    this.opened = new Set(); // folds the reader opened stay open from picture to picture
  }

  waiting() {
    byId("legend").setAttribute("aria-busy", "true");
  }

  show(spec, { summary, step }) {
    byId("legend").removeAttribute("aria-busy");
    const version = summary?.versions?.boundary ? `界线 ${boundaryWords(summary.versions.boundary)}` : "";
    byId("legend-title").textContent = spec.unit && !spec.title.includes(spec.unit) && !spec.classes.some(({ label }) => label.includes(spec.unit)) ? `${spec.title}（${spec.unit}）` : spec.title;
    fill(
      this.node,
      el("p", { class: "legend-when" }, step ?? summary?.period?.text),
      el(
        "ul",
        { class: "legend-classes" },
        spec.classes.map((one) => entry(one)),
        (spec.extra ?? []).filter(Boolean).map((one) => entry(one)),
      ),
      spec.lines?.some(Boolean) && spec.linesTitle && el("p", { class: "legend-sub" }, spec.linesTitle),
      spec.lines?.filter(Boolean).map((line) => el("p", { class: "legend-line" }, line)),
      summary && this.#counted(summary),
      spec.classes.some((one) => one.means) && this.#fold("means", "各类含义", el("dl", { class: "method" }, spec.classes.filter((one) => one.means).map((one) => el("div", {}, el("dt", {}, one.label), el("dd", {}, one.means))))),
      this.#method(spec.method, spec.note),
      version && el("p", { class: "legend-line quiet one-line", title: version }, version),
      el("p", { class: "legend-warn" }, "投诉量不等于问题量"),
    );
  }

  fail() {
    byId("legend").removeAttribute("aria-busy");
    byId("legend-title").textContent = "图例";
    fill(this.node, el("p", { class: "legend-line" }, "图层没有取到。"));
  }

  #counted(summary) {
    const districts = summary.unlocated ?? [];
    const words = (one) => `${one.name} ${shareWords(one.share)}（${countWords(one.n)}/${countWords(one.total)}）`;
    return [
      el("p", { class: "legend-line" }, `已定位 ${countWords(summary.located)} / 共 ${countWords(summary.n)} 件`),
      districts.length > 0 && el("p", { class: "legend-line" }, "未定位 ", districts.slice(0, MOST_DISTRICTS).map(words).join("、")),
      districts.length > MOST_DISTRICTS &&
        this.#fold("lost", `其余 ${districts.length - MOST_DISTRICTS} 个`, el("p", { class: "legend-line" }, districts.slice(MOST_DISTRICTS).map(words).join("、"))),
    ];
  }

  #method(method, note) {
    if (!method && !note) return null;
    const fact = (name, value) => (value || value === 0) && el("div", {}, el("dt", {}, name), el("dd", {}, value));
    return this.#fold(
      "method",
      "方法说明",
      el(
        "dl",
        { class: "method" },
        !method || typeof method === "string"
          ? fact("方法", method)
          : [
              fact("方法", method.name),
              fact("零假设", method.null),
              fact("备择假设", method.alternative),
              fact("多重检验校正", method.correction),
              method.permutations > 0 && fact("随机置换", `${countWords(method.permutations)} 次，种子 ${method.seed ?? "无"}`),
              method.n > 0 && fact("检验单元", countWords(method.n)),
              Object.entries(method.choices ?? {}).map(([name, value]) => fact(name, String(value))),
            ],
      ),
      (method?.warnings ?? []).map((text) => el("p", { class: "legend-note" }, text)),
      note && el("p", { class: "legend-note" }, note),
    );
  }

  #fold(name, title, ...content) {
    const made = el("details", { open: this.opened.has(name) }, el("summary", {}, title), ...content);
    made.addEventListener("toggle", () => this.opened[made.open ? "add" : "delete"](name));
    return made;
  }
}

function entry({ colour, label, hatched, line }) {
  const key = el("i", { class: `swatch${hatched ? " hatched" : ""}${line ? " line" : ""}`, "aria-hidden": "true" });
  if (colour) key.style.background = colour;
  return el("li", {}, key, label);
}

const boundaryWords = (given) => (Array.isArray(given) ? given.join("、") : String(given));

// Points where far too many cases lie: a default position, not a hot spot.
export function warnings(summary) {
  const found = [
    ...(summary.pile_ups ?? []).map((one) => one.text ?? `有 ${countWords(one.n)} 件落在同一点，多为默认位置，不是真实聚集。`),
    ...(summary.warnings ?? []),
  ];
  const node = byId("warnings");
  show(node, found.length > 0);
  byId("warnings-count").textContent = String(found.length);
  fill(byId("warnings-list"), found.map((text) => el("li", {}, text)));
}
