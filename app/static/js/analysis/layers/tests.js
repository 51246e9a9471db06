// Statistics on areas, cells or circles: hot spots, local Moran, emerging hot spots, scan clusters,
// repeat complaints. A class comes from the server, corrected for all that was tested.

import { circle, latLngBounds, layerGroup } from "../../../vendor/leaflet/leaflet-src.esm.js";
import { chanceWords, countWords, rateWords } from "../figures.js";
import { latticePicture } from "./cells.js";
import { placer } from "./placing.js";
import { choropleth } from "./shapes.js";

export const TEST_NAMES = {
  gi: "热点与冷点（Gi*）",
  moran: "局部莫兰聚集",
  emerging: "新兴热点",
  scan: "扫描聚集",
  repeats: "重复诉求聚集",
};

export function testPicture({ view, areas, answer }, env) {
  // Hot above cold, the strongest first, as people read a list.
  const listed = view.layer === "gi" ? [...answer.classes].reverse() : answer.classes;
  const classes = new Map(listed.map((one) => [one.key, one]));
  const label = (key) => classes.get(key)?.label ?? "不显著";
  const legend = {
    title: TEST_NAMES[view.layer],
    unit: "",
    classes: listed.map(({ colour, label: words, means }) => ({ colour, label: words, means })),
    lines: [],
    method: answer.method,
    note: answer.note,
  };
  legend.lines = nothing(answer);
  if (answer.shapes) return circles({ areas, answer, classes, legend }, env);
  if (answer.cells) return cells({ areas, answer, classes, label, legend, view }, env);
  return onAreas({ areas, answer, classes, label, legend, view }, env);
}

// A map without a colour says why, and where a single high value is to be found.
function nothing({ areas, cells: lattice, method }) {
  const keys = [...Object.values(areas ?? {}).map(({ key }) => key), ...(lattice?.items ?? []).map(([, , , key]) => key)];
  if (!keys.length || keys.some((key) => key !== "none")) return [];
  const alone = method?.name?.includes("Gi") ? "单个地方高、周围不高的，不算热点，见“局部莫兰”。" : "";
  return [`没有与随机排列有可靠差别的单元。${alone}`];
}

function onAreas({ areas, answer, classes, label, legend }, env) {
  const found = answer.areas ?? {};
  const names = new Map(areas.outline.features.map(({ properties }) => [properties.code, properties.name]));
  const keyOf = (code) => `${areas.level}:${code}`;
  const picture = choropleth(
    areas.outline.features,
    (code) => ({ fill: classes.get(found[code]?.key)?.colour }),
    (code) => [names.get(code) ?? code, label(found[code]?.key), ...numbers(found[code])],
    { ...env, keyOf },
  );
  const order = orderOf(classes);
  const rows = areas.outline.features
    .map(({ properties: { code, name } }) => ({
      key: keyOf(code),
      name,
      value: null,
      text: label(found[code]?.key),
      colour: classes.get(found[code]?.key)?.colour,
      weight: order(found[code]?.key),
      z: found[code]?.z ?? 0,
      note: found[code]?.z === null || found[code]?.z === undefined ? null : `z ${rateWords(found[code].z)} · q ${chanceWords(found[code].q)}`,
    }))
    .sort((one, other) => one.weight - other.weight || Math.abs(other.z) - Math.abs(one.z));
  return { ...picture, legend, rows, sorted: true };
}

const LAST = 99;

// Where a class stands in the list: as in the legend, strong cold before weak, and last what is not
// significant.
function orderOf(classes) {
  const keys = [...classes.keys()];
  return (key) => {
    const at = keys.indexOf(key);
    if (at < 0 || key === "none") return LAST;
    return /^cold\d/.test(key) ? 2 * keys.length - at : at;
  };
}

function numbers(value) {
  if (!value) return [];
  return [
    value.n !== null && value.n !== undefined && `诉求 ${countWords(value.n)} 件`,
    value.z !== null && value.z !== undefined && `z ${rateWords(value.z)}`,
    value.q !== null && value.q !== undefined && `校正后 q ${chanceWords(value.q)}`,
  ];
}

