// 对比: the same areas in two windows. A change is marked only where it holds after correction for
// all the areas that were compared.

import { byId, el } from "../dom.js";
import { changeWords, chanceWords, countWords } from "./figures.js";
import { counted, isSure } from "./layers/areas.js";
import { Panel } from "./panel.js";

export class Comparison {
  constructor({ state, onChoose, onRetry }) {
    this.state = state;
    this.panel = new Panel(byId("comparison"));
    this.onRetry = onRetry;
    byId("comparison").addEventListener("click", (event) => {
      const key = event.target.closest("[data-key]")?.dataset.key;
      if (key) onChoose(key);
    });
  }

  waiting() {
    this.panel.waiting(8);
  }

  fail(problem) {
    this.panel.fail(problem, this.onRetry);
  }

  show(view, areas) {
    if (view.compare === "none") {
      const turn = (compare, words) => el("button", { type: "button", onclick: () => this.state.set({ compare }) }, words);
      this.panel.empty("还没有选择对比时段", el("span", {}, "选一个，就能看到每个辖区增减多少、是否显著。"), el("div", { class: "choices" }, turn("previous", "环比（上一个同样长的时段）"), turn("year", "同比（去年同期）")));
      return;
    }
    const rows = areas.outline.features
      .map(({ properties: { code, name } }) => ({ code, name, value: areas.values[code] ?? {} }))
      .filter(({ value }) => value.previous !== null && value.previous !== undefined)
      .map((row) => ({ ...row, now: counted(view, row.value), by: counted(view, row.value) - row.value.previous }))
      .sort((one, other) => Number(isSure(other.value)) - Number(isSure(one.value)) || Math.abs(other.by) - Math.abs(one.by));
    if (rows.length === 0) {
      this.panel.empty("对比时段没有可比的数据", el("span", {}, "试试别的对比时段，或改看件数。"));
      return;
    }
    const sure = rows.filter((row) => isSure(row.value)).length;
    this.panel.show(
      el("p", { class: "soft compare-note" }, sure ? `${sure} 个辖区变化显著（▲▼，校正后 q ≤ 0.05），排在最前。` : "没有辖区的变化达到显著水平（校正后 q ≤ 0.05）。"),
      el(
        "table",
        { class: "compare" },
        el("caption", { class: "visually-hidden" }, `${view.count === "incidents" ? "事件数" : "件数"}，本期与对比期`),
        el("thead", {}, el("tr", {}, ["名称", "本期", "对比期", "变化"].map((name) => el("th", { scope: "col" }, name)))),
        el("tbody", {}, rows.map((row) => this.#row(row, areas.level))),
      ),
    );
  }

  #row({ code, name, value, now, by }, level) {
    const marked = isSure(value);
    return el(
      "tr",
      { class: marked ? "sure" : "" },
      el("th", { scope: "row" }, el("button", { type: "button", class: "plain", data: { key: `${level}:${code}` } }, name)),
      el("td", {}, countWords(now)),
      el("td", {}, countWords(value.previous)),
      el(
        "td",
        { title: value.change_q === null || value.change_q === undefined ? "未作检验" : `q ${chanceWords(value.change_q)}` },
        changeWords(now, value.previous),
        marked && el("b", { class: by > 0 ? "up" : "down" }, by > 0 ? " ▲" : " ▼", el("span", { class: "visually-hidden" }, "显著")),
      ),
    );
  }
}
