// 走势: counts over the window, the compared window as a second line, holidays shaded. A drag or a
// click on it sets the window; the same numbers stand in a table for who cannot see the lines.

import uPlot from "../../vendor/uplot/uPlot.esm.js";
import { byId, el, fill, show } from "../dom.js";
import { axisWords, plus, seconds, stepEnd, stepWords } from "./days.js";
import { changeWords, countWords } from "./figures.js";
import { Panel, troubleBox } from "./panel.js";

const OWN = "#1a5fa6";
const OTHER = "#b4540a";
const HOLIDAY = "rgb(242 169 0 / 20%)";
const NOW = "rgb(18 58 99 / 16%)";
const LABEL_PX = 58; // of the axis, for one label

export class Trend {
  constructor({ state, onWindow, onRetry }) {
    this.state = state;
    this.onWindow = onWindow;
    this.onRetry = onRetry;
    this.node = byId("trend");
    this.chartNode = byId("trend-chart");
    this.readout = byId("trend-readout");
    this.panel = new Panel(this.node, byId("trend-words"));
    this.chart = null;
    this.at = -1;
    new ResizeObserver(() => this.#fit()).observe(this.chartNode);
  }

  waiting() {
    this.node.setAttribute("aria-busy", "true");
  }

  fail(problem) {
    this.#forget();
    this.node.removeAttribute("aria-busy");
    fill(this.panel.body, troubleBox(problem, this.onRetry));
    show(this.panel.body, true);
  }

  show(answer, view) {
    this.node.removeAttribute("aria-busy");
    this.answer = answer;
    this.unit = view.count === "incidents" ? "个事件" : "件";
    const nothing = answer.counts.every((count) => !count);
    show(this.panel.body, nothing);
    fill(this.panel.body, nothing && el("p", { class: "empty" }, "该条件下没有诉求，试试更长的时段。"));
    show(this.chartNode, !nothing);
    this.#forget();
    if (!nothing) this.#draw();
    this.#keys();
    this.#table();
    this.#say(null);
  }

  // The step that the slider shows.
  step(day) {
    this.at = this.answer ? this.answer.steps.indexOf(day) : -1;
    this.chart?.redraw(false, false);
    this.#say(null);
  }

  #forget() {
    this.chart?.destroy();
    this.chart = null;
  }

  #draw() {
    const { steps, counts, compared, complete } = this.answer;
    const x = steps.map(seconds);
    const whole = counts.map((count, at) => (complete[at] ? count : null));
    // The running step hangs on the last complete one, by a dashed line.
    const partial = counts.map((count, at) => (!complete[at] || (complete[at] && complete[at + 1] === false) || complete[at - 1] === false ? count : null));
    const few = steps.length < 32;
    const line = (stroke, more = {}) => ({ stroke, width: 2, points: { show: few, size: 5, fill: "#fff" }, ...more });
    this.chart = new uPlot(
      {
        ...this.#size(),
        padding: [8, 20, 0, 0],
        legend: { show: false },
        cursor: { y: false, drag: { x: true, y: false, setScale: false, dist: 6 }, points: { size: 7 } },
        scales: { x: { time: false }, y: { range: (_, __, most) => [0, Math.max(1, most * 1.08)] } },
        axes: [
          {
            stroke: "#4a5866",
            font: "11px sans-serif",
            size: 42,
            grid: { show: false },
            ticks: { size: 4, stroke: "#aab6c2" },
            splits: (plot) => this.#splits(plot),
            values: (_, at) => at.map((value, place) => axisWords(dayOf(value), this.answer.step, place ? dayOf(at[place - 1]) : null)),
          },
          {
            stroke: "#4a5866",
            font: "11px sans-serif",
            size: (_, values) => 14 + 7 * Math.max(2, ...(values ?? []).map((one) => String(one).length)),
            grid: { stroke: "#e6eaee", width: 1 },
            ticks: { show: false },
            incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6],
            values: (_, at) => at.map((value) => countWords(value)),
          },
        ],
        series: [
          {},
          line(OTHER, { dash: [5, 4], width: 1.6, points: { show: false } }),
          line(OWN),
          line(OWN, { dash: [2, 4], points: { show: false } }),
        ],
        hooks: {
          drawClear: [(plot) => this.#shade(plot)],
          setCursor: [(plot) => this.#say(plot.cursor.idx)],
          setSelect: [(plot) => this.#selected(plot)],
          ready: [(plot) => plot.over.addEventListener("click", () => this.#clicked(plot))],
        },
      },
      [x, compared ?? x.map(() => null), whole, partial],
      this.chartNode,
    );
    const canvas = this.chartNode.querySelector("canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", "走势图，数字见下方数据表");
  }

  #size() {
    return { width: Math.max(160, this.chartNode.clientWidth), height: Math.max(90, this.chartNode.clientHeight) };
  }

  #fit() {
    if (this.chart && this.chartNode.clientWidth) this.chart.setSize(this.#size());
  }

  #splits(plot) {
    const { steps } = this.answer;
    const room = Math.max(2, Math.floor(plot.width / LABEL_PX));
    const every = Math.max(1, Math.ceil(steps.length / room));
    return steps.filter((_, at) => at % every === 0).map(seconds);
  }

  #shade(plot) {
    const { ctx, bbox } = plot;
    const band = (from, to, colour) => {
      const left = Math.max(bbox.left, plot.valToPos(from, "x", true));
      const right = Math.min(bbox.left + bbox.width, plot.valToPos(to, "x", true));
      if (right <= left) return;
      ctx.fillStyle = colour;
      ctx.fillRect(left, bbox.top, Math.max(right - left, 2), bbox.height);
    };
    ctx.save();
    for (const { day } of this.answer.holidays ?? []) band(seconds(day), seconds(plus(day, 1)), HOLIDAY);
    if (this.at >= 0) {
      const half = this.answer.steps.length > 1 ? (seconds(this.answer.steps[1]) - seconds(this.answer.steps[0])) / 2 : 43_200;
      const middle = seconds(this.answer.steps[this.at]);
      band(middle - half, middle + half, NOW);
    }
    ctx.restore();
  }

