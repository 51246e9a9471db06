// 格网: squares or hexagons with the number of cases in each; also the frame for tests on cells.

import { latLngBounds } from "../../../vendor/leaflet/leaflet-src.esm.js";
import { countWords } from "../figures.js";
import { classOf } from "./areas.js";
import { CellCanvas } from "./cellcanvas.js";
import { placer } from "./placing.js";

const SHAPES = { square: "方格", hexagon: "六边形" };
const REACH = 0.6; // of a cell's size: a circle as large as the cell, for the cases in it
const MOST_ROWS = 200; // cells listed beside the map; nobody reads further down

export function cellsPicture({ view, areas, answer }, env) {
  const { classes, shape, size_m: size } = answer;
  const items = answer.items.map(([lon, lat, n]) => ({ lon, lat, n, colour: classes.colours[classOf(n, classes)] }));
  const kind = `${size} 米${SHAPES[shape]}`;
  return latticePicture(
    {
      areas,
      items: items.sort((one, other) => other.n - one.n),
      ring: answer.ring,
      size,
      words: (item) => [kind, `诉求 ${countWords(item.n)} 件`],
      row: (item) => ({ value: item.n, text: countWords(item.n) }),
    },
    {
      title: `${kind}诉求${view.count === "incidents" ? "事件数" : "件数"}`,
      unit: classes.unit,
      classes: classes.colours.map((colour, at) => ({ colour, label: classes.labels[at] })),
      lines: [answer.truncated, "各级含义只随格的大小变化，缩放地图不变"],
      method: answer.method,
      note: answer.note,
    },
    env,
  );
}

// `items` in the order in which they are listed; `row(item)` says how, or null where it is not.
export function latticePicture({ areas, items, ring, size, words, row }, legend, { view: mapView, on }) {
  const keys = items.map((item) => `near:${item.lon.toFixed(6)},${item.lat.toFixed(6)},${Math.round(size * REACH)}`);
  const place = new Map(keys.map((key, at) => [key, at]));
  const nameAt = placer(areas.outline.features);
  const nameOf = (item) => nameAt(item.lon, item.lat) ?? "辖区外";
  const corners = (item) => ring.map(([east, north]) => [item.lon + east, item.lat + north]);
  const layer = new CellCanvas({
    items,
    ring,
    onHover: (at, point) => {
      if (at === null) mapView.tip.hide();
      else {
        const [first, ...lines] = words(items[at]);
        mapView.tip.show(point, [`${nameOf(items[at])} · ${first}`, ...lines]);
      }
      on.hover(at === null ? null : keys[at]);
    },
    onChoose: (at) => on.choose(keys[at]),
  });
  const itemOf = (key) => items[place.get(key)];
  return {
    layer,
    legend,
    sorted: true,
    shapeOf: (key) => {
      const around = itemOf(key) && corners(itemOf(key));
      return around ? { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [[...around, around[0]]] } } : null;
    },
    boundsOf: (key) => (itemOf(key) ? latLngBounds(corners(itemOf(key)).map(([lon, lat]) => [lat, lon])).pad(3) : latLngBounds([])),
    rows: items
      .slice(0, MOST_ROWS)
      .map((item, at) => ({ item, at, shown: row(item) }))
      .filter(({ shown }) => shown)
      .map(({ item, at, shown }) => ({ key: keys[at], name: nameOf(item), colour: item.colour, ...shown })),
    saidOf: (key) => (itemOf(key) ? words(itemOf(key)).slice(1).join("，") : null),
    nameOf: (key) => (itemOf(key) ? `${nameOf(itemOf(key))} · ${words(itemOf(key))[0]}` : null),
  };
}
