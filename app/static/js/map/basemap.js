// The base map from the city's own data: vector tiles drawn by protomaps-leaflet, ground and names
// as two layers, so that what a page draws lies between them. Nothing comes from another address.

import { DomUtil, GridLayer, tileLayer } from "../../vendor/leaflet/leaflet-src.esm.js";
import { nameRules } from "./basenames.js";
import { paintRules } from "./basestyle.js";

const PROGRAM = new URL("../../vendor/protomaps-leaflet/protomaps-leaflet.js", import.meta.url);
const LAST_TILES = 17; // zoom of the finest tiles asked for; further in they are enlarged
const KEPT = 160; // tiles, both layers together; about three screens
const PAUSES_MS = [800, 3000]; // before a tile that did not come is asked for again
const STILL_PX = 2; // less than this a name has not moved: panning rounds to whole pixels
const NAMES_PANE = "base-names";
const NAMES_ABOVE = 360; // over lines (340), under a page's own names (380)

let program; // a promise: the script runs once however many maps a page has
let about; // a promise of /basemap.json

// Adds the base map to a Leaflet map; resolves when it is on, and never rejects: a page works
// without its ground. `areas` also writes the names of jurisdictions; `borders` draws theirs.
export async function baseMap(map, { areas = false, borders = true } = {}) {
  // Before anything is waited for, so that the panes' order does not depend on the network.
  if (!map.getPane(NAMES_PANE)) {
    const pane = map.createPane(NAMES_PANE);
    pane.style.zIndex = String(NAMES_ABOVE);
    pane.style.pointerEvents = "none";
  }
  const taken = new Taken(map);
  try {
    const [maker, known] = await Promise.all([load(), ask()]);
    if (known.server) {
      tileLayer(known.server.tiles, { maxZoom: 20, maxNativeZoom: 18 }).addTo(map);
      return; // its tiles carry names of their own
    }
    const source = new Tiles(known.tiles, known.version);
    const layer = (rules, pane) =>
      maker
        .leafletLayer({
          url: source,
          maxDataZoom: LAST_TILES,
          paintRules: [],
          labelRules: [],
          ...rules,
          pane,
          attribution: "",
          lang: "zh-Hans",
          // Between whole zooms the canvas is stretched by up to 1.4: twice the pixels stay sharp.
          devicePixelRatio: Math.max(2, window.devicePixelRatio || 1),
        })
        .addTo(map);
    layer({ paintRules: paintRules(maker, { borders }) }, "tilePane");
    taken.hold(layer({ labelRules: nameRules({ areas, taken }) }, NAMES_PANE));
  } catch (error) {
    console.warn(`base map: ${error.message}`);
  }
}

// Where the page's own names and numbers stand: the base map's give way to them.
class Taken {
  #boxes = []; // [left, top, right, bottom] in pixels of the whole world at the tiles' zoom
  #zoom = null;
  #layer = null;
  #nodes = null; // to be measured; null while nothing waits for it

  constructor(map) {
    this.map = map;
    map.on("labelled", ({ nodes }) => {
      // In the next frame: Leaflet moves markers only after it has told that the map has moved.
      if (!this.#nodes) requestAnimationFrame(() => this.#measure());
      this.#nodes = nodes;
    });
  }

  hold(layer) {
    this.#layer = layer;
  }

  covers(zoom, { minX, minY, maxX, maxY }) {
    return (
      zoom === this.#zoom &&
      this.#boxes.some(([left, top, right, bottom]) => minX < right && maxX > left && minY < bottom && maxY > top)
    );
  }

  #measure() {
    const rects = this.#nodes.map((node) => node.getBoundingClientRect());
    this.#nodes = null;
    const frame = this.map.getContainer().getBoundingClientRect();
    const zoom = Math.round(this.map.getZoom());
    const at = (x, y) => this.map.project(this.map.containerPointToLatLng([x - frame.left, y - frame.top]), zoom);
    const boxes = rects
      .filter((rect) => rect.width > 0)
      .map((rect) => {
        const [from, to] = [at(rect.left, rect.top), at(rect.right, rect.bottom)];
        return [from.x, from.y, to.x, to.y];
      });
    const same =
      zoom === this.#zoom &&
      boxes.length === this.#boxes.length &&
      boxes.every((box, one) => box.every((side, which) => Math.abs(side - this.#boxes[one][which]) < STILL_PX));
    if (same) return;
    [this.#boxes, this.#zoom] = [boxes, zoom];
    this.#layer?.clearLayout();
    this.#layer?.rerenderTiles();
  }
}

// Where both layers get a tile from: asked for once, and again where the network stumbled.
class Tiles {
  constructor(template, version) {
    this.template = template;
    this.version = version;
    this.kept = new Map();
  }

  // As protomaps-leaflet asks a source; undefined is an empty tile.
  async getZxy(z, x, y) {
    const key = `${z}/${x}/${y}`;
    const held = this.kept.get(key) ?? this.#fetched(z, x, y);
    this.kept.delete(key);
    this.kept.set(key, held);
    if (this.kept.size > KEPT) this.kept.delete(this.kept.keys().next().value);
    const data = await held;
    if (!data) this.kept.delete(key);
    return data ? { data } : undefined;
  }

  async #fetched(z, x, y) {
    const path = this.template.replace("{z}", z).replace("{x}", x).replace("{y}", y);
    for (const pause of [...PAUSES_MS, null]) {
      try {
        const answer = await fetch(`${path}?v=${encodeURIComponent(this.version)}`, { headers: ACCEPT });
        if (answer.ok) return await answer.arrayBuffer();
        if (answer.status < 500) return null; // signed out, or no such tile: asking again is no use
      } catch {
        // no network: the next attempt may have one
      }
      if (pause !== null) await new Promise((done) => setTimeout(done, pause));
    }
    return null;
  }
}

const ACCEPT = { Accept: "application/vnd.mapbox-vector-tile, application/json" };

function ask() {
  about ??= fetch("/basemap.json", { headers: { Accept: "application/json" } }).then((answer) => {
    if (answer.ok) return answer.json();
    about = undefined; // the next map may ask again
    throw new Error(`no answer (${answer.status})`);
  });
  return about;
}

// A classic script that expects Leaflet in a global of this name; our pages import Leaflet as a
// module, so it is given the two parts it uses.
function load() {
  program ??= new Promise((done, failed) => {
    window.L ??= { DomUtil, GridLayer };
    const script = document.createElement("script");
    script.src = PROGRAM.href;
    script.addEventListener("load", () => done(window.protomapsL));
    script.addEventListener("error", () => failed(new Error("its program did not load")));
    document.head.append(script);
  });
  return program;
}
