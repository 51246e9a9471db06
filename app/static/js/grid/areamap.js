// The street's map: its own communities and grids, and its cases as marks; where marks would cover
// one another, as the number in each grid, community or subdistrict instead.

import { CRS, PolyUtil, circleMarker, divIcon, geoJSON, latLngBounds, layerGroup, marker } from "../../vendor/leaflet/leaflet-src.esm.js";
import { byId, el, show } from "../dom.js";
import { baseMap } from "../map/basemap.js";
import { borders, emptyMap, ground, label, untangle, zones } from "../map/layers.js";
import { crowded } from "./crowding.js";

const NAMES_FROM_ZOOM = 14.5; // further out the grids' names would cover the grids
const MOST_NAMES = 20; // communities; a whole district's would be all one could see
const CALM = { stroke: false, fill: true, fillColor: "#1a5fa6", fillOpacity: 0 };
const CHOSEN = { stroke: true, color: "#1a5fa6", weight: 3, fillColor: "#1a5fa6", fillOpacity: 0.14 };
const MARK_PX = 11; // across, with its rim
const BADGE_PX = 28; // across, with its rim
const LEVELS = ["grid", "community", "subdistrict"]; // finest first

export class AreaMap {
  constructor({ onArea, onCase }) {
    this.map = emptyMap(byId("map"));
    baseMap(this.map, { borders: false });
    this.onArea = onArea;
    this.onCase = onCase;
    this.shown = { points: [], badges: false };
    this.marks = layerGroup().addTo(this.map);
    this.names = layerGroup().addTo(this.map);
    this.areas = new Map(); // code -> { level, name, parent, spot, layer }
    this.map.on("zoomend", () => this.#refresh());
    new ResizeObserver(() => this.map.invalidateSize({ animate: false })).observe(byId("map"));
  }

  draw({ layers, points }) {
    ground(layers.subdistrict).addTo(this.map);
    zones(layers.overlay).addTo(this.map);
    for (const level of LEVELS) borders(level, layers[level]).addTo(this.map);
    for (const level of ["subdistrict", "community", "grid"]) this.#areas(level, layers[level]);
    this.points = points;
    this.everything = latLngBounds(
      geoJSON(layers.community.features.length ? layers.community : layers.subdistrict).getBounds(),
    );
    this.map.fitBounds(this.everything, { animate: false, padding: [10, 10] });
    this.showPoints(() => true, { badges: true });
  }

  // Which cases are shown. With `badges`, numbers take their place where they would be a carpet.
  showPoints(wanted, { chosen = null, near = new Set(), older = [], badges = false } = {}) {
    // What still waits for somebody lies above what does not.
    const waits = (one) => (one.state === "pending" ? 1 : 0);
    const points = [...this.points.filter(wanted), ...older].sort((one, other) => waits(one) - waits(other));
    this.shown = { points, chosen, near, badges };
    this.#refresh();
  }

  choose(code) {
    for (const [key, { layer }] of this.areas) layer.setStyle(key === code ? CHOSEN : CALM);
    const area = code && this.areas.get(code);
    this.map.fitBounds(area ? area.layer.getBounds() : this.everything, {
      animate: false,
      padding: [24, 24],
      maxZoom: 18,
    });
  }

  look(lat, lon) {
    this.map.setView([lat, lon], Math.max(this.map.getZoom(), 17), { animate: false });
  }

  #areas(level, features) {
    geoJSON(features, {
      pane: "roles",
      interactive: level === "grid",
      style: CALM,
      onEachFeature: ({ properties: { code, name, parent_code: parent } }, layer) => {
        const spot = middle(layer);
        this.areas.set(code, { level, name, parent, spot, layer });
        if (level === "grid") layer.on("click", () => this.onArea("grid", code));
      },
    }).addTo(this.map);
  }

