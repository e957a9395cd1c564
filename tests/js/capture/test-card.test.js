import assert from "node:assert/strict";
import { test } from "node:test";

import { isFlat, paint, sameColours, TEST_CARD } from "../../../static/js/capture/test-card.js";

const { width, height } = TEST_CARD;

/** @param {(x: number, y: number) => number[]} colourAt */
function image(colourAt) {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) data.set([...colourAt(x, y), 255], 4 * (y * width + x));
  }
  return { data, width };
}

/** @param {number} off how much each pixel is changed at most */
function card(off = 0) {
  /** @type {[string, number, number, number, number][]} */
  const fields = [];
  const context = {
    fillStyle: "",
    /**
     * @param {number} x
     * @param {number} y
     * @param {number} across
     * @param {number} down
     */
    fillRect(x, y, across, down) {
      fields.push([this.fillStyle, x, y, across, down]);
    },
  };
  paint(/** @type {CanvasRenderingContext2D} */ (/** @type {unknown} */ (context)));
  return image((x, y) => {
    const [colour] = fields.findLast(([, left, top]) => x >= left && y >= top) ?? [""];
    const sign = (x + y) % 2 ? 1 : -1;
    return [...colour.matchAll(/\d+/g)].map((value) => Number(value) + sign * off);
  });
}

test("a test card that comes back is known, also with a little noise", () => {
  assert.ok(sameColours(card()));
  assert.ok(sameColours(card(8)));
});

test("white, noise and a card that is turned are not taken for it", () => {
  assert.ok(!sameColours(image(() => [255, 255, 255])));
  assert.ok(!sameColours(image((x, y) => [x * 37, y * 91, x * y * 53].map((value) => value % 256))));
  const { data } = card();
  assert.ok(!sameColours({ data: data.slice().reverse(), width }));
});

test("a picture of one colour is flat, a dim room is not", () => {
  assert.ok(isFlat(image(() => [0, 0, 0]).data));
  assert.ok(isFlat(image(() => [255, 255, 255]).data));
  assert.ok(isFlat(image((x) => [3 + (x % 2), 4, 4]).data));
  assert.ok(!isFlat(image((x) => [x / 6, x / 6, x / 6]).data));
});
