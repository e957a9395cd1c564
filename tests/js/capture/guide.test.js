import assert from "node:assert/strict";
import { test } from "node:test";

import { colourOf, pathOf, pointAt, ringAt, wordFor } from "../../../static/js/capture/guide.js";
import { MAX_REACHED, parseMessage } from "../../../static/js/capture/protocol.js";

/** @import { GuidePoint } from "../../../static/js/capture/guide.js" */

const TURNS = ["turn_left", "turn_right", "turn_up", "turn_down"];

/**
 * A point or a radius that must be there.
 *
 * @template Value
 * @param {Value | null} value
 * @returns {Value}
 */
function given(value) {
  assert.ok(value !== null);
  return value;
}

/** @param {GuidePoint} point */
const wayTo = ({ x, y }) => Math.hypot(x - 50, y - 50);

test("the dot starts in the middle and goes on beyond the goal", () => {
  for (const kind of TURNS) {
    const [start, goal, beyond] = [0, 1, MAX_REACHED].map((reached) => given(pointAt(kind, reached)));
    assert.deepEqual(start, { x: 50, y: 50 });
    assert.ok(wayTo(goal) > 20 && wayTo(beyond) > wayTo(goal));
    assert.ok(pathOf(kind).startsWith("M50 50"));
  }
});

test("left in the mirror is left in the preview", () => {
  assert.ok(given(pointAt("turn_left", 1)).x < 50);
  assert.ok(given(pointAt("turn_right", 1)).x > 50);
});

test("coming closer is a ring that grows, and no path", () => {
  const [start, half, goal] = [0, 0.5, 1].map((reached) => given(ringAt("come_closer", reached)));
  assert.ok(start < half);
  assert.ok(half < goal);
  assert.equal(pointAt("come_closer", 1), null);
  assert.equal(ringAt("turn_left", 1), null);
});

test("the words say to go on, to stay, or to come back", () => {
  assert.equal(wordFor({ kind: "turn_up", reached: 0.3 }), "turn_up");
  assert.equal(wordFor({ kind: "turn_up", reached: 1 }), "stay");
  assert.equal(wordFor({ kind: "turn_up", reached: 1.3 }), "too_far");
});

test("shut eyes have words but no path, and cannot be shut too far", () => {
  assert.equal(wordFor({ kind: "close_eyes", reached: 0.2 }), "close_eyes");
  assert.equal(wordFor({ kind: "close_eyes", reached: 1.3 }), "stay");
  assert.equal(pointAt("close_eyes", 0.5), null);
  assert.equal(ringAt("close_eyes", 0.5), null);
});

test("light has a colour and words, and no path", () => {
  assert.deepEqual([0, 1, 2].map((target) => colourOf({ kind: "light", target })), ["red", "green", "blue"]);
  assert.equal(colourOf({ kind: "light", target: 7 }), null);
  assert.equal(colourOf({ kind: "turn_left", target: 1 }), null);
  assert.equal(wordFor({ kind: "light", reached: 0.9 }), "light");
  assert.equal(pointAt("light", 0.5), null);
});

test("a cue is read from the socket, and one that no head can reach is refused", () => {
  const frame = {
    type: "frame", sequence: 1, box: null, hint: "none", progress: 0.5, stage: "challenge", step: 2,
    challenge: { kind: "turn_left", target: 21, reached: 1.2, seconds_left: 6.5 },
  };
  const message = parseMessage(JSON.stringify(frame));
  assert.ok(message.type === "frame");
  assert.deepEqual(message.challenge, { kind: "turn_left", target: 21, reached: 1.2, secondsLeft: 6.5 });
  frame.challenge.reached = 7;
  assert.throws(() => parseMessage(JSON.stringify(frame)));
});
