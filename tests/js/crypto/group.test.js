import assert from "node:assert/strict";
import test from "node:test";
import * as group from "../../../static/js/crypto/group.js";
import { hexOf } from "../../../static/js/crypto/encode.js";
import { vectors } from "./vectors.js";

test("hashes to scalars and base multiples are the server's", () => {
  for (const { text, scalar, point } of vectors.hashes) {
    const found = group.hashToScalar("tag", text, 7, group.GENERATOR);

    assert.equal(group.scalarToHex(found), scalar);
    assert.equal(hexOf(group.multiplyBase(found)), point);
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
  assert.throws(() => group.pointFromHex(`${hexOf(group.GENERATOR).slice(0, 62)}f6`), group.GroupError);
  assert.ok(group.isIdentity(group.pointFromHex(identity, { identity: true })));
});

test("multiplying by zero gives the identity", () => {
  assert.ok(group.isIdentity(group.multiplyBase(0n)));
  assert.ok(group.isIdentity(group.multiply(group.ORDER, group.GENERATOR)));
  assert.ok(group.isIdentity(group.multiply(5n, group.IDENTITY)));
});

test("every encoding that the standard calls wrong is refused", () => {
  const p = 2n ** 255n - 19n;
  const bytes = (/** @type {bigint} */ n) => hexOf(Uint8Array.from({ length: 32 }, (_, i) => Number((n >> BigInt(8 * i)) & 255n)));
  // Above the field, negative, and not the square that it must be: RFC 9496, appendix A.3.
  const wrong = [p, p + 1n, p + 2n, 2n ** 255n - 1n, 1n, p - 2n, 2n ** 255n];
  for (const text of [...wrong.map(bytes), "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371"]) {
    assert.throws(() => group.pointFromHex(text), group.GroupError, text);
    assert.throws(() => group.pointFromHex(text, { identity: true }), group.GroupError, text);
  }
});

test("adding, subtracting and summing pass over the identity", () => {
  const [one, other] = [group.multiplyBase(3n), group.multiplyBase(5n)];

  assert.ok(group.same(group.add(one, other), group.multiplyBase(8n)));
  assert.ok(group.same(group.subtract(other, one), group.multiplyBase(2n)));
  assert.ok(group.isIdentity(group.subtract(one, one)));
  assert.ok(group.same(group.subtract(group.IDENTITY, one), group.multiplyBase(-3n)));
  assert.ok(group.same(group.sum([one, group.IDENTITY, other]), group.multiplyBase(8n)));
  assert.ok(group.isIdentity(group.sum([])));
  assert.equal(group.mod(group.inverse(7n) * 7n), 1n);
});

test("random scalars differ and are below the order", () => {
  const scalars = new Set(Array.from({ length: 50 }, group.randomScalar));

  assert.equal(scalars.size, 50);
  for (const scalar of scalars) assert.ok(scalar > 0n && scalar < group.ORDER);
});
