// The small map: the jurisdiction of the alarm, a cluster's circle, a mark per case.

import { circle, circleMarker, geoJSON, latLngBounds, layerGroup } from "../../vendor/leaflet/leaflet-src.esm.js";
import { byId, show } from "../dom.js";
import { baseMap } from "../map/basemap.js";
import { emptyMap } from "../map/layers.js";

const AREA = { color: "#1a5fa6", weight: 2.5, fillColor: "#1a5fa6", fillOpacity: 0.08 };
const RING = { color: "#b4540a", weight: 2, dashArray: "6 4", fill: false };
const MARK = { radius: 5.5, color: "#fff", weight: 1.5, fillColor: "#a3201d", fillOpacity: 0.92, pane: "place" };
const CHOSEN = { ...MARK, radius: 9, color: "#18232e", weight: 2.5 };

export class Where {
  constructor({ onCase }) {
    this.onCase = onCase;
    this.marks = new Map(); // case number -> mark
  }

  // Leaflet measures its frame when it is made, so the map begins when it is first seen.
  #begin() {
    if (this.map) return;
    this.map = emptyMap(byId("map"));
    this.layers = layerGroup().addTo(this.map);
    baseMap(this.map);
    new ResizeObserver(() => this.map.invalidateSize({ animate: false })).observe(byId("map"));
  }

  draw({ outline, circle: ring, cases }) {
    this.#begin();
    this.layers.clearLayers();
    this.marks.clear();
    const area = geoJSON(outline, { interactive: false, pane: "lines", style: AREA }).addTo(this.layers);
    const bounds = latLngBounds([]);
    if (area.getLayers().length) bounds.extend(area.getBounds());
    if (ring && ring.radius_m > 0) {
      circle([ring.lat, ring.lon], { radius: ring.radius_m, interactive: false, pane: "lines", ...RING }).addTo(this.layers);
      const reach = ring.radius_m / 111_000;
      bounds.extend([ring.lat - reach, ring.lon]).extend([ring.lat + reach, ring.lon]);
    }
    let placed = 0;
    for (const one of cases) {
      if (one.lon === null || one.lat === null) continue;
      placed += 1;
      bounds.extend([one.lat, one.lon]);
      const mark = circleMarker([one.lat, one.lon], MARK).addTo(this.layers);
      mark.bindTooltip(document.createTextNode(`${one.no}　${one.category}`).textContent);
      mark.on("click", () => this.onCase(one.no));
      this.marks.set(one.no, mark);
    }
    byId("map-title").textContent =
      placed === cases.length ? `案件位置（${placed} 件）` : `案件位置（${placed} 件；另有 ${cases.length - placed} 件没有定位）`;
    show(byId("map"), bounds.isValid());
    if (!bounds.isValid()) return;
    this.map.invalidateSize({ animate: false });
    this.map.fitBounds(bounds, { animate: false, padding: [18, 18], maxZoom: 17 });
  }

  choose(no) {
    for (const [number, mark] of this.marks) mark.setStyle(number === no ? CHOSEN : MARK).setRadius(number === no ? CHOSEN.radius : MARK.radius);
    this.marks.get(no)?.bringToFront();
  }
}