  #say(at) {
    if (!this.answer) return;
    const shown = at ?? (this.at >= 0 ? this.at : null);
    const { steps, step, counts, compared, complete, holidays } = this.answer;
    if (shown === null || shown === undefined || steps[shown] === undefined) {
      this.readout.textContent = "拖选或点击图中一段，即以它为时段";
      return;
    }
    const end = stepEnd(steps[shown], step);
    const names = [...new Set((holidays ?? []).filter(({ day }) => day >= steps[shown] && day <= end).map(({ name }) => name))];
    this.readout.textContent = [
      `${stepWords(steps[shown], step)}：${countWords(counts[shown])} ${this.unit}`,
      !complete[shown] && "未满",
      compared && compared[shown] !== null && `对比期 ${countWords(compared[shown])}，${changeWords(counts[shown], compared[shown])}`,
      names.join("、"),
    ].filter(Boolean).join(" · ");
  }

  #selected(plot) {
    const { left, width } = plot.select;
    if (width < 6) return;
    const { steps, step } = this.answer;
    const from = steps[plot.posToIdx(left)];
    const to = stepEnd(steps[plot.posToIdx(left + width)], step);
    plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    this.dragged = Date.now();
    this.#window(from, to);
  }

  #clicked(plot) {
    const { idx } = plot.cursor;
    if (idx === null || idx === undefined || Date.now() - (this.dragged ?? 0) < 400) return;
    const { steps, step } = this.answer;
    this.#window(steps[idx], stepEnd(steps[idx], step));
  }

  // A step that the window cuts off is not more of a window than it was.
  #window(from, to) {
    // The days may have become known after the chart was drawn, so the view is looked at only now.
    const whole = this.state.now;
    this.onWindow({ from: whole.from && from < whole.from ? whole.from : from, to: whole.to && to > whole.to ? whole.to : to });
  }

  #keys() {
    const { compared, complete, holidays } = this.answer;
    const key = (kind, words) => el("li", {}, el("i", { class: `line-key ${kind}`, "aria-hidden": "true" }), words);
    fill(byId("trend-keys"), key("own", "本期"), compared && key("other", "对比期"), complete.includes(false) && key("partial", "未满"), holidays?.length > 0 && key("holiday", "节假日"));
  }

  #table() {
    const { steps, step, counts, compared, complete } = this.answer;
    fill(
      byId("trend-table"),
      el("caption", {}, "走势数据"),
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "时间"), el("th", { scope: "col" }, this.unit === "件" ? "件数" : "事件数"), compared && el("th", { scope: "col" }, "对比期"))),
      el("tbody", {}, steps.map((day, at) => el("tr", {}, el("th", { scope: "row" }, `${stepWords(day, step)}${complete[at] ? "" : "（未满）"}`), el("td", {}, countWords(counts[at])), compared && el("td", {}, countWords(compared[at]))))),
    );
  }
}

const dayOf = (value) => new Date(value * 1000).toISOString().slice(0, 10);
