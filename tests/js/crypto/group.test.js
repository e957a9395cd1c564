import assert from "node:assert/strict";
import test from "node:test";
import * as group from "../../../static/js/crypto/group.js";
import { vectors } from "./vectors.js";

test("hashes to scalars and base multiples are the server's", () => {
  for (const { text, scalar, point } of vectors.hashes) {
    const found = group.hashToScalar("tag", text, 7, group.GENERATOR);

    assert.equal(group.scalarToHex(found), scalar);
    assert.equal(group.multiplyBase(found).toHex(), point);
  }
});

test("an encoding of the order or more is not a scalar", () => {
  const tooLarge = group.scalarToHex(group.ORDER);

  assert.throws(() => group.scalarFromHex(tooLarge), group.GroupError);
  assert.equal(group.scalarFromHex(group.scalarToHex(group.ORDER - 1n)), group.ORDER - 1n);
});

test("a text that encodes no point is refused, and the identity unless it is allowed", () => {
  const identity = "0".repeat(64);

  assert.throws(() => group.pointFromHex("ff".repeat(32)), group.GroupError);
  assert.throws(() => group.pointFromHex(`01${"0".repeat(62)}`), group.GroupError);
  assert.throws(() => group.pointFromHex(identity), group.GroupError);
  // The generator with its highest bit set, which libsodium 1.0.18 alone would take.
  assert.throws(() => group.pointFromHex(`${group.GENERATOR.toHex().slice(0, 62)}f6`), group.GroupError);
  assert.ok(group.pointFromHex(identity, { identity: true }).is0());
});

test("multiplying by zero gives the identity", () => {
  assert.ok(group.multiplyBase(0n).is0());
  assert.ok(group.multiply(group.ORDER, group.GENERATOR).is0());
  assert.ok(group.multiply(5n, group.IDENTITY).is0());
});

test("random scalars differ and are below the order", () => {
  const scalars = new Set(Array.from({ length: 50 }, group.randomScalar));

  assert.equal(scalars.size, 50);
  for (const scalar of scalars) assert.ok(scalar > 0n && scalar < group.ORDER);
});
