import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { emptyMemory } from "../../../../static/js/crypto/trustees/memory.js";
import { TakenElsewhere, recall, remember } from "../../../../static/js/voting/trustee/saving.js";

const ROUND = "ab".repeat(16);

/** @type {Map<string, string>} */
const kept = new Map();

beforeEach(() => {
  kept.clear();
  const storage = {
    getItem: (/** @type {string} */ name) => kept.get(name) ?? null,
    setItem: (/** @type {string} */ name, /** @type {string} */ text) => kept.set(name, text),
  };
  Object.defineProperty(globalThis, "localStorage", { value: storage, configurable: true });
});

test("what a step remembers is there for the next one", () => {
  assert.deepEqual(recall(ROUND), emptyMemory());

  remember(ROUND, recall(ROUND), { ...emptyMemory(), transcript: "t" });

  assert.equal(recall(ROUND).transcript, "t");
  assert.deepEqual(recall("cd".repeat(16)), emptyMemory());
});

test("two tabs that make the same step from the same memory do not both take it", () => {
  const [first, second] = [recall(ROUND), recall(ROUND)];

  remember(ROUND, first, { ...first, decrypted: { close: "c", tally: "t" } });

  const other = { ...second, decrypted: { close: "d", tally: "u" } };
  assert.throws(() => remember(ROUND, second, other), TakenElsewhere);
  assert.deepEqual(recall(ROUND).decrypted, { close: "c", tally: "t" });
});

test("what an earlier version has remembered still counts", () => {
  kept.set(`facevote-trustee-${ROUND}`, JSON.stringify({ transcript: "t", stopped: true, decrypted: null }));

  assert.deepEqual(recall(ROUND), { ...emptyMemory(), transcript: "t", stopped: true });
});
