// What dispatching shows: 派单偏差 (where people named another unit than the machine) and 界线 (which
// shared borders have cases, overrides and returns along them).

import { geoJSON, latLngBounds } from "../../../vendor/leaflet/leaflet-src.esm.js";
import { countWords, middle, rateWords, shareWords } from "../figures.js";
import { choropleth, NO_VALUE } from "./shapes.js";

export const UNRECORDED = "未记录";

export function misroutesPicture({ areas, answer }, env) {
  const names = new Map(areas.outline.features.map(({ properties }) => [properties.code, properties.name]));
  const keyOf = (code) => `${areas.level}:${code}`;
  const { classes, values } = answer;
  // Too few decisions for a colour: a share of one out of two says nothing.
  const few = (code) => Boolean(values[code]?.decided) && Boolean(values[code].suppressed);
  const fill = (code) => {
    const at = values[code]?.class;
    return at === null || at === undefined ? null : classes.colours[at];
  };
  const picture = choropleth(
    areas.outline.features,
    (code) => ({ fill: fill(code), hatched: few(code) }),
    (code) => {
      const value = values[code];
      if (!value?.decided) return [names.get(code) ?? code, "还没有派单决定"];
      return [
        names.get(code) ?? code,
        `改派 ${countWords(value.overridden)} / 已决定 ${countWords(value.decided)} 件`,
        `改派占比 ${shareWords(value.share)}，95% 区间 ${shareWords(value.low)}–${shareWords(value.high)}`,
      ];
    },
    { ...env, keyOf },
  );
  const code = (of) => env.nameOfUnit?.(of) ?? of;
  return {
    ...picture,
    legend: {
      title: "派单偏差",
      unit: classes.unit,
      classes: classes.colours.map((colour, at) => ({ colour, label: classes.labels[at] })),
      extra: [{ hatched: true, label: "决定过少，不着色" }, { colour: NO_VALUE, label: "没有派单决定" }],
      lines: (answer.flows ?? []).slice(0, 3).map((flow) => `${middle(flow.from_name ?? code(flow.from), 10)} → ${middle(flow.to_name ?? code(flow.to), 10)}：${countWords(flow.n)} 件`),
      linesTitle: "改派最多",
      method: answer.method,
      note: answer.note,
    },
    rows: areas.outline.features.map(({ properties: { code: own, name } }) => {
      const value = values[own] ?? {};
      return {
        key: keyOf(own),
        name,
        value: value.decided && !few(own) ? value.share : null,
        text: few(own) ? "决定过少" : value.decided ? shareWords(value.share) : "没有决定",
        hatched: few(own),
        note: value.decided ? `${countWords(value.overridden)} / ${countWords(value.decided)} 件` : null,
        low: value.low ?? null,
        high: value.high ?? null,
        colour: fill(own),
      };
    }),
  };
}

const LINE_COLOURS = ["#fdd49e", "#fc8d59", "#d7301f", "#7f0000"];

export function bordersPicture({ view, answer }, { view: mapView, on }) {
  const items = answer.items.map((item) => ({ ...item, key: keyOfLine(item, view) }));
  const byKey = new Map(items.map((item) => [item.key, item]));
  const most = Math.max(...items.map((item) => item.per_km), 0);
  const step = (item) => (most ? Math.min(3, Math.floor((item.per_km / most) * 4)) : 0);
  const layer = geoJSON(
    { type: "FeatureCollection", features: items.map((item) => ({ type: "Feature", properties: { key: item.key }, geometry: item.geometry })) },
    {
      pane: "points",
      bubblingMouseEvents: false,
      style: ({ properties: { key } }) => ({ color: LINE_COLOURS[step(byKey.get(key))], weight: 3 + 2 * step(byKey.get(key)), opacity: 0.95 }),
      onEachFeature: ({ properties: { key } }, line) => {
        const item = byKey.get(key);
        line.on("mouseover mousemove", (event) => {
          mapView.tip.show(event.containerPoint, lineWords(item, view));
          on.hover(key);
        });
        line.on("mouseout", () => {
          mapView.tip.hide();
          on.hover(null);
        });
        line.on("click", () => on.choose(key));
      },
    },
  );
  const bound = (share) => rateWords(most * share);
  return {
    layer,
    legend: {
      title: `界线两侧 ${view.metres} 米内的诉求`,
      unit: "件/公里",
      classes: most ? LINE_COLOURS.map((colour, at) => ({ colour, line: true, label: `${bound(at / 4)}–${bound((at + 1) / 4)}` })) : [],
      lines: [items.length === 0 && "没有共同界线，或两侧没有诉求", items.length > 0 && items.every((item) => item.returns === null) && "退单：系统尚未记录，不等于没有"],
      method: answer.method,
      note: answer.note,
    },
    rows: items.map((item) => ({
      key: item.key,
      name: `${item.left_name} ｜ ${item.right_name}`,
      value: item.per_km,
      text: `${rateWords(item.per_km)} 件/公里`,
      note: [`诉求 ${countWords(item.cases)}`, `改派 ${recorded(item.overrides)}`, `退单 ${recorded(item.returns)}`, item.hint].filter(Boolean).join(" · "),
      colour: LINE_COLOURS[step(item)],
    })),
    shapeOf: (key) => (byKey.has(key) ? { type: "Feature", properties: {}, geometry: byKey.get(key).geometry } : null),
    boundsOf: (key) => (byKey.has(key) ? geoJSON(byKey.get(key).geometry).getBounds() : latLngBounds([])),
    nameOf: (key) => (byKey.has(key) ? `${byKey.get(key).left_name} ｜ ${byKey.get(key).right_name}` : null),
  };
}

const recorded = (value) => (value === null || value === undefined ? UNRECORDED : countWords(value));

function lineWords(item, view) {
  return [
    `${item.left_name} ｜ ${item.right_name}`,
    `界线长 ${countWords(item.length_m)} 米，两侧 ${view.metres} 米内诉求 ${countWords(item.cases)} 件`,
    `改派 ${recorded(item.overrides)}，退单 ${recorded(item.returns)}`,
    item.hint,
  ];
}

// Cases near a border are asked for around its middle, as far as half its length.
function keyOfLine(item, view) {
  const lines = item.geometry.type === "LineString" ? [item.geometry.coordinates] : item.geometry.coordinates;
  const line = lines.reduce((most, one) => (one.length > most.length ? one : most), []);
  const [lon, lat] = line[Math.floor(line.length / 2)] ?? [0, 0];
  const reach = Math.min(1000, Math.round(item.length_m / 2) + Number(view.metres));
  return `near:${lon.toFixed(6)},${lat.toFixed(6)},${reach}`;
}
