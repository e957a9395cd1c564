import assert from "node:assert/strict";
import test from "node:test";
import { NotCanonical, decode, encode } from "../../../static/js/crypto/encode.js";
import { firstVectors, vectors } from "./vectors.js";

test("texts are written as the server writes them", () => {
  for (const { value, json } of vectors.texts) assert.equal(encode(value), json);
});

test("keys are sorted and nothing is spaced", () => {
  assert.equal(encode({ b: [1, null, true], a: { d: -2, c: "x" } }), '{"a":{"c":"x","d":-2},"b":[1,null,true]}');
});

test("a canonical text is read back", () => {
  const { manifest } = firstVectors;

  assert.deepEqual(decode(encode(manifest)), manifest);
});

for (const text of ['{"a": 1}', '{"b":1,"a":2}', '{"a":1,"a":1}', "1.0", "1e2", "-0", "9007199254740992", '"\\u0041"', '{"A":1}', "", "[1]\n"]) {
  test(`${JSON.stringify(text)} is refused`, () => {
    assert.throws(() => decode(text), NotCanonical);
  });
}

for (const value of [1.5, NaN, undefined, "\ud800", 2 ** 53, { é: 1 }]) {
  test(`${String(JSON.stringify(value))} has no canonical form`, () => {
    assert.throws(() => encode(value), NotCanonical);
  });
}
