// Cells of a lattice drawn on one canvas: a fill for each class, not an object for each cell, so
// that 60,000 of them move with the map.

import { DomUtil, Layer, point } from "../../../vendor/leaflet/leaflet-src.esm.js";

const MARGIN = 0.35; // of the window drawn beyond each edge, so that a short move shows no rim
const LEAST_PX = 1.6; // a cell smaller than this is drawn this large, or a city would vanish
const EDGE_FROM_PX = 9; // larger cells get a thin light rim
const PLAIN_BELOW_PX = 7; // smaller hexagons are drawn as squares: nobody can tell, and it is ten times as fast
const AT_ONCE = 300; // cells in one path: filling one of 60,000 takes seconds
const EARTH = 0.5 / Math.PI;

// Web Mercator of the whole world as 0…1, as Leaflet scales it.
const eastOf = (lon) => lon / 360 + 0.5;
const southOf = (lat) => {
  const sine = Math.sin((lat * Math.PI) / 180);
  return 0.5 - 0.5 * Math.log((1 + sine) / (1 - sine)) * EARTH;
};

export const CellCanvas = Layer.extend({
  // `items`: { lon, lat, colour, … }; `ring`: offsets in degrees around a middle.
  initialize({ items, ring, onHover, onChoose, pane = "values", opacity = 0.8 }) {
    this.items = items;
    this.handlers = { onHover, onChoose };
    this.paneName = pane;
    this.opacity = opacity;
    this.ring = ring;
    this.spots = items.map(({ lon, lat }) => [eastOf(lon), southOf(lat)]);
    const [lon, lat] = items.length ? [items[0].lon, items[0].lat] : [0, 0];
    // One shape for all: within a city a degree's length changes by less than a pixel per cell.
    this.corners = ring.map(([east, north]) => [eastOf(lon + east) - eastOf(lon), southOf(lat + north) - southOf(lat)]);
    this.groups = new Map();
    items.forEach((item, at) => {
      if (!item.colour) return;
      if (!this.groups.has(item.colour)) this.groups.set(item.colour, []);
      this.groups.get(item.colour).push(at);
    });
  },

  onAdd(map) {
    this._map = map;
    this.canvas = DomUtil.create("canvas", "cell-canvas");
    // Of the whole, so that cells which overlap by a pixel leave no seams.
    this.canvas.style.opacity = String(this.opacity);
    this.getPane(this.paneName).append(this.canvas);
    map.on("moveend zoomend resize", this.draw, this);
    map.on("mousemove", this._over, this);
    map.on("click", this._click, this);
    this.draw();
  },

  onRemove(map) {
    map.off("moveend zoomend resize", this.draw, this);
    map.off("mousemove", this._over, this);
    map.off("click", this._click, this);
    this.canvas.remove();
  },

  draw() {
    const size = this._map.getSize();
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    const pad = size.multiplyBy(MARGIN).round();
    const whole = size.add(pad.multiplyBy(2));
    if (!size.x || !size.y) return;
    this.canvas.width = whole.x * ratio;
    this.canvas.height = whole.y * ratio;
    this.canvas.style.width = `${whole.x}px`;
    this.canvas.style.height = `${whole.y}px`;
    const start = this._map.containerPointToLayerPoint([-pad.x, -pad.y]);
    DomUtil.setPosition(this.canvas, start);
    const scale = 256 * 2 ** this._map.getZoom();
    const origin = this._map.getPixelOrigin().add(start);
    const pen = this.canvas.getContext("2d");
    pen.scale(ratio, ratio);
    const corners = this._corners(scale);
    const wide = Math.max(...corners.map(([x]) => Math.abs(x)), LEAST_PX / 2);
    const small = wide * 2 < PLAIN_BELOW_PX;
    for (const [colour, places] of this.groups) {
      pen.fillStyle = colour;
      let traced = 0;
      pen.beginPath();
      for (const at of places) {
        const x = this.spots[at][0] * scale - origin.x;
        const y = this.spots[at][1] * scale - origin.y;
        if (x < -wide || x > whole.x + wide || y < -wide || y > whole.y + wide) continue;
        if (small) pen.fillRect(x - wide, y - wide, wide * 2, wide * 2);
        else {
          trace(pen, corners, x, y);
          traced += 1;
          if (traced % AT_ONCE === 0) paint(pen, wide);
        }
      }
      if (!small) paint(pen, wide);
    }
  },

  // The cell under a point of the window; null where there is none.
  at(latlng) {
    const reach = Math.max(...this.corners.map(([x, y]) => Math.hypot(x, y)));
    const spot = [eastOf(latlng.lng), southOf(latlng.lat)];
    const least = 4 / (256 * 2 ** this._map.getZoom());
    let best = null;
    let nearest = Math.max(reach, least) ** 2;
    for (let at = 0; at < this.spots.length; at += 1) {
      const away = (this.spots[at][0] - spot[0]) ** 2 + (this.spots[at][1] - spot[1]) ** 2;
      if (away < nearest) {
        nearest = away;
        best = at;
      }
    }
    return best;
  },

  _corners(scale) {
    const grown = Math.max(1, LEAST_PX / 2 / (Math.max(...this.corners.map(([x]) => Math.abs(x))) * scale || 1));
    return this.corners.map(([x, y]) => [x * scale * grown, y * scale * grown]);
  },

  _over(event) {
    if (event.originalEvent.target.closest?.(".leaflet-control")) return;
    this.handlers.onHover(this.at(event.latlng), point(event.containerPoint));
  },

  _click(event) {
    const at = this.at(event.latlng);
    if (at !== null) this.handlers.onChoose(at);
  },
});

function paint(pen, wide) {
  pen.fill();
  if (wide * 2 > EDGE_FROM_PX) {
    pen.strokeStyle = "rgb(255 255 255 / 70%)";
    pen.lineWidth = 0.8;
    pen.stroke();
  }
  pen.beginPath();
}

function trace(pen, corners, x, y) {
  corners.forEach(([dx, dy], at) => pen[at ? "lineTo" : "moveTo"](x + dx, y + dy));
  pen.closePath();
}
