// How jurisdictions look on every map of ours: levels by line weight, zones by colour and word,
// first choice and rival by colour and line pattern. All shapes come from our own server.

import { divIcon, geoJSON, map as makeMap, control, marker } from "../../vendor/leaflet/leaflet-src.esm.js";
import { el } from "../dom.js";

const CALM = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

const LINES = {
  district: { color: "#3b4754", weight: 2.6 },
  subdistrict: { color: "#4d5a68", weight: 2 },
  community: { color: "#6f7c89", weight: 1.1 },
  grid: { color: "#8e99a5", weight: 0.8, dashArray: "3 3" },
};
const ZONES = [
  [/river|water|lake|canal/, { color: "#7fb2d6", fillColor: "#cfe4f2", fillOpacity: 0.9, weight: 0.8 }],
  [/pavement/, { stroke: false, fillColor: "#e9ebe6", fillOpacity: 1 }],
  [/compound|square/, { color: "#c9c4b4", fillColor: "#f3efe3", fillOpacity: 0.8, weight: 0.8 }],
  [/road|highway|street|bridge/, { color: "#c3c9cf", fillColor: "#ffffff", fillOpacity: 1, weight: 0.8 }],
  [/rail|metro/, { color: "#6b7480", fillColor: "#dfe3e7", fillOpacity: 0.9, weight: 1, dashArray: "6 3" }],
  [/park|green/, { color: "#93b58e", fillColor: "#dcebd8", fillOpacity: 0.9, weight: 0.8 }],
];
const OTHER_ZONE = { color: "#7a5aa6", fillColor: "#e9e2f3", fillOpacity: 0.55, weight: 1.2, dashArray: "2 3" };

export const ROLE_STYLES = {
  winner: { color: "#1a5fa6", weight: 3, fillColor: "#1a5fa6", fillOpacity: 0.2 },
  rival: { color: "#b4540a", weight: 3, dashArray: "8 5", fillColor: "#f08c2e", fillOpacity: 0.24 },
};

export function emptyMap(node) {
  const made = makeMap(node, {
    attributionControl: false,
    zoomControl: false,
    zoomAnimation: !CALM,
    fadeAnimation: false,
    markerZoomAnimation: !CALM,
    zoomSnap: 0.25,
    minZoom: 9,
    maxZoom: 20,
  });
  control.zoom({ position: "topright", zoomInTitle: "放大", zoomOutTitle: "缩小" }).addTo(made);
  control.scale({ imperial: false, metric: true, maxWidth: 140 }).addTo(made);
  // Under the base map, which has a ground of its own: this one shows where that does not come.
  made.createPane("ground").style.zIndex = "150";
  // Panes fix who lies above whom, whatever the order in which layers arrive.
  ["zones", "lines", "roles", "labels", "place"].forEach((name, at) => {
    made.createPane(name).style.zIndex = String(320 + at * 20);
  });
  made.getPane("labels").style.pointerEvents = "none";
  made.setView([26.08, 119.3], 13);
  return made;
}

export function ground(features) {
  return geoJSON(features, {
    pane: "ground",
    interactive: false,
    style: { stroke: false, fillColor: "#fbfbf8", fillOpacity: 1 },
  });
}

export function borders(level, features) {
  return geoJSON(features, {
    pane: "lines",
    interactive: false,
    style: { fill: false, ...LINES[level] },
  });
}

// Ground first, roads above it, owners' zones on top.
function depth(feature) {
  const kind = zoneKind(feature);
  const at = ["park", "compound", "square", "pavement", "road", "river", "rail"].findIndex((one) => kind.includes(one));
  return at < 0 ? 99 : at;
}

const zoneKind = (feature) => String(feature.properties.overlay_kind ?? "");

export function zones(collection) {
  const features = [...collection.features].sort((one, other) => depth(one) - depth(other));
  return geoJSON(features, {
    pane: "zones",
    interactive: false,
    style: (feature) => {
      const kind = zoneKind(feature);
      return ZONES.find(([pattern]) => pattern.test(kind))?.[1] ?? OTHER_ZONE;
    },
  });
}

// A label that stands on the map without being a target; text only.
export function label(at, kind, ...content) {
  return marker([at[1], at[0]], {
    pane: "labels",
    interactive: false,
    keyboard: false,
    icon: divIcon({ className: `map-label ${kind}`, html: el("span", {}, ...content), iconSize: null }),
  });
}

// Labels in the order they matter; a later one that would cover an earlier one is left out. The two
// that compete are never left out: the rival's moves down instead. `above` are things on the map that
// no label may lie under.
export function untangle(map, above = []) {
  const shown = [...above];
  const taken = shown.map((node) => node.getBoundingClientRect());
  const order = ["winner", "rival", "hint-place", "count", "name"];
  const rank = (node) => order.findIndex((kind) => node.classList.contains(kind));
  const labels = [...map.getPane("labels").children].sort((one, other) => rank(one) - rank(other));
  for (const node of labels) {
    const words = node.firstElementChild;
    words.hidden = false;
    words.style.marginTop = "";
    let box = words.getBoundingClientRect();
    let covered = taken.find((other) => meet(box, other));
    if (covered && node.classList.contains("rival")) {
      words.style.marginTop = `${covered.bottom - box.top + 4}px`;
      box = words.getBoundingClientRect();
      covered = undefined;
    }
    if (covered) words.hidden = true;
    else {
      taken.push(box);
      shown.push(words);
    }
  }
  map.fire("labelled", { nodes: shown }); // the base map writes no name of its own there
}

function meet(one, other) {
  return (
    one.left < other.right + 2 &&
    one.right > other.left - 2 &&
    one.top < other.bottom &&
    one.bottom > other.top
  );
}
