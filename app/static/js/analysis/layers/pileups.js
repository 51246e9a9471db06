// Points on which far too many cases lie: marked on every picture, because they look like the
// hottest spot of the city and are a default position.

import { divIcon, layerGroup, marker } from "../../../vendor/leaflet/leaflet-src.esm.js";
import { el } from "../../dom.js";
import { countWords } from "../figures.js";

let shown = null;

export function pileUps(points, { map, tip }) {
  shown?.remove();
  shown = layerGroup();
  for (const one of points) {
    if (one.lon === null || one.lon === undefined) continue;
    const words = one.text ?? `${countWords(one.n)} 件落在同一点`;
    const mark = marker([one.lat, one.lon], {
      pane: "points",
      keyboard: false,
      icon: divIcon({ className: "pile-up map-label", iconSize: null, html: el("span", {}, "堆点 ", el("b", {}, countWords(one.n))) }),
    });
    mark.on("mouseover", (event) => tip.show(map.mouseEventToContainerPoint(event.originalEvent), ["同一点上的诉求过多", words]));
    mark.on("mouseout", () => tip.hide());
    shown.addLayer(mark);
  }
  shown.addTo(map);
}
