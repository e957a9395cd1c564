import assert from "node:assert/strict";
import { test } from "node:test";

import { Refused, Unreachable } from "../../../static/js/http.js";
import { failureOf, mayHaveArrived } from "../../../static/js/voting/failures.js";

for (const [status, words, unsure] of /** @type {[number, string, boolean][]} */ ([
  [401, "signed-out", false],
  [403, "page-too-old", false],
  [413, "too-large", false],
  [429, "too-many", false],
  [500, "fault-there", true],
  [502, "busy", true],
  [503, "busy", true],
  [504, "busy", true],
  [507, "fault-there", true],
  [418, "unexpected", false],
  // An answer that is no JSON: the ballot may be in the box behind it.
  [200, "unexpected", true],
])) {
  test(`status ${status} is told as ${words}`, () => {
    const error = new Refused(status, {});

    assert.equal(failureOf(error), words);
    assert.equal(mayHaveArrived(error), unsure);
  });
}

test("no answer may hide a ballot that arrived, and a fault of the page does not", () => {
  assert.deepEqual([failureOf(new Unreachable()), mayHaveArrived(new Unreachable())], ["unreachable", true]);
  assert.deepEqual([failureOf(new TypeError()), mayHaveArrived(new TypeError())], ["fault-here", false]);
});
