// Whether marks on a map leave one another room. Points and widths in pixels.

const TOO_MANY = 0.25; // of the marks touching another; fewer pairs can be told apart by looking

// True where more than a quarter of the marks, `across` pixels wide, touch another one.
export function crowded(points, across) {
  if (points.length === 0) return false;
  return touching(points, across) > TOO_MANY * points.length;
}

// How many have a neighbour nearer than that. Cells of that size: only the eight around are looked at.
function touching(points, distance) {
  const cells = new Map();
  const key = (column, row) => `${column}:${row}`;
  const cell = (value) => Math.floor(value / distance);
  for (const point of points) {
    const at = key(cell(point.x), cell(point.y));
    if (!cells.has(at)) cells.set(at, []);
    cells.get(at).push(point);
  }
  const near = (point) => {
    for (let column = cell(point.x) - 1; column <= cell(point.x) + 1; column += 1) {
      for (let row = cell(point.y) - 1; row <= cell(point.y) + 1; row += 1) {
        for (const other of cells.get(key(column, row)) ?? []) {
          if (other !== point && Math.hypot(other.x - point.x, other.y - point.y) < distance) return true;
        }
      }
    }
    return false;
  };
  return points.filter(near).length;
}
