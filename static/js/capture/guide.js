// Where the dot of the challenge guide stands: a path for each movement, in a square of 100. Pure.

import { MAX_REACHED } from "./protocol.js";

/** Start, control and end of a quadratic curve. "left" is the left of the mirrored preview. */
const CURVES = {
  turn_left: [[50, 50], [28, 54], [6, 44]],
  turn_right: [[50, 50], [72, 54], [94, 44]],
  turn_up: [[50, 50], [50, 34], [50, 6]],
  turn_down: [[50, 50], [50, 66], [50, 94]],
};

/** By the number that the socket brings; the style sheet has their light. */
const COLOURS = ["red", "green", "blue"];

const RING = { start: 24, goal: 42 };
const NEAR = 0.15;

export function curveOf(kind) {
  return CURVES[kind] ?? null;
}

export function pathOf(kind) {
  const curve = curveOf(kind);
  if (!curve) return "";
  const [start, control, end] = curve.map((point) => point.join(" "));
  return `M${start}Q${control} ${end}`;
}

/** The point a share `reached` along the way: the goal is at 1, and a head that went too far beyond it. */
export function pointAt(kind, reached) {
  const curve = curveOf(kind);
  if (!curve) return null;
  const t = Math.min(1, Math.max(0, reached / MAX_REACHED));
  const [start, control, end] = curve;
  const along = (axis) =>
    (1 - t) ** 2 * start[axis] + 2 * (1 - t) * t * control[axis] + t ** 2 * end[axis];
  return { x: along(0), y: along(1) };
}

/** Coming closer is a ring that grows into a larger one; null for the movements that have a path. */
export function ringAt(kind, reached) {
  if (kind !== "come_closer") return null;
  return RING.start + (RING.goal - RING.start) * Math.min(MAX_REACHED, Math.max(0, reached));
}

/** The colour that the page is to be lit in; null for a movement. */
export function colourOf({ kind, target }) {
  return kind === "light" ? (COLOURS[target] ?? null) : null;
}

/** Which words go with the movement: to do it, to stay, or to come back a little. No eye is shut too far. */
export function wordFor({ kind, reached }) {
  if (kind === "light") return kind;
  if (reached > 1 + NEAR && kind !== "close_eyes") return "too_far";
  return reached < 1 - NEAR ? kind : "stay";
}
