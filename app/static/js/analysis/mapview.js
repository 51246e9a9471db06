// The map: panes in a fixed order, borders and names over the picture, a tooltip that holds text
// only, and the place in the address.

import { canvas, geoJSON, layerGroup, point, svg } from "../../vendor/leaflet/leaflet-src.esm.js";
import { baseMap } from "../map/basemap.js";
import { byId } from "../dom.js";
import { emptyMap, label, untangle } from "../map/layers.js";
import { middleOf } from "./geometry.js";
import { Tip } from "./tip.js";

const MOST_SVG = 1500; // shapes; above this a canvas is faster, though it cannot hatch
const MOST_NAMES = 70; // more than this cannot be read at any zoom of a whole city
const LEGEND_PX = 240; // the legend's width in the style sheet, with its distance from the edge
const MOST_SMALLER = 0.5; // levels of zoom given up to have the legend beside the city, not on it
const OUTLINE = { fill: false, color: "#4d5a68", weight: 1, opacity: 0.9 };
const LIT = { fill: false, color: "#18232e", weight: 3 };
const CHOSEN = { fill: false, color: "#0b3d91", weight: 4, opacity: 1 };

export class MapView {
  constructor({ onMoved, onNothing }) {
    this.node = byId("map");
    this.map = emptyMap(this.node);
    this.map.options.zoomSnap = 0.1; // the city and the legend side by side, not a quarter of a level smaller
    // Between the base map's ground and its labels; who lies above whom does not depend on arrival.
    for (const [name, at] of [["values", 345], ["outline", 352], ["marks", 390], ["points", 395]]) {
      this.map.createPane(name).style.zIndex = String(at);
    }
    for (const name of ["outline", "marks"]) this.map.getPane(name).style.pointerEvents = "none";
    baseMap(this.map, { borders: false }); // the borders of the level looked at are drawn here
    this.tip = new Tip(this.node.parentElement); // beside the map, so that it lies over the legend too
    this.picture = layerGroup().addTo(this.map);
    this.outlines = layerGroup().addTo(this.map);
    this.names = layerGroup().addTo(this.map);
    this.lit = layerGroup().addTo(this.map);
    this.chosen = layerGroup().addTo(this.map);
    this.ownMove = false;
    this.fitted = null; // the bounds that the view was fitted to
    this.map.on("moveend", () => {
      if (!this.ownMove) {
        this.fitted = null;
        onMoved(this.place);
      }
      untangle(this.map);
    });
    this.map.on("click", () => onNothing());
    this.map.on("mouseout movestart", () => this.tip.hide());
    new ResizeObserver(() => this.#resized()).observe(this.node);
  }

  get place() {
    const { lat, lng } = this.map.getCenter();
    return `${Number(this.map.getZoom().toFixed(2))}/${lat.toFixed(5)}/${lng.toFixed(5)}`;
  }

  // A place from the address, or the bounds of what is drawn.
  look(place, bounds) {
    this.fitted = place ? null : bounds; // until somebody moves the map, it stays fitted
    if (place) {
      const [zoom, lat, lng] = place.split("/").map(Number);
      this.#quietly(() => this.map.setView([lat, lng], zoom, { animate: false }));
    } else if (bounds?.isValid()) {
      // Beside the legend, unless that costs too much of the size.
      const beside = [LEGEND_PX, 28];
      const whole = this.map.getBoundsZoom(bounds, false, point(28, 28));
      const room = this.map.getBoundsZoom(bounds, false, point(beside));
      const right = this.node.clientWidth > LEGEND_PX * 2 && whole - room <= MOST_SMALLER ? LEGEND_PX - 14 : 14;
      this.#quietly(() => this.map.fitBounds(bounds, { animate: false, paddingTopLeft: [14, 14], paddingBottomRight: [right, 14], maxZoom: 18 }));
    }
  }

  zoomTo(bounds) {
    if (bounds?.isValid()) this.map.fitBounds(bounds, { animate: false, padding: [40, 40], maxZoom: 17 });
  }

  paint(picture) {
    this.picture.clearLayers();
    this.light(null);
    if (picture.layer) this.picture.addLayer(picture.layer);
  }

  // Borders and names of the level that is looked at.
  frame(features, lines) {
    this.outlines.clearLayers();
    this.names.clearLayers();
    const drawn = geoJSON(features, {
      pane: "outline",
      interactive: false,
      renderer: this.renderer(features.length, "outline"),
      style: OUTLINE,
    });
    if (lines) this.outlines.addLayer(drawn);
    if (lines && features.length <= MOST_NAMES) {
      for (const feature of features) {
        const at = middleOf(feature.geometry);
        if (at) this.names.addLayer(label(at, "name community", feature.properties.name));
      }
    }
    untangle(this.map);
    return features.length ? drawn.getBounds() : null;
  }

  // One renderer for each pane and kind: a page that is played through would pile them up.
  renderer(shapes, pane) {
    const kind = shapes > MOST_SVG ? "canvas" : "svg";
    this.renderers ??= new Map();
    const key = `${pane} ${kind}`;
    if (!this.renderers.has(key)) {
      this.renderers.set(key, (kind === "canvas" ? canvas : svg)({ pane, padding: 0.5 }));
    }
    return this.renderers.get(key);
  }

  light(shape) {
    this.lit.clearLayers();
    if (shape) this.lit.addLayer(outlined(shape, LIT));
  }

  choose(shape) {
    this.chosen.clearLayers();
    if (shape) this.chosen.addLayer(outlined(shape, CHOSEN));
  }

  #resized() {
    this.#quietly(() => this.map.invalidateSize({ animate: false }));
    if (this.fitted) this.look("", this.fitted);
  }

  #quietly(move) {
    this.ownMove = true;
    move();
    this.ownMove = false;
  }
}

function outlined(shape, style) {
  return geoJSON(shape, { pane: "marks", interactive: false, style });
}
