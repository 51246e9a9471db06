// The street's map: its own communities and grids, each with the number of its cases.

import { circleMarker, geoJSON, latLngBounds, layerGroup } from "../../vendor/leaflet/leaflet-src.esm.js";
import { byId, el } from "../dom.js";
import { borders, emptyMap, ground, label, untangle, zones } from "../map/layers.js";

const NUMBERS_FROM_ZOOM = 14.5; // further out the grids' numbers would cover the grids
const CALM = { stroke: false, fill: true, fillColor: "#1a5fa6", fillOpacity: 0 };
const CHOSEN = { stroke: true, color: "#1a5fa6", weight: 3, fillColor: "#1a5fa6", fillOpacity: 0.14 };

export class AreaMap {
  constructor({ onGrid, onCase }) {
    this.map = emptyMap(byId("map"));
    this.onGrid = onGrid;
    this.onCase = onCase;
    this.chosen = null;
    this.points = layerGroup().addTo(this.map);
    this.numbers = layerGroup().addTo(this.map);
    this.shapes = new Map();
    this.map.on("zoomend", () => this.#showNumbers());
    new ResizeObserver(() => this.map.invalidateSize({ animate: false })).observe(byId("map"));
  }

  draw(overview) {
    const { layers } = overview;
    ground(layers.subdistrict).addTo(this.map);
    zones(layers.overlay).addTo(this.map);
    for (const level of ["grid", "community", "subdistrict"]) borders(level, layers[level]).addTo(this.map);
    const open = new Map();
    for (const community of overview.communities) {
      open.set(community.code, community.open);
      for (const one of community.grids) open.set(one.code, one.open);
    }
    for (const level of ["community", "grid"]) {
      geoJSON(layers[level], {
        pane: "roles",
        interactive: level === "grid",
        style: CALM,
        onEachFeature: (feature, layer) => {
          const { code, name } = feature.properties;
          this.shapes.set(code, layer);
          const at = layer.getBounds().getCenter();
          const spot = [at.lng, at.lat];
          if (level === "grid") {
            layer.on("click", () => this.onGrid(code));
            this.numbers.addLayer(
              label(spot, "count", open.get(code) ? el("b", {}, open.get(code)) : "", el("small", {}, name)),
            );
          } else if (layers.community.features.length < 20) {
            label(spot, "name community faint", name).addTo(this.map);
          }
        },
      }).addTo(this.map);
    }
    if (layers.subdistrict.features.length > 1) {
      geoJSON(layers.subdistrict).eachLayer((layer) => {
        const at = layer.getBounds().getCenter();
        label([at.lng, at.lat], "name subdistrict", layer.feature.properties.name).addTo(this.map);
      });
    }
    this.everything = latLngBounds(
      geoJSON(layers.community.features.length ? layers.community : layers.subdistrict).getBounds(),
    );
    this.map.fitBounds(this.everything, { animate: false, padding: [10, 10] });
    this.allPoints = overview.points;
    this.showPoints(() => true);
    this.#showNumbers();
  }

  showPoints(wanted, { chosen: chosenNo = null, near = new Set() } = {}) {
    this.points.clearLayers();
    for (const one of this.allPoints.filter(wanted)) {
      const chosen = one.no === chosenNo;
      const dot = circleMarker([one.lat, one.lon], {
        pane: "place",
        radius: chosen ? 9 : 5,
        color: near.has(one.no) ? "#e09a00" : one.state === "dispatched" ? "#3b4754" : "#ffffff",
        weight: near.has(one.no) ? 3 : one.state === "dispatched" ? 2.5 : 1.5,
        fillColor: one.state === "dispatched" ? "#ffffff" : "#a3201d",
        fillOpacity: 1,
      });
      dot.on("click", () => this.onCase(one.no));
      this.points.addLayer(dot);
    }
  }

  choose(code) {
    this.chosen = code;
    for (const [key, layer] of this.shapes) layer.setStyle(key === code ? CHOSEN : CALM);
    const layer = code && this.shapes.get(code);
    this.map.fitBounds(layer ? layer.getBounds() : this.everything, {
      animate: false,
      padding: [24, 24],
      maxZoom: 18,
    });
    this.#showNumbers();
  }

  look(lat, lon) {
    this.map.setView([lat, lon], Math.max(this.map.getZoom(), 17), { animate: false });
  }

  #showNumbers() {
    if (!this.chosen && this.map.getZoom() >= NUMBERS_FROM_ZOOM) this.numbers.addTo(this.map);
    else this.numbers.remove();
    untangle(this.map);
  }
}
