// The card of what is chosen on the map: its number in words, and where one can go from it.

import { byId, el, fill, show } from "../dom.js";
import { rateWords } from "./figures.js";
import { casesLine, changeLine, measureName, shownWords } from "./layers/areas.js";
import { finer } from "./view.js";

export class Chosen {
  constructor({ onDrill, onCases, onZoom, onClose }) {
    this.node = byId("chosen");
    Object.assign(this, { onDrill, onCases, onZoom, onClose });
  }

  // `name` is null where the picture does not hold what the address chose.
  show(view, { name, areas, said }) {
    show(this.node, Boolean(view.sel && name));
    if (this.node.hidden) return;
    const [level, code] = view.sel.split(":");
    const area = level !== "near";
    const value = area && areas?.level === level ? areas.values[code] : null;
    const below = area && finer(level);
    fill(
      this.node,
      el("div", { class: "chosen-head" }, el("strong", {}, name), el("button", { type: "button", class: "plain", "aria-label": "取消选中", onclick: this.onClose }, "×")),
      value && el("p", {}, casesLine(value)),
      value && view.measure !== "count" && el("p", {}, `${measureName(view)} ${shownWords(view, value)}${value.suppressed || value.shown === null ? "" : ` ${areas.classes.unit}`}`, view.measure === "rate" && !value.suppressed && value.low !== null && el("span", { class: "soft" }, ` 95% 区间 ${rateWords(value.low)}–${rateWords(value.high)}`)),
      value && changeLine(view, value) && el("p", {}, changeLine(view, value)),
      said && el("p", {}, said),
      el(
        "div",
        { class: "chosen-actions" },
        below && el("button", { type: "button", onclick: () => this.onDrill(view.sel) }, "看下一级"),
        el("button", { type: "button", onclick: this.onCases }, "查看工单"),
        el("button", { type: "button", onclick: () => this.onZoom(view.sel) }, "放大"),
      ),
    );
  }
}