function cells({ areas, answer, classes, label, legend, view }, env) {
  const order = orderOf(classes);
  const items = answer.cells.items
    .map(([lon, lat, n, key]) => ({ lon, lat, n, key, colour: classes.get(key)?.colour }))
    .sort((one, other) => order(one.key) - order(other.key) || other.n - one.n);
  const size = Number(answer.cells.size_m ?? view.size);
  const picture = latticePicture(
    {
      areas,
      items,
      ring: answer.cells.ring,
      size,
      words: (item) => [label(item.key), `诉求 ${countWords(item.n)} 件`, `${size} 米格`],
      row: (item) => (order(item.key) < LAST ? { value: null, text: label(item.key), note: `诉求 ${countWords(item.n)} 件 · ${size} 米格` } : null),
    },
    legend,
    env,
  );
  return { ...picture, nothing: "没有格网达到显著水平" };
}

function circles({ areas, answer, classes, legend }, { view: mapView, on }) {
  const layer = layerGroup();
  const byKey = new Map();
  const nameAt = placer(areas.outline.features);
  const nameOf = (one, at) => `第 ${at + 1} 处${nameAt(one.lon, one.lat) ? ` · ${nameAt(one.lon, one.lat)}` : ""}`;
  answer.shapes.forEach((one, at) => {
    const key = `near:${one.lon.toFixed(6)},${one.lat.toFixed(6)},${Math.max(1, Math.round(one.radius_m))}`;
    const colour = classes.get(one.key)?.colour ?? "#8c2d04";
    const ring = circle([one.lat, one.lon], {
      pane: "values",
      radius: Math.max(one.radius_m, 1),
      color: colour,
      weight: 2.5,
      fillColor: colour,
      fillOpacity: 0.22,
      bubblingMouseEvents: false,
    });
    ring.on("mouseover mousemove", (event) => {
      mapView.tip.show(event.containerPoint, [nameOf(one, at), one.text]);
      on.hover(key);
    });
    ring.on("mouseout", () => {
      mapView.tip.hide();
      on.hover(null);
    });
    ring.on("click", () => on.choose(key));
    layer.addLayer(ring);
    byKey.set(key, { one, ring, at });
  });
  const boxOf = (key) => {
    const found = byKey.get(key);
    return found ? latLngBounds([found.one.lat, found.one.lon], [found.one.lat, found.one.lon]).extend(roughBox(found.one)) : latLngBounds([]);
  };
  return {
    layer,
    legend: { ...legend, lines: [answer.shapes.length === 0 && "没有达到显著水平的聚集", ...(legend.lines ?? [])] },
    rows: [...byKey].map(([key, { one, at }]) => ({
      key,
      name: nameOf(one, at),
      value: null,
      text: classes.get(one.key)?.label ?? "",
      note: one.text,
      colour: classes.get(one.key)?.colour,
    })),
    sorted: true,
    nothing: "没有达到显著水平的聚集",
    shapeOf: (key) => (byKey.has(key) ? ringOf(byKey.get(key).one) : null),
    boundsOf: boxOf,
    nameOf: (key) => (byKey.has(key) ? nameOf(byKey.get(key).one, byKey.get(key).at) : null),
  };
}

const METRES_PER_DEGREE = 111_320;

function roughBox({ lon, lat, radius_m: radius }) {
  const north = radius / METRES_PER_DEGREE;
  const east = north / Math.cos((lat * Math.PI) / 180);
  return latLngBounds([lat - north, lon - east], [lat + north, lon + east]);
}

// The circle as a ring, only to draw it stronger.
function ringOf({ lon, lat, radius_m: radius }) {
  const north = Math.max(radius, 1) / METRES_PER_DEGREE;
  const east = north / Math.cos((lat * Math.PI) / 180);
  const around = Array.from({ length: 49 }, (_, at) => {
    const angle = (at / 48) * 2 * Math.PI;
    return [lon + east * Math.cos(angle), lat + north * Math.sin(angle)];
  });
  return { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [around] } };
}
