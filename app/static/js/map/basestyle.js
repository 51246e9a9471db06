// How the ground is drawn: pale, so that data stand out; roads by class, never by colour alone.

const POLYGON = 3;
const LINE = 2;

// Class of road: [first zoom, [zoom, pixels]…, inside, rim]
const ROADS = [
  { class: 5, from: 14, width: [[14, 0.8], [16, 3], [18, 9], [20, 26]], fill: "#ffffff", rim: "#dfe3e6" },
  { class: 4, from: 13, width: [[13, 0.8], [15, 3], [17, 8], [20, 40]], fill: "#ffffff", rim: "#d9dee2" },
  { class: 3, from: 12, width: [[12, 0.8], [14, 2.4], [16, 7], [18, 16], [20, 52]], fill: "#ffffff", rim: "#d0d6db" },
  { class: 2, from: 10, width: [[10, 0.8], [13, 2.6], [16, 10], [18, 22], [20, 70]], fill: "#fffaf0", rim: "#cfcabd" },
  { class: 1, from: 8, width: [[8, 0.8], [12, 2.6], [16, 12], [18, 26], [20, 84]], fill: "#fdeecb", rim: "#dcc48c" },
];
const RIM_FROM = 13; // further out a road is one thin line in the colour of its rim

// Solid but for the finest: each border is in the tile once for either side, and two rows of dashes
// over each other are neither dashes nor a line.
const BORDERS = [
  { level: "grid", from: 15, color: "#c9d0d6", width: 0.7, dash: [2, 3] },
  { level: "community", from: 12, color: "#c3cbd2", width: 0.9 },
  { level: "subdistrict", from: 10, color: "#aab4be", width: 1.4 },
  { level: "district", from: 0, color: "#8f9ba6", width: 1.8 },
];

export function paintRules(maker, { borders }) {
  const { PolygonSymbolizer, LineSymbolizer, exp } = maker;
  const area = (dataLayer, look, more = {}) => ({
    dataLayer,
    symbolizer: new PolygonSymbolizer(look),
    filter: (_, feature) => feature.geomType === POLYGON,
    ...more,
  });
  const line = (dataLayer, look, more) => ({ dataLayer, symbolizer: new LineSymbolizer({ lineCap: "round", lineJoin: "round", ...look }), ...more });
  const road = (one) => (_, feature) => feature.props.class === one.class;
  return [
    area("ground", { fill: "#fafaf6" }),
    area("green", { fill: "#e0eddb" }),
    area("squares", { fill: "#f0eee7" }, { minzoom: 14 }),
    area("compounds", { fill: "#f3f0e8", stroke: "#e6e1d5", width: 0.8 }, { minzoom: 13 }),
    area("buildings", { fill: "#e8e3d9", stroke: "#d9d2c4", width: 0.6 }, { minzoom: 15 }),
    area("rivers", { fill: "#cbe0ef" }),
    area("water", { fill: "#cbe0ef" }),
    line(
      "water",
      { color: "#cbe0ef", width: exp(1.5, [[8, 1], [12, 2], [15, 5], [18, 14]]) },
      { filter: (_, feature) => feature.geomType === LINE },
    ),
    area("rail", { fill: "#e4e6e9", stroke: "#b9c0c7", width: 0.6 }, { minzoom: 11 }),
    ...ROADS.map((one) =>
      line(
        "roads",
        { color: one.rim, width: (zoom) => exp(1.6, one.width)(zoom) + (zoom < RIM_FROM ? 0 : 1.6) },
        { minzoom: one.from, filter: road(one) },
      ),
    ),
    // All insides after all rims: where roads meet, no rim crosses.
    ...ROADS.map((one) =>
      line("roads", { color: one.fill, width: exp(1.6, one.width) }, { minzoom: Math.max(one.from, RIM_FROM), filter: road(one) }),
    ),
    ...(borders ? BORDERS : []).map((one) => ({
      dataLayer: "borders",
      symbolizer: new LineSymbolizer({ color: one.color, dash: one.dash, width: one.width, lineJoin: "round" }),
      minzoom: one.from,
      filter: (_, feature) => feature.props.level === one.level,
    })),
  ];
}
