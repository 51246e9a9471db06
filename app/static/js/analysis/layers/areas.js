// 区域: jurisdictions coloured by the chosen measure, for the whole window or one step of it.

import { divIcon, layerGroup, marker } from "../../../vendor/leaflet/leaflet-src.esm.js";
import { el } from "../../dom.js";
import { middleOf } from "../geometry.js";
import { changeWords, chanceWords, countWords, rateWords } from "../figures.js";
import { choropleth, NO_VALUE } from "./shapes.js";

export const MEASURE_NAMES = { count: "件数", rate: "率", eb: "经验贝叶斯率", local_eb: "局部经验贝叶斯率", oe: "实际/期望比（O/E）" };
export const SURE = 0.05; // q, after correction for all areas compared

export function measureName(view) {
  if (view.measure === "count") return view.count === "incidents" ? "事件数" : "件数";
  return MEASURE_NAMES[view.measure];
}

export const isSure = (value) => value.change_q !== null && value.change_q !== undefined && value.change_q <= SURE;

// What was counted, whatever is made of it; a comparison is of counts, not of rates.
export const counted = (view, value) => (view.count === "incidents" ? value.incidents : value.n);

// What an area's number is, and why there is none.
export function shownWords(view, value) {
  if (!value) return "无数据";
  if (value.suppressed && view.measure !== "count") return value.why || "数量过少，不显示";
  if (value.shown === null || value.shown === undefined) return "无分母，无法计算";
  return view.measure === "count" ? countWords(value.shown) : rateWords(value.shown);
}

export function areaPicture({ view, areas, frame }, env) {
  const names = new Map(areas.outline.features.map(({ properties }) => [properties.code, properties.name]));
  const classes = frame?.classes ?? areas.classes;
  const shown = (code) => (frame ? frame.count(code) : areas.values[code]?.shown);
  const look = (code) => {
    const value = areas.values[code];
    if (frame) return { fill: classes.colours[classOf(shown(code), classes)] };
    if (!value) return {};
    if (value.suppressed && view.measure !== "count") return { hatched: true };
    return { fill: value.class === null ? null : classes.colours[value.class] };
  };
  const words = (code) =>
    frame
      ? [names.get(code) ?? code, `${measureName({ ...view, measure: "count" })} ${countWords(shown(code))}`, frame.words]
      : tipWords(view, names.get(code) ?? code, areas, areas.values[code]);
  const keyOf = (code) => `${areas.level}:${code}`;
  const moved = (code) => (!frame && areas.values[code] && isSure(areas.values[code]) ? Math.sign(counted(view, areas.values[code]) - areas.values[code].previous) : 0);
  const picture = choropleth(areas.outline.features, look, words, { ...env, keyOf });
  const few = (code) => !frame && view.measure !== "count" && Boolean(areas.values[code]?.suppressed);
  const hatched = areas.outline.features.some(({ properties: { code } }) => few(code));
  const none = !frame && areas.outline.features.some(({ properties: { code } }) => !look(code).fill && !look(code).hatched);
  const marks = areas.outline.features.filter(({ properties: { code } }) => moved(code));
  return {
    ...picture,
    layer: layerGroup([picture.layer, ...marks.map((feature) => arrow(feature, moved(feature.properties.code)))]),
    legend: {
      title: frame ? measureName({ ...view, measure: "count" }) : measureName(view),
      unit: classes.unit,
      classes: classes.colours.map((colour, at) => ({ colour, label: classes.labels[at] })),
      extra: [hatched && { hatched: true, label: "数量过少，不显示" }, none && { colour: NO_VALUE, label: "无数据或无分母" }],
      lines: [frame && "播放时各级颜色含义不变", marks.length > 0 && "▲▼ 比对比期显著升降（校正后 q ≤ 0.05）"],
      method: areas.method,
      note: areas.note,
    },
    rows: areas.outline.features.map(({ properties: { code, name } }) => {
      const value = areas.values[code] ?? {};
      const amount = frame ? shown(code) : few(code) ? null : value.shown;
      return {
        key: keyOf(code),
        name,
        value: amount ?? null,
        text: frame ? countWords(amount) : shownWords(view, areas.values[code]),
        low: frame || view.measure !== "rate" ? null : value.low,
        high: frame || view.measure !== "rate" ? null : value.high,
        hatched: few(code),
        colour: look(code).fill,
        reference: view.measure === "oe" && !frame ? 1 : null,
        rising: moved(code),
      };
    }),
  };
}

// Above the area's name; the list says the same in words.
function arrow(feature, sign) {
  const [lon, lat] = middleOf(feature.geometry);
  const html = el("span", {}, sign > 0 ? "▲" : "▼");
  const icon = divIcon({ className: `map-label change ${sign > 0 ? "up" : "down"}`, html, iconSize: null });
  return marker([lat, lon], { pane: "points", interactive: false, keyboard: false, icon });
}

// The class of a number: breaks are the lower ends of all classes but the first.
export function classOf(value, { breaks }) {
  let at = 0;
  while (at < breaks.length && value >= breaks[at]) at += 1;
  return at;
}

function tipWords(view, name, areas, value) {
  if (!value) return [name, "无数据"];
  const plain = view.measure === "count";
  const known = !plain && !value.suppressed && value.shown !== null;
  return [
    name,
    !plain && `${measureName(view)} ${shownWords(view, value)}${known ? ` ${areas.classes.unit}` : ""}`,
    known && view.measure === "rate" && value.low !== null && `95% 区间 ${rateWords(value.low)}–${rateWords(value.high)}`,
    casesLine(value),
    value.per_incident && `每个事件平均 ${rateWords(value.per_incident)} 件`,
    changeLine(view, value),
  ];
}

// A city of millions is merged into events behind the answer: until then there is no number.
export function casesLine({ n, incidents }) {
  const merged = incidents === null || incidents === undefined ? "" : `，合并为 ${countWords(incidents)} 个事件`;
  return `诉求 ${countWords(n)} 件${merged}`;
}

// 比对比期 +12.5%（q 0.003）; null where nothing is compared.
export function changeLine(view, value) {
  if (value.previous === null || value.previous === undefined) return null;
  const tested = value.change_q === null || value.change_q === undefined ? "" : `（q ${chanceWords(value.change_q)}${isSure(value) ? "，显著" : ""}）`;
  return `对比期 ${countWords(value.previous)}，${changeWords(counted(view, value), value.previous)}${tested}`;
}
