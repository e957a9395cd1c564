// Where the dot of the challenge guide is: a path for each movement, in a square of 100. Pure.

import { MAX_REACHED } from "./protocol.js";

/** @import { Challenge } from "./protocol.js" */

/** @typedef {{x: number, y: number}} GuidePoint */
/** @typedef {[start: number[], control: number[], end: number[]]} Curve a quadratic curve, each point as [x, y] */

/**
 * "left" is the left of the mirrored preview.
 * @type {Record<string, Curve>}
 */
const CURVES = {
  turn_left: [[50, 50], [28, 54], [6, 44]],
  turn_right: [[50, 50], [72, 54], [94, 44]],
  turn_up: [[50, 50], [50, 34], [50, 6]],
  turn_down: [[50, 50], [50, 66], [50, 94]],
};

/** By the number that the socket brings. The style sheet says how each lights the page. */
const COLOURS = ["red", "green", "blue"];

const RING = { start: 24, goal: 42 };
const NEAR = 0.15;

/**
 * @param {string} kind of the movement
 * @returns {Curve | null} null for a movement without a path
 */
function curveOf(kind) {
  return CURVES[kind] ?? null;
}

/**
 * @param {string} kind
 * @returns {string} the curve as an SVG path; "" for a movement without one
 */
export function pathOf(kind) {
  const curve = curveOf(kind);
  if (!curve) return "";
  const [start, control, end] = curve.map((point) => point.join(" "));
  return `M${start}Q${control} ${end}`;
}

/**
 * The point at the share `reached` of the way. The goal is at 1; a head that went too far is beyond it.
 *
 * @param {string} kind
 * @param {number} reached from 0 to MAX_REACHED
 * @returns {GuidePoint | null} null for a movement without a path
 */
export function pointAt(kind, reached) {
  const curve = curveOf(kind);
  if (!curve) return null;
  const t = Math.min(1, Math.max(0, reached / MAX_REACHED));
  const [start, control, end] = curve;
  /** @param {0 | 1} axis */
  const along = (axis) => (1 - t) ** 2 * start[axis] + 2 * (1 - t) * t * control[axis] + t ** 2 * end[axis];
  return { x: along(0), y: along(1) };
}

/**
 * The radius for coming closer, which is shown as a ring that grows into a larger one.
 *
 * @param {string} kind
 * @param {number} reached from 0 to MAX_REACHED
 * @returns {number | null} null for every other movement
 */
export function ringAt(kind, reached) {
  if (kind !== "come_closer") return null;
  return RING.start + (RING.goal - RING.start) * Math.min(MAX_REACHED, Math.max(0, reached));
}

/**
 * @param {Pick<Challenge, "kind" | "target">} challenge
 * @returns {string | null} the colour that lights the page; null for a movement
 */
export function colourOf({ kind, target }) {
  return kind === "light" ? (COLOURS[target] ?? null) : null;
}

/**
 * Which words go with a movement: to do it, to stay, or to come back a little. Eyes cannot be shut too far.
 *
 * @param {{kind: string, reached: number}} challenge
 * @returns {string} the kind, "stay" or "too_far"
 */
export function wordFor({ kind, reached }) {
  if (kind === "light") return kind;
  if (reached > 1 + NEAR && kind !== "close_eyes") return "too_far";
  return reached < 1 - NEAR ? kind : "stay";
}
