// The series of an alarm as bars, with what was expected and the bound as lines. Drawn as SVG by
// attributes: nothing here needs an inline style.

import { el } from "../dom.js";
import { number, shortDay } from "./numbers.js";

const NS = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT] = [520, 210];
const FRAME = { left: 34, right: 8, top: 10, bottom: 26 };
const TICKS = 4;

function svg(tag, attributes, ...children) {
  const node = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

// Whole steps of 1, 2 or 5 times a power of ten, at most TICKS of them.
function niceTop(most) {
  const rough = Math.max(most, 1) / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough));
  return { step, top: step * Math.ceil(Math.max(most, 1) / step) };
}

// `first` is the first day of the alarm's period: its bars stand out.
export function drawChart(node, title, chart, first) {
  node.replaceChildren();
  if (!chart) {
    title.textContent = "变化";
    node.append(el("p", { class: "soft" }, "这条预警没有保存序列，请看案件位置。"));
    return;
  }
  const unit = chart.step === "day" ? "每日" : "每 7 天";
  const { counts, starts, expected, bound } = chart;
  const bounded = bound.some((one) => one !== null);
  title.textContent = bounded ? `${unit}件数与上限` : `所涉社区合计的${unit}件数`;
  const { step, top } = niceTop(Math.max(...counts, ...bound.filter((one) => one !== null), 1));
  const wide = (WIDTH - FRAME.left - FRAME.right) / counts.length;
  const x = (at) => FRAME.left + wide * at;
  const y = (value) => FRAME.top + (HEIGHT - FRAME.top - FRAME.bottom) * (1 - value / top);
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", class: "series" });
  const last = counts.length - 1;
  picture.append(
    svg("title", {}, `${starts[0]} 起${unit}件数，最后一个是 ${counts[last]} 件${bounded ? `，预期 ${number(expected[last])}，上限 ${number(bound[last])}` : ""}`),
  );
  for (let value = 0; value <= top; value += step) {
    picture.append(
      svg("line", { class: "rule", x1: FRAME.left, x2: WIDTH - FRAME.right, y1: y(value), y2: y(value) }),
      svg("text", { class: "tick", x: FRAME.left - 5, y: y(value) + 4, "text-anchor": "end" }, number(value)),
    );
  }
  counts.forEach((count, at) => {
    const bar = svg("rect", {
      class: starts[at] >= first ? "bar now" : "bar",
      x: x(at) + wide * 0.12,
      width: wide * 0.76,
      y: y(count),
      height: y(0) - y(count),
    });
    bar.append(svg("title", {}, `${starts[at]} 起：${count} 件${bound[at] === null ? "" : `，上限 ${number(bound[at])}`}`));
    picture.append(bar);
  });
  for (const [kind, values] of [["expected", expected], ["bound", bound]]) {
    for (const part of stretches(values)) {
      const points = part.flatMap((at) => [`${x(at)},${y(values[at])}`, `${x(at + 1)},${y(values[at])}`]);
      picture.append(svg("polyline", { class: kind, points: points.join(" ") }));
    }
  }
  const every = Math.ceil(counts.length / 6);
  for (let at = last; at >= 0; at -= every) {
    picture.append(
      svg("text", { class: "tick", x: x(at) + wide / 2, y: HEIGHT - 8, "text-anchor": at === last ? "end" : "middle" }, shortDay(starts[at])),
    );
  }
  node.append(
    picture,
    el(
      "p",
      { class: "chart-key" },
      [el("span", { class: "k bar" }), "件数", el("span", { class: "k bar now" }), "预警时段"],
      bounded && [el("span", { class: "k expected" }), "预期", el("span", { class: "k bound" }), "上限"],
    ),
  );
}

// Runs of places whose value is known: a gap is a gap, not a line to zero.
function stretches(values) {
  const found = [];
  values.forEach((value, at) => {
    if (value === null) return;
    const run = found.at(-1);
    if (run && run.at(-1) === at - 1) run.push(at);
    else found.push([at]);
  });
  return found;
}
