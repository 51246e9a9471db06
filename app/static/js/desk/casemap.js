// The map beside the case: its place with an honest size, the jurisdictions around it, and the two
// that compete for it with their shares.

import { circle, circleMarker, geoJSON, latLngBounds, layerGroup } from "../../vendor/leaflet/leaflet-src.esm.js";
import { byId, el, fill, show } from "../dom.js";
import { baseMap } from "../map/basemap.js";
import { borders, emptyMap, ground, label, ROLE_STYLES, untangle, zones } from "../map/layers.js";
import { metres, percent } from "../words.js";

const LOST = "这件诉求没有定位，地图只显示辖区全貌。";
const DARK = "#18232e";
const SHAPE = { color: "#a3201d", weight: 4, opacity: 0.9, fillColor: "#a3201d", fillOpacity: 0.16 };
const REACH = { color: DARK, weight: 1.5, dashArray: "4 4", fillColor: DARK, fillOpacity: 0.06 };
const OTHER = { color: "#5b2a86", weight: 3, dashArray: "2 5", fillColor: "#7a5aa6", fillOpacity: 0.18 };
const HINT = { color: "#5b2a86", weight: 3, fillColor: "#ffffff", fillOpacity: 1 };
const HINT_ZOOM = 17; // about 600 m across the pane: the streets around it
const OTHER_POINT = { color: "#ffffff", weight: 2, fillColor: "#5b2a86", fillOpacity: 1 };

function placeWords(one, around, lost) {
  if (!one.place) return lost;
  if (!around.in_view) return "来件坐标远在辖区之外，不在图上；请核对坐标和坐标系。";
  if (one.shares.length > 0) return "";
  const away = one.place.edge_distance_m;
  return away === null ? "这个位置在界线之外。" : `这个位置在界线之外，离最近的界线 ${metres(away)}。`;
}

export class CaseMap {
  // `lost` is said where there is no place.
  constructor({ lost = LOST } = {}) {
    this.lost = lost;
    this.picked = null; // what to do with the next click; null where clicks mean nothing
    this.map = emptyMap(byId("map"));
    baseMap(this.map, { borders: false });
    this.group = layerGroup().addTo(this.map);
    this.looked = layerGroup().addTo(this.map);
    this.map.on("click", ({ latlng }) => {
      const pick = this.picked;
      if (!pick) return;
      this.pick(null);
      pick({ lon: Number(latlng.lng.toFixed(7)), lat: Number(latlng.lat.toFixed(7)) });
    });
    this.map.on("zoomend", () => untangle(this.map));
    this.note = byId("map-note");
    new ResizeObserver(() => this.map.invalidateSize({ animate: false })).observe(byId("map"));
  }

