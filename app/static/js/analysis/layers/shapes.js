// Areas filled by class; the others of this folder say which fill and which words.

import { geoJSON, latLngBounds } from "../../../vendor/leaflet/leaflet-src.esm.js";

export const NO_VALUE = "#dfe3e7";
const HATCH = "url(#hatch)"; // drawn in the page's template
const RIM = { color: "#ffffff", weight: 0.8, opacity: 0.9 };

// `look(code)` gives { fill, hatched }; `words(code)` the lines of the tooltip.
export function choropleth(features, look, words, { view: mapView, keyOf, on }) {
  const byKey = new Map(features.map((feature) => [keyOf(feature.properties.code), feature]));
  const renderer = mapView.renderer(features.length, "values");
  const vector = renderer._container?.tagName !== "CANVAS" && features.length <= 1500;
  const layer = geoJSON(features, {
    pane: "values",
    renderer,
    bubblingMouseEvents: false,
    style: ({ properties: { code } }) => styleOf(look(code), vector),
    onEachFeature: ({ properties: { code } }, shape) => {
      const key = keyOf(code);
      shape.on("mouseover mousemove", (event) => {
        mapView.tip.show(event.containerPoint, words(code));
        if (event.type === "mouseover") on.hover(key);
      });
      shape.on("mouseout", () => {
        mapView.tip.hide();
        on.hover(null);
      });
      shape.on("click", () => on.choose(key));
      shape.on("dblclick", (event) => {
        event.originalEvent.preventDefault();
        on.drill(key);
      });
    },
  });
  return {
    layer,
    shapeOf: (key) => byKey.get(key) ?? null,
    boundsOf: (key) => (byKey.has(key) ? geoJSON(byKey.get(key)).getBounds() : latLngBounds([])),
  };
}

function styleOf({ fill, hatched }, vector) {
  if (hatched) return { ...RIM, fillColor: vector ? HATCH : NO_VALUE, fillOpacity: 1, dashArray: vector ? null : "2 2" };
  return { ...RIM, fillColor: fill ?? NO_VALUE, fillOpacity: fill ? 0.78 : 0.55, dashArray: null };
}
