// Names on the base map: the important first, none over another, in Chinese as Chinese maps write
// them: along a road each character stands upright where the road runs north–south, and turns with
// it where it runs east–west.

const FONT = '"Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif';
const HALO = "rgba(255, 255, 255, 0.92)";
const STEEP = 1.1; // rise over run from which a road's name is written downwards
const MOST_TURN = 0.5; // radians between two characters; more cannot be read
const REPEAT_PX = 420; // between two writings of one road's name
const WRAP = 7; // characters in a line; Chinese names have no blanks to break at

// In the order they matter: an earlier rule keeps its place, a later one gives way.
export function nameRules({ areas, taken }) {
  const names = (kinds, look, minzoom) => ({
    dataLayer: "names",
    symbolizer: new PointName(look),
    minzoom,
    filter: (_, feature) => kinds.includes(feature.props.kind),
    sort: (one, other) => one.rank - other.rank,
  });
  const roads = (classes, look, minzoom) => ({
    dataLayer: "roads",
    symbolizer: new LineName(look),
    minzoom,
    filter: (_, feature) => classes.includes(feature.props.class),
  });
  const known = (most) => (_, feature) => feature.props.kind === "poi" && feature.props.rank <= most;
  const rules = [
    ...(areas ? AREAS : []).map((one) => ({
      dataLayer: "areas",
      symbolizer: new PointName(one),
      minzoom: one.from,
      maxzoom: one.to,
      filter: (_, feature) => feature.props.level === one.level,
    })),
    { dataLayer: "water", symbolizer: new LineName({ size: 12, color: "#5d87a6" }), minzoom: 12 },
    roads([1, 2], { size: 12, color: "#5f564a" }, 13),
    { ...names([], { size: 11.5, color: "#56695a", dot: true }, 13), filter: known(2) },
    roads([3], { size: 11.5, color: "#62696f" }, 14),
    names(["village"], { size: 11.5, color: "#6c6459" }, 13),
    names(["compound"], { size: 11, color: "#837863" }, 15),
    roads([4], { size: 11, color: "#6d747a" }, 15),
    roads([5], { size: 10.5, color: "#7c8389" }, 16),
    { ...names([], { size: 11, color: "#6f7480", dot: true }, 16), filter: known(4) },
    names(["stop"], { size: 10.5, color: "#4f7391", dot: true }, 16),
    names(["junction"], { size: 10.5, color: "#7a7f85" }, 16),
    { ...names([], { size: 10.5, color: "#7a7f85", dot: true }, 17), filter: known(9) },
    names(["gate", "building"], { size: 10.5, color: "#8a8273" }, 17),
    names(["address"], { size: 10, color: "#a09a8e" }, 18),
  ];
  for (const { symbolizer } of rules) symbolizer.taken = taken;
  return rules;
}

const AREAS = [
  { level: "district", from: 8, to: 12, size: 16, color: "#3b4754", weight: 700 },
  { level: "subdistrict", from: 11, to: 14, size: 13.5, color: "#4a5866", weight: 700 },
  { level: "community", from: 13, to: 16, size: 11.5, color: "#5d6874", weight: 600 },
  { level: "grid", from: 17, to: 20, size: 11, color: "#7b8894", weight: 400 },
];

const fontOf = ({ size, weight = 400 }) => `${weight} ${size}px ${FONT}`;

function write(context, look, text, x, y) {
  context.strokeText(text, x, y);
  context.fillStyle = look.color;
  context.fillText(text, x, y);
}

function begin(context, look) {
  context.globalAlpha = 1;
  context.font = fontOf(look);
  context.textBaseline = "middle";
  context.textAlign = "center";
  context.lineJoin = "round";
  context.lineWidth = 3;
  context.strokeStyle = HALO;
}

