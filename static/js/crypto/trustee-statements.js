// What the proofs of trustees cover. docs/cryptography.md, section 5.

import { evaluate, pointFromHex, scalarFromHex, scalarToBytes, sum } from "./group.js";

/** @import { Point, Statement } from "./group.js" */
/** @import { Ceremony, SealedShare } from "./trustee.js" */

/**
 * Proof of possession of the secret behind a trustee's first commitment.
 *
 * @param {Ceremony} ceremony
 * @param {number} index
 * @param {Point[]} commitments
 * @returns {Statement}
 */
export function possession(ceremony, index, commitments) {
  return ["facevote-1/possession", ...common(ceremony, index), ...commitments, commitments[0]];
}

/**
 * Proof of possession of the secret behind a trustee's transport key.
 *
 * @param {Ceremony} ceremony
 * @param {number} index
 * @param {Point[]} commitments
 * @param {Point} key
 * @returns {Statement}
 */
export function transportPossession(ceremony, index, commitments, key) {
  return ["facevote-1/transport-possession", ...common(ceremony, index), ...commitments, key];
}

/**
 * Proof that a trustee knows its share of the election key.
 *
 * @param {Ceremony} ceremony
 * @param {number} index
 * @param {{commitments: string[]}[]} registrations or the manifest's trustees
 * @returns {Statement}
 */
export function confirmation(ceremony, index, registrations) {
  const points = registrations.flatMap((item) => pointsFromHex(item.commitments));
  const key = verificationKey(index, registrations);
  return ["facevote-1/confirmation", ...common(ceremony, index), ...points, key];
}

/**
 * Proof that `shared` is what a sealed share was sealed with.
 *
 * @param {Ceremony} ceremony
 * @param {SealedShare} share
 * @param {Point} key the receiver's transport key
 * @param {Point} shared
 * @returns {Statement}
 */
export function complaint({ election }, share, key, shared) {
  const sealed = scalarToBytes(scalarFromHex(share.sealed));
  const nonce = pointFromHex(share.nonce);
  return ["facevote-1/complaint", election, share.from, share.to, nonce, sealed, key, shared];
}

/**
 * The public key of a trustee's share of the election key: V_j of docs/cryptography.md.
 *
 * @param {number} index
 * @param {{commitments: string[]}[]} registrations or the manifest's trustees
 * @returns {Point}
 */
export function verificationKey(index, registrations) {
  return sum(registrations.map((item) => evaluate(pointsFromHex(item.commitments), index)));
}

/**
 * @param {string[]} texts
 * @returns {Point[]}
 * @throws {GroupError} if one is not a point
 */
export function pointsFromHex(texts) {
  return texts.map((text) => pointFromHex(text));
}

/**
 * @param {Ceremony} ceremony
 * @param {number} index
 * @returns {[string, number, number, number]}
 */
function common({ election, threshold, trustees }, index) {
  return [election, index, threshold, trustees];
}
