// Which area a point lies in: what a cell or a circle is called in the list beside the map.

export function placer(features) {
  const shapes = features.map(({ geometry, properties: { name } }) => {
    const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
    const lons = polygons.flatMap(([outer]) => outer.map(([lon]) => lon));
    const lats = polygons.flatMap(([outer]) => outer.map(([, lat]) => lat));
    return { name, polygons, west: least(lons), east: most(lons), south: least(lats), north: most(lats) };
  });
  return (lon, lat) =>
    shapes.find(
      ({ polygons, west, east, south, north }) =>
        lon >= west && lon <= east && lat >= south && lat <= north &&
        polygons.some(([outer, ...holes]) => inside(outer, lon, lat) && !holes.some((hole) => inside(hole, lon, lat))),
    )?.name ?? null;
}

// Not Math.min(...): a shore of a hundred thousand corners is too many arguments.
const least = (values) => values.reduce((one, other) => Math.min(one, other), Infinity);
const most = (values) => values.reduce((one, other) => Math.max(one, other), -Infinity);

// Even–odd: how many edges a line to the east crosses.
function inside(ring, lon, lat) {
  let odd = false;
  for (let at = 0, before = ring.length - 1; at < ring.length; before = at, at += 1) {
    const [x, y] = ring[at];
    const [px, py] = ring[before];
    if (y > lat !== py > lat && lon < ((px - x) * (lat - y)) / (py - y) + x) odd = !odd;
  }
  return odd;
}
