// Zero-knowledge proofs by strong Fiat-Shamir. The equations are those of docs/cryptography.md.

import {
  GroupError,
  add,
  hashToScalar,
  mod,
  multiply,
  multiplyBase,
  randomScalar,
  scalarFromHex,
  scalarToHex,
  subtract,
} from "./group.js";

/** @import { Ciphertext } from "./elgamal.js" */
/** @import { Point, Statement } from "./group.js" */

/** @typedef {{challenge: bigint, response: bigint}} Proof */

/**
 * A proof in JSON: challenge and response, each as 64 hexadecimal digits.
 * @typedef {string[]} ProofList
 */

/**
 * @param {Proof} proof
 * @returns {ProofList}
 */
export function proofToList({ challenge, response }) {
  return [scalarToHex(challenge), scalarToHex(response)];
}

/**
 * @param {unknown} value a ProofList
 * @returns {Proof}
 * @throws {GroupError} if it is not a list of two scalars
 */
export function proofFromList(value) {
  if (!Array.isArray(value) || value.length !== 2) throw new GroupError("not a proof");
  const [challenge, response] = value.map(scalarFromHex);
  return { challenge, response };
}

/**
 * Schnorr's proof: I know x with X = x G. Over a message it is the signature of X's owner.
 *
 * @param {bigint} secret x
 * @param {Statement} statement ends with X
 * @returns {Proof}
 */
export function provePossession(secret, statement) {
  const nonce = randomScalar();
  const challenge = hashToScalar(...statement, multiplyBase(nonce));
  return { challenge, response: mod(nonce + challenge * secret) };
}

/**
 * Whether a proof of provePossession() is right.
 *
 * @param {Proof} proof
 * @param {Point} publicPoint X
 * @param {Statement} statement ends with X
 * @returns {boolean}
 */
export function holdsPossession({ challenge, response }, publicPoint, statement) {
  const commitment = subtract(multiplyBase(response), multiply(challenge, publicPoint));
  return hashToScalar(...statement, commitment) === challenge;
}

/**
 * Chaum and Pedersen's proof: there is one x with X = x G and Y = x secondBase.
 *
 * @param {bigint} secret x
 * @param {Point} secondBase
 * @param {Statement} statement covers X, secondBase and Y
 * @returns {Proof}
 */
export function proveEquality(secret, secondBase, statement) {
  const nonce = randomScalar();
  const challenge = hashToScalar(...statement, multiplyBase(nonce), multiply(nonce, secondBase));
  return { challenge, response: mod(nonce + challenge * secret) };
}

/**
 * Whether a proof of proveEquality() is right.
 *
 * @param {Proof} proof
 * @param {{publicPoint: Point, secondBase: Point, second: Point}} points X, secondBase and Y
 * @param {Statement} statement
 * @returns {boolean}
 */
export function holdsEquality({ challenge, response }, points, statement) {
  const { publicPoint, secondBase, second } = points;
  const first = subtract(multiplyBase(response), multiply(challenge, publicPoint));
  const other = subtract(multiply(response, secondBase), multiply(challenge, second));
  return hashToScalar(...statement, first, other) === challenge;
}

/**
 * The disjunctive proof that (alpha, beta) = (r G, m G + r K) encrypts one of the values.
 *
 * Whoever knows r and m can make the other branches without alpha and beta: with z = u + c r,
 * a = z G - c alpha = u G and b = z K - c (beta - v G) = u K + c (v - m) G, all multiples of G and K.
 *
 * @param {number[]} values
 * @param {number} actual m, one of the values
 * @param {bigint} randomness r
 * @param {Point} publicKey K
 * @param {Statement} statement covers alpha and beta
 * @returns {bigint[]} a challenge and a response for each value
 */
export function proveOneOf(values, actual, randomness, publicKey, statement) {
  const branches = values.map((value) => branchFor(value, actual, publicKey));
  const total = hashToScalar(...statement, ...branches.flatMap(({ a, b }) => [a, b]));
  const others = branches.reduce((rest, { challenge }) => rest + challenge, 0n);
  return branches.flatMap(({ value, nonce, challenge }) => {
    const own = value === actual ? mod(total - others) : challenge;
    return [own, mod(nonce + own * randomness)];
  });
}

/**
 * @param {number} value
 * @param {number} actual
 * @param {Point} publicKey
 */
function branchFor(value, actual, publicKey) {
  const nonce = randomScalar();
  const [a, b] = [multiplyBase(nonce), multiply(nonce, publicKey)];
  if (value === actual) return { value, nonce, challenge: 0n, a, b };
  const challenge = randomScalar();
  return { value, nonce, challenge, a, b: add(b, multiplyBase(challenge * BigInt(value - actual))) };
}

/**
 * Whether a proof of proveOneOf() is right.
 *
 * @param {bigint[]} proof
 * @param {number[]} values
 * @param {Ciphertext} ciphertext
 * @param {Point} publicKey
 * @param {Statement} statement
 * @returns {boolean}
 */
export function holdsOneOf(proof, values, { alpha, beta }, publicKey, statement) {
  if (proof.length !== 2 * values.length) return false;
  let total = 0n;
  const commitments = values.flatMap((value, i) => {
    const [challenge, response] = [proof[2 * i], proof[2 * i + 1]];
    total += challenge;
    const rest = subtract(beta, multiplyBase(BigInt(value)));
    return [
      subtract(multiplyBase(response), multiply(challenge, alpha)),
      subtract(multiply(response, publicKey), multiply(challenge, rest)),
    ];
  });
  return hashToScalar(...statement, ...commitments) === mod(total);
}

/**
 * @param {bigint[]} scalars
 * @returns {string[]} 64 hexadecimal digits each
 */
export function scalarsToList(scalars) {
  return scalars.map(scalarToHex);
}

/**
 * @param {unknown} value
 * @returns {bigint[]}
 * @throws {GroupError} if it is not a list of scalars
 */
export function scalarsFromList(value) {
  if (!Array.isArray(value)) throw new GroupError("not a list of scalars");
  return value.map(scalarFromHex);
}
