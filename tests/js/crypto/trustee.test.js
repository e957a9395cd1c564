import assert from "node:assert/strict";
import test from "node:test";
import { checkPartial, partialDecryption } from "../../../static/js/crypto/decryption.js";
import { scalarFromHex, scalarToHex } from "../../../static/js/crypto/group.js";
import * as trustee from "../../../static/js/crypto/trustee.js";
import { copy, vectors } from "./vectors.js";

const { ceremony, registrations, shares, confirmations, keys } = vectors.trustees;
const seeds = vectors.trustees.seeds.map((text) => Uint8Array.from(Buffer.from(text, "hex")));
/** @param {number} index */
const received = (index) => shares.map((row) => row[index - 1]);
/**
 * @param {string} fault
 * @param {number} number
 * @returns {(error: unknown) => boolean}
 */
const faultOf = (fault, number) => (error) =>
  error instanceof trustee.TrusteeRefused && error.fault === fault && error.trustee === number;

test("the registrations of the server's trustees hold", () => {
  registrations.forEach((item, i) => trustee.checkRegistration(item, ceremony, i + 1));
});

test("the same seed gives the same keys as on the server", () => {
  seeds.forEach((seed, i) => {
    const made = trustee.register(seed, ceremony, i + 1);

    assert.deepEqual(made.commitments, registrations[i].commitments);
    assert.equal(made.transport_key, registrations[i].transport_key);
  });
});

test("shares that the server's trustees sealed are opened to the same key", () => {
  seeds.forEach((seed, i) => {
    const key = trustee.keyShare(seed, ceremony, i + 1, received(i + 1), registrations);

    assert.equal(scalarToHex(key), keys[i]);
  });
});

test("confirmations hold, and not for another trustee", () => {
  confirmations.forEach((item, i) => trustee.checkConfirmation(item, ceremony, i + 1, registrations));

  const moved = { ...confirmations[0], index: 2 };
  assert.throws(() => trustee.checkConfirmation(moved, ceremony, 2, registrations), faultOf("proof", 2));
});

test("a registration with another's commitments is refused", () => {
  const stolen = { ...copy(registrations[0]), commitments: registrations[1].commitments };

  assert.throws(() => trustee.checkRegistration(stolen, ceremony, 1), faultOf("proof", 1));
});

test("a wrong share names its sender", () => {
  const wrong = received(2);
  wrong[2] = { ...wrong[2], sealed: wrong[0].sealed };

  assert.throws(
    () => trustee.keyShare(seeds[1], ceremony, 2, wrong, registrations),
    faultOf("share", 3),
  );
});

test("a missing share is not overlooked", () => {
  const few = received(1).slice(1);

  assert.throws(() => trustee.keyShare(seeds[0], ceremony, 1, few, registrations), faultOf("incomplete", 0));
});

test("partial decryptions hold, the server's and one made here", () => {
  const share = scalarFromHex(keys[0]);

  checkPartial(vectors.manifest, vectors.tally, vectors.partial);
  const made = partialDecryption(vectors.manifest, vectors.tally, 1, share);

  checkPartial(vectors.manifest, vectors.tally, made);
});

test("a wrong decryption is refused, and nobody decrypts with another's key", () => {
  const wrong = copy(vectors.partial);
  wrong.contests[0].shares[0][0] = wrong.contests[0].shares[1][0];

  assert.throws(() => checkPartial(vectors.manifest, vectors.tally, wrong), faultOf("proof", 2));
  assert.throws(
    () => partialDecryption(vectors.manifest, vectors.tally, 1, scalarFromHex(keys[1])),
    faultOf("share", 1),
  );
});

test("a trustee finds its own part in the election's key", () => {
  seeds.forEach((seed, i) => trustee.checkKey(seed, vectors.manifest, i + 1));
});

test("an election without a trustee's own part, or with an unproven one, is not opened", () => {
  const { manifest } = vectors;
  const exchanged = copy(manifest);
  exchanged.key.trustees[0].commitments = registrations[1].commitments;
  const unproven = copy(manifest);
  unproven.key.trustees[1].proof = unproven.key.trustees[0].proof;
  const unconfirmed = copy(manifest);
  unconfirmed.key.trustees[1].confirmation = unconfirmed.key.trustees[0].confirmation;
  const another = copy(manifest);
  another.key.public_key = registrations[0].commitments[0];

  assert.throws(() => trustee.checkKey(seeds[1], manifest, 1), faultOf("key", 1));
  assert.throws(() => trustee.checkKey(seeds[0], exchanged, 1), faultOf("key", 1));
  assert.throws(() => trustee.checkKey(seeds[0], unproven, 1), faultOf("proof", 2));
  assert.throws(() => trustee.checkKey(seeds[0], unconfirmed, 1), faultOf("proof", 2));
  assert.throws(() => trustee.checkKey(seeds[0], another, 1), faultOf("key", 1));
});
