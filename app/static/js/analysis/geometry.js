// Where an area's name and its marks stand.

import { latLngBounds } from "../../vendor/leaflet/leaflet-src.esm.js";

// The middle of the largest ring's box: near enough for a name, and an exclave does not draw it out.
export function middleOf(geometry) {
  const rings = geometry?.type === "Polygon" ? [geometry.coordinates[0]] : geometry?.coordinates?.map((one) => one[0]);
  if (!rings?.length) return null;
  const boxes = rings.map((ring) => latLngBounds(ring.map(([lon, lat]) => [lat, lon])));
  const size = (box) => (box.getEast() - box.getWest()) * (box.getNorth() - box.getSouth());
  const { lat, lng } = boxes.reduce((most, box) => (size(box) > size(most) ? box : most)).getCenter();
  return [lng, lat];
}