// A branch in brackets stands on a line of its own; the rest in lines of equal length.
function lines(name) {
  const bracket = name.search(/[（(]/);
  if (bracket > 0) return [...lines(name.slice(0, bracket)), ...lines(name.slice(bracket))];
  if (name.length <= WRAP || bracket === 0) return [name];
  const count = Math.ceil(name.length / WRAP);
  const each = Math.ceil(name.length / count);
  return Array.from({ length: count }, (_, at) => name.slice(at * each, (at + 1) * each));
}

// A name at a point; with a dot it stands below the dot, else on the point itself.
class PointName {
  constructor(look) {
    this.look = look;
  }

  place(layout, geometry, feature) {
    const name = feature.props.name;
    const point = geometry[0]?.[0];
    if (typeof name !== "string" || !name || !point) return undefined;
    const { look } = this;
    layout.scratch.font = fontOf(look);
    const written = lines(name);
    const width = Math.max(...written.map((one) => layout.scratch.measureText(one).width));
    const high = look.size * 1.2;
    const top = look.dot ? 5 : (-high * written.length) / 2;
    const box = {
      minX: point.x - width / 2 - 3,
      maxX: point.x + width / 2 + 3,
      minY: point.y + (look.dot ? -3 : top) - 1,
      maxY: point.y + top + high * written.length + 1,
    };
    if (this.taken.covers(layout.zoom, box)) return undefined;
    const draw = (context) => {
      begin(context, look);
      if (look.dot) {
        context.beginPath();
        context.arc(0, 0, 2.2, 0, 2 * Math.PI);
        context.stroke();
        context.fillStyle = look.color;
        context.fill();
      }
      written.forEach((one, at) => write(context, look, one, 0, top + high * (at + 0.5)));
    };
    return [{ anchor: point.clone(), bboxes: [box], draw, deduplicationKey: name, deduplicationDistance: 60 }];
  }
}

// A name along a line, character by character.
class LineName {
  constructor(look) {
    this.look = look;
  }

  place(layout, geometry, feature) {
    const name = feature.props.name;
    if (typeof name !== "string" || !name) return undefined;
    const characters = [...name];
    const step = this.look.size * 1.22;
    const free = (placed) => !boxes(placed, step).some((box) => this.taken.covers(layout.zoom, box));
    const found = geometry.flatMap((points) => spots(points, characters.length, step, free));
    if (found.length === 0) return undefined;
    return found.map((placed) => this.#label(geometry[0][0], placed, characters, step));
  }

  #label(somePoint, placed, characters, step) {
    const { look } = this;
    const middle = placed[Math.floor(placed.length / 2)];
    const anchor = somePoint.clone();
    [anchor.x, anchor.y] = [middle.x, middle.y];
    const draw = (context) => {
      begin(context, look);
      // All rims first: no rim may cover a neighbour's strokes.
      for (const paint of ["strokeText", "fillText"]) {
        context.fillStyle = look.color;
        placed.forEach((spot, at) => {
          context.save();
          context.translate(spot.x - middle.x, spot.y - middle.y);
          context.rotate(spot.turn);
          context[paint](characters[at], 0, 0);
          context.restore();
        });
      }
    };
    return {
      anchor,
      bboxes: boxes(placed, step),
      draw,
      deduplicationKey: characters.join(""),
      deduplicationDistance: REPEAT_PX,
    };
  }
}

function boxes(placed, step) {
  const half = step / 2 + 1;
  return placed.map(({ x, y }) => ({ minX: x - half, maxX: x + half, minY: y - half, maxY: y + half }));
}

// Where the characters go: in the middle of the line, and again every so often on a long one.
function spots(points, count, step, free) {
  const along = [0];
  for (let at = 1; at < points.length; at += 1) {
    along.push(along[at - 1] + Math.hypot(points[at].x - points[at - 1].x, points[at].y - points[at - 1].y));
  }
  const total = along.at(-1);
  const need = (count - 1) * step;
  if (total < need + step) return [];
  const times = Math.max(1, Math.floor(total / REPEAT_PX));
  const found = [];
  for (let at = 0; at < times; at += 1) {
    const middle = ((at + 0.5) / times) * total;
    // Where the line bends too much in the middle, or a name of the page stands there, before or after.
    for (const away of [0, 2, -2, 5, -5, 9, -9].map((steps) => steps * step)) {
      const start = middle + away - need / 2;
      const placed = start < step / 2 || start + need > total - step / 2 ? null : laid(points, along, start, count, step);
      if (placed && free(placed)) {
        found.push(placed);
        break;
      }
    }
  }
  return found;
}

function laid(points, along, start, count, step) {
  const placed = [];
  let at = 0;
  for (let character = 0; character < count; character += 1) {
    const wanted = start + character * step;
    while (at < along.length - 2 && along[at + 1] < wanted) at += 1;
    const length = along[at + 1] - along[at] || 1;
    const part = (wanted - along[at]) / length;
    const [from, to] = [points[at], points[at + 1]];
    placed.push({
      x: from.x + (to.x - from.x) * part,
      y: from.y + (to.y - from.y) * part,
      angle: Math.atan2(to.y - from.y, to.x - from.x),
    });
  }
  for (let character = 1; character < count; character += 1) {
    const turn = Math.abs(placed[character].angle - placed[character - 1].angle) % (2 * Math.PI);
    if (Math.min(turn, 2 * Math.PI - turn) > MOST_TURN) return null;
  }
  const [first, last] = [placed[0], placed.at(-1)];
  const steep = Math.abs(last.y - first.y) > STEEP * Math.abs(last.x - first.x);
  // Read from the top down, or from left to right, whichever way the line was drawn.
  if (steep ? last.y < first.y : last.x < first.x) placed.reverse();
  for (const spot of placed) {
    let turn = spot.angle;
    if (turn > Math.PI / 2) turn -= Math.PI;
    if (turn < -Math.PI / 2) turn += Math.PI;
    spot.turn = steep ? 0 : turn;
  }
  return placed;
}