  #refresh() {
    const { points, badges } = this.shown;
    const at = points.map((one) => this.map.latLngToLayerPoint([one.lat, one.lon]));
    const level = badges && crowded(at, MARK_PX) ? this.#badgeLevel() : null;
    this.marks.clearLayers();
    if (level) this.#badges(level);
    else for (const one of points) this.marks.addLayer(this.#mark(one));
    show(byId("sum-key"), Boolean(level));
    for (const key of ["open-key", "sent-key"]) show(byId(key), !level);
    show(byId("near-key"), !level && this.shown.near?.size > 0);
    this.#names(level);
    untangle(this.map, document.querySelectorAll("#map .badge-mark > span"));
  }

  // The finest level whose badges leave one another room at this zoom; the coarsest where none does.
  #badgeLevel() {
    const known = LEVELS.filter((level) => this.#number(level) > 1); // a single number for all says nothing
    return (
      known.find((level) => {
        const spots = [...this.#count(level).keys()].map((code) => this.areas.get(code).spot);
        return !crowded(spots.map((spot) => this.map.latLngToLayerPoint(spot)), BADGE_PX);
      }) ?? known.at(-1) ?? null
    );
  }

  // Area of a level -> its cases; a case that is in no area of the level is left to the list.
  #count(level) {
    const count = new Map();
    for (const one of this.shown.points) {
      let code = one.grid || one.community;
      while (code && this.areas.get(code)?.level !== level) code = this.areas.get(code)?.parent;
      if (!code) continue;
      const sum = count.get(code) ?? { all: 0, pending: 0 };
      sum.all += 1;
      if (one.state === "pending") sum.pending += 1;
      count.set(code, sum);
    }
    return count;
  }

  #badges(level) {
    for (const [code, { all, pending }] of this.#count(level)) {
      const { name, spot } = this.areas.get(code);
      const said = `${name} ${all} 件${pending ? `，其中待派单 ${pending} 件` : ""}`;
      const badge = marker(spot, {
        pane: "place",
        title: said,
        icon: divIcon({
          className: `badge-mark map-label${pending === all ? " pending" : ""}`,
          iconSize: null,
          html: el("span", {}, el("b", {}, all), pending > 0 && pending < all && el("i", {}, pending)),
        }),
      });
      badge.on("click", () => this.onArea(level, code));
      badge.on("add", () => badge.getElement().setAttribute("aria-label", said));
      this.marks.addLayer(badge);
    }
  }

  #mark(one) {
    const { chosen, near } = this.shown;
    const sent = one.state === "dispatched";
    const border = near.has(one.no);
    const radius = this.map.getZoom() < NAMES_FROM_ZOOM ? 3.5 : 5;
    const dot = circleMarker([one.lat, one.lon], {
      pane: "place",
      radius: one.no === chosen ? 9 : radius,
      color: border ? "#e09a00" : sent ? "#3b4754" : "#ffffff",
      weight: border ? 3 : sent ? 2 : 1.5,
      fillColor: sent ? "#ffffff" : "#a3201d",
      fillOpacity: 1,
    });
    dot.on("click", () => this.onCase(one.no));
    return dot;
  }

  // The names that say where one is; under the badges of their own level, not behind them.
  #names(level) {
    this.names.clearLayers();
    const wanted = {
      subdistrict: this.#number("subdistrict") > 1,
      community: this.#number("community") < MOST_NAMES,
      grid: this.shown.badges && this.map.getZoom() >= NAMES_FROM_ZOOM,
    };
    for (const { level: own, name, spot } of this.areas.values()) {
      const kind = `name ${own} faint${own === level ? " below" : ""}`;
      if (wanted[own]) this.names.addLayer(label([spot.lng, spot.lat], kind, name));
    }
  }

  #number(level) {
    return [...this.areas.values()].filter((one) => one.level === level).length;
  }
}

// The middle of the largest part, so that an exclave does not draw it outside.
function middle(layer) {
  const shapes = layer.feature.geometry.type === "Polygon" ? [layer.getLatLngs()] : layer.getLatLngs();
  const rings = shapes.map((rings) => rings[0]);
  const size = (ring) => {
    const box = latLngBounds(ring);
    return (box.getEast() - box.getWest()) * (box.getNorth() - box.getSouth());
  };
  return PolyUtil.polygonCenter(rings.reduce((most, ring) => (size(ring) > size(most) ? ring : most)), CRS.EPSG3857);
}
