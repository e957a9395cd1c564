import assert from "node:assert/strict";
import { test } from "node:test";

import { showQr } from "../../../static/js/voting/qr.js";

/** What the page's element and the drawing need of a document. */
class Part {
  /** @type {unknown[]} */
  parts = [];
  /** @type {Record<string, string>} */
  attributes = {};

  /** @param {string} name @param {string} value */
  setAttribute(name, value) {
    this.attributes[name] = value;
  }

  /** @param {...unknown} parts */
  append(...parts) {
    this.parts.push(...parts);
  }

  /** @param {...unknown} parts */
  replaceChildren(...parts) {
    this.parts = parts;
  }
}

Object.defineProperty(globalThis, "document", { value: { createElementNS: () => new Part() } });

test("a text is drawn as a code", () => {
  const place = new Part();

  assert.equal(showQr(/** @type {any} */ (place), "facevote", "A code"), true);

  const [picture] = /** @type {Part[]} */ (place.parts);
  assert.equal(picture.attributes["aria-label"], "A code");
});

test("a ballot with more questions than one code can hold shows none, and says so", () => {
  const place = new Part();
  place.append("the code of the ballot before");

  assert.equal(showQr(/** @type {any} */ (place), "x".repeat(2953), "A code"), true);
  assert.equal(showQr(/** @type {any} */ (place), "x".repeat(2954), "A code"), false);
  assert.deepEqual(place.parts, []);
});