  // Draws the surroundings of one case; `around` is null while they are still on their way.
  draw(one, around) {
    this.group.clearLayers();
    this.looked.clearLayers();
    if (!around) {
      this.#say("正在取地图…");
      return;
    }
    this.#say(placeWords(one, around, this.lost));
    const layers = around.layers;
    const add = (layer) => layer.addTo(this.group);
    add(ground(layers.subdistrict));
    add(zones(layers.overlay));
    for (const level of ["grid", "community", "subdistrict"]) add(borders(level, layers[level]));
    const roles = new Map(around.marks.map((mark) => [mark.code, mark.role]));
    add(
      geoJSON(
        layers[around.finest]?.features.filter((shape) => roles.has(shape.properties.code)) ?? [],
        {
          pane: "roles",
          interactive: false,
          style: (shape) => ROLE_STYLES[roles.get(shape.properties.code)],
        },
      ),
    );
    for (const name of around.names) {
      if (!roles.has(name.code)) add(label(name.at, `name ${name.level}`, name.name));
    }
    for (const mark of around.marks) {
      add(label(mark.at, mark.role, el("b", {}, percent(mark.share)), ` ${mark.name}`));
    }
    if (around.in_view) this.#place(one.place, around.extent, add);
    const hint = one.outside?.place;
    this.#legend(one, around);
    const [west, south, east, north] = around.bounds;
    const window = latLngBounds([south, west], [north, east]);
    if (hint) window.extend(this.#hint(hint, add));
    this.map.fitBounds(window, { animate: false, padding: [8, 8] });
    untangle(this.map);
  }

  // Asks for one click on the map; `done` is given its longitude and latitude. Null asks no more.
  pick(done) {
    this.picked = done;
    const node = this.map.getContainer();
    node.classList.toggle("picking", Boolean(done));
    if (done) node.scrollIntoView({ block: "nearest" }); // on a telephone the map lies below
  }

  // Another place to look at: in the window together with what is drawn.
  look(other) {
    this.looked.clearLayers();
    if (!other?.at) return;
    const at = [other.at[1], other.at[0]];
    const bounds = latLngBounds([at, at]);
    const add = (layer) => {
      layer.addTo(this.looked);
      if (layer.getBounds) bounds.extend(layer.getBounds());
    };
    if (other.extent) {
      add(geoJSON(other.extent.shape, { pane: "place", interactive: false, style: OTHER }));
    } else {
      add(circleMarker(at, { pane: "place", radius: 7, interactive: false, ...OTHER_POINT }));
    }
    if (other.words) add(label(other.at, "other-place", other.words));
    // Not at the very edge either, where its label would be cut.
    if (!this.map.getBounds().pad(-0.12).contains(bounds)) {
      this.map.fitBounds(bounds.extend(this.map.getBounds().pad(-0.12)), { animate: false, padding: [90, 40] });
    }
  }

  // A closer view of a place that is drawn already.
  near(place) {
    this.map.setView([place.lat, place.lon], Math.max(HINT_ZOOM, this.map.getZoom()), { animate: false });
    const node = this.map.getContainer();
    node.scrollIntoView({ block: "nearest" }); // on a telephone the map lies below
  }

  clear() {
    this.group.clearLayers();
    this.looked.clearLayers();
    fill(byId("legend"));
    this.#say("");
  }

  fail() {
    this.group.clearLayers();
    this.#say("地图数据没有取到；工单内容不受影响。");
  }

  // Where another company's map sees it: hollow, because nobody here has said so.
  #hint(place, add) {
    const at = [place.lat, place.lon];
    add(circleMarker(at, { pane: "place", radius: 7, interactive: false, ...HINT }));
    add(label([place.lon, place.lat], "hint-place", `${place.label}提示`));
    return at;
  }

  #place(place, extent, add) {
    const at = [place.lat, place.lon];
    const still = { pane: "place", interactive: false };
    if (extent) {
      if (extent.reach) add(geoJSON(extent.reach, { ...still, style: REACH }));
      add(
        geoJSON(extent.shape, {
          ...still,
          style: SHAPE,
          pointToLayer: (_, spot) => circleMarker(spot, { ...still, ...SHAPE, radius: 6, fillOpacity: 1 }),
        }),
      );
      return; // no point: the place is not one
    }
    add(circle(at, { ...still, ...REACH, radius: place.radius_m }));
    add(
      circleMarker(at, {
        pane: "place",
        radius: 6,
        interactive: false,
        color: "#ffffff",
        weight: 2,
        fillColor: "#a3201d",
        fillOpacity: 1,
      }),
    );
  }

  #legend(one, around) {
    const named = (role) => around.marks.find((mark) => mark.role === role)?.name;
    const entry = (kind, text) =>
      el("li", {}, el("i", { class: `key ${kind}`, "aria-hidden": "true" }), text);
    fill(
      byId("legend"),
      el(
        "ul",
        {},
        around.in_view && entry(around.extent ? "extent" : "point", "位置"),
        around.in_view && entry("radius", `误差 ${metres(one.place.radius_m)}`),
        one.outside?.place && entry("hint-point", "外部地图提示"),
        named("winner") && entry("winner", "首选"),
        named("rival") && entry("rival", "次选"),
        entry("line-subdistrict", "街道界"),
        around.layers.community.features.length > 0 && entry("line-community", "社区界"),
        around.layers.grid.features.length > 0 && entry("line-grid", "网格界"),
      ),
    );
  }

  #say(text) {
    this.note.textContent = text;
    show(this.note, Boolean(text));
  }
}
