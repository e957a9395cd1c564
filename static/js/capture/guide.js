// Where the dot of the challenge guide stands: a path for each movement, in a square of 100. Pure.

/** Start, control and end of a quadratic curve. "left" is the left of the mirrored preview. */
const CURVES = {
  turn_left: [[50, 50], [28, 54], [6, 44]],
  turn_right: [[50, 50], [72, 54], [94, 44]],
  turn_up: [[50, 50], [50, 34], [50, 6]],
  turn_down: [[50, 50], [50, 66], [50, 94]],
};

export function curveOf(kind) {
  return CURVES[kind] ?? null;
}

export function pathOf(kind) {
  const curve = curveOf(kind);
  if (!curve) return "";
  const [start, control, end] = curve.map((point) => point.join(" "));
  return `M${start}Q${control} ${end}`;
}

/** The point a share `reached` (0 to 1) along the way. */
export function pointAt(kind, reached) {
  const curve = curveOf(kind);
  if (!curve) return null;
  const t = Math.min(1, Math.max(0, reached));
  const [start, control, end] = curve;
  const along = (axis) =>
    (1 - t) ** 2 * start[axis] + 2 * (1 - t) * t * control[axis] + t ** 2 * end[axis];
  return { x: along(0), y: along(1) };
}
