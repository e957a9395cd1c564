import assert from "node:assert/strict";
import { test } from "node:test";

import { changes, choose, neighbour } from "../../../static/js/enrolment/changes.js";

/**
 * @param {string} id
 * @param {string} [state]
 */
const tile = (id, state = "waiting") => ({ id, state });

test("a new list is all additions", () => {
  const { added, altered, removed } = changes([], [tile("a"), tile("b")]);

  assert.deepEqual(added.map(({ id }) => id), ["a", "b"]);
  assert.deepEqual([altered, removed], [[], []]);
});

test("only a tile whose state changed is altered", () => {
  const { added, altered, removed } = changes([tile("a"), tile("b")], [tile("a", "usable"), tile("b")]);

  assert.deepEqual(altered, [tile("a", "usable")]);
  assert.deepEqual([added, removed], [[], []]);
});

test("a tile that is gone is removed", () => {
  const { removed } = changes([tile("a"), tile("b")], [tile("b")]);

  assert.deepEqual(removed, [tile("a")]);
});

test("the focus goes to the next photo, at the end to the one before, else nowhere", () => {
  const tiles = [tile("a"), tile("b"), tile("c")];

  assert.equal(neighbour(tiles, "a"), "b");
  assert.equal(neighbour(tiles, "c"), "b");
  assert.equal(neighbour([tile("a")], "a"), null);
});

test("no more files are chosen than there is room for", () => {
  const files = [1, 2, 3, 4];

  assert.deepEqual(choose(files, { kept: 8, most: 10 }), { chosen: [1, 2], leftOut: true });
  assert.deepEqual(choose(files, { kept: 6, most: 10 }), { chosen: files, leftOut: false });
  assert.deepEqual(choose(files, { kept: 12, most: 10 }), { chosen: [], leftOut: true });
});
