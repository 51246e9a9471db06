// The head of the right column: how many, against when, and whose cases these are.

import { byId, el, fill } from "../dom.js";
import { fullTime } from "../words.js";
import { changeWords, countWords, shareWords } from "./figures.js";

export function summaryBar(summary, view) {
  const incidents = view.count === "incidents";
  const shown = incidents ? summary.incidents : summary.n;
  const previous = summary.previous;
  const before = previous && !incidents ? previous.n : null;
  fill(
    byId("summary-body"),
    el(
      "p",
      { class: "total" },
      el("b", {}, countWords(shown)),
      incidents ? " 个事件" : " 件诉求",
      el("span", { class: "soft" }, incidents ? ` · 诉求 ${countWords(summary.n)} 件` : summary.incidents !== null && ` · 合并为 ${countWords(summary.incidents)} 个事件`),
    ),
    before !== null && before !== undefined
      ? el("p", { class: "soft" }, `${view.compare === "none" ? "比前一时段" : "比对比期"} ${changeWords(shown, before)}（${countWords(before)} 件，${previous.text}）`)
      : el("p", { class: "soft" }, summary.period.text),
    el("p", { class: "soft" }, `已定位 ${summary.n ? shareWords(summary.located / summary.n) : "–"} · 数据截至 ${asOfWords(summary.as_of)}`),
  );
  // Who sees everything needs no reminder of it.
  byId("scope").textContent = byId("analysis").dataset.opens === "grid" ? (summary.scope ?? "") : "";
}

const asOfWords = (given) => (/T/.test(given ?? "") ? fullTime(given) : (given ?? "不详"));
