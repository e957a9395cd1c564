// Exponential ElGamal: ciphertexts can be added, and only their sum ever has to be opened.

import { hexOf } from "./encode.js";
import { GroupError, add, multiply, multiplyBase, pointFromHex, sum } from "./group.js";

/** @import { Point } from "./group.js" */

/**
 * (alpha, beta) = (r G, m G + r K) for message m, randomness r and public key K.
 * @typedef {{alpha: Point, beta: Point}} Ciphertext
 */

/**
 * A ciphertext in JSON: alpha and beta, each as 64 hexadecimal digits.
 * @typedef {string[]} CiphertextList
 */

/**
 * @param {number} message a small integer, 0 or more
 * @param {bigint} randomness
 * @param {Point} publicKey
 * @returns {Ciphertext}
 */
export function encrypt(message, randomness, publicKey) {
  const mask = multiply(randomness, publicKey);
  return { alpha: multiplyBase(randomness), beta: add(multiplyBase(BigInt(message)), mask) };
}

/**
 * @param {Ciphertext} ciphertext
 * @returns {CiphertextList}
 */
export function ciphertextToList({ alpha, beta }) {
  return [hexOf(alpha), hexOf(beta)];
}

/**
 * @param {unknown} value a CiphertextList
 * @param {{identity?: boolean}} [options] `identity`: whether either point may be the identity
 * @returns {Ciphertext}
 * @throws {GroupError} if it is not a list of two points
 */
export function ciphertextFromList(value, { identity = false } = {}) {
  if (!Array.isArray(value) || value.length !== 2) throw new GroupError("not a ciphertext");
  const [alpha, beta] = value.map((text) => pointFromHex(text, { identity }));
  return { alpha, beta };
}

/**
 * A ciphertext of the weighted sum of the messages.
 *
 * @param {number[]} weights one for each ciphertext
 * @param {Ciphertext[]} ciphertexts
 * @returns {Ciphertext}
 */
export function weightedTotal(weights, ciphertexts) {
  /** @param {Point[]} points */
  const total = (points) =>
    sum(points.map((point, i) => (weights[i] === 1 ? point : multiply(BigInt(weights[i]), point))));
  return {
    alpha: total(ciphertexts.map(({ alpha }) => alpha)),
    beta: total(ciphertexts.map(({ beta }) => beta)),
  };
}
