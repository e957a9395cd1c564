// The group ristretto255. Points are their canonical 32 bytes, as in voting/crypto/group.py; scalars are BigInt
// modulo ORDER. The arithmetic is libsodium's, in WebAssembly: it runs only where the page or the worker may
// compile WebAssembly, and importing this module waits until it is ready.

import sodium from "../../vendor/libsodium/wrappers.js";
import { bytesFromHex, bytesOf, hexOf, u64 } from "./encode.js";

await sodium.ready;

const HEX = /^[0-9a-f]{64}$/;
const HIGHEST_BIT = 0x80;

/** @typedef {Uint8Array} Point */

/**
 * What a hash can cover: a point or other bytes, a string (UTF-8) or an integer (as u64).
 * @typedef {Uint8Array | string | number} HashPart
 */

/**
 * The domain tag of a hash, then everything public that the hash covers.
 * @typedef {[tag: string, ...parts: HashPart[]]} Statement
 */

export const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
/** @type {Point} */
export const IDENTITY = new Uint8Array(32);
/** @type {Point} */
export const GENERATOR = sodium.crypto_scalarmult_ristretto255_base(scalarToBytes(1n));

/** A text or a list that does not encode a point, a scalar, a ciphertext or a proof. */
export class GroupError extends Error {}

/**
 * @param {unknown} text 64 lower-case hexadecimal digits
 * @param {{identity?: boolean}} [options] `identity`: whether the identity is allowed
 * @returns {Point}
 * @throws {GroupError} if it is not the canonical encoding of a point, or is the identity unasked
 */
export function pointFromHex(text, { identity = false } = {}) {
  if (typeof text !== "string" || !HEX.test(text)) throw new GroupError("not 64 digits");
  const bytes = bytesFromHex(text);
  if (isIdentity(bytes)) {
    if (!identity) throw new GroupError("the identity is not allowed here");
    return IDENTITY;
  }
  // Some versions of libsodium pass over the highest bit.
  if (bytes[31] & HIGHEST_BIT || !sodium.crypto_core_ristretto255_is_valid_point(bytes)) {
    throw new GroupError("not a canonical point");
  }
  return bytes;
}

/**
 * @param {unknown} text 64 lower-case hexadecimal digits, least significant byte first
 * @returns {bigint} a scalar below ORDER
 * @throws {GroupError} if it is not the canonical encoding of a scalar
 */
export function scalarFromHex(text) {
  if (typeof text !== "string" || !HEX.test(text)) throw new GroupError("not 64 digits");
  const value = littleEndian(bytesFromHex(text));
  if (value >= ORDER) throw new GroupError("not a canonical scalar");
  return value;
}

/**
 * @param {bigint} scalar
 * @returns {Uint8Array<ArrayBuffer>} 32 bytes, least significant first
 */
export function scalarToBytes(scalar) {
  return bytesFromHex(scalar.toString(16).padStart(64, "0")).reverse();
}

/**
 * @param {bigint} scalar
 * @returns {string} 64 lower-case hexadecimal digits
 */
export function scalarToHex(scalar) {
  return hexOf(scalarToBytes(scalar));
}

/**
 * @param {bigint} number may be negative
 * @returns {bigint} the scalar that it is modulo ORDER
 */
export function mod(number) {
  const rest = number % ORDER;
  return rest < 0n ? rest + ORDER : rest;
}

/**
 * The inverse of a scalar modulo ORDER, by Fermat's little theorem. Only for public numbers.
 *
 * @param {bigint} scalar
 * @returns {bigint}
 */
export function inverse(scalar) {
  let [result, base] = [1n, mod(scalar)];
  for (let exponent = ORDER - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % ORDER;
    base = (base * base) % ORDER;
  }
  return result;
}

/**
 * A secret scalar: uniform to within 2^-259, and never 0.
 * @returns {bigint}
 */
export function randomScalar() {
  for (;;) {
    const scalar = littleEndian(crypto.getRandomValues(new Uint8Array(64))) % ORDER;
    if (scalar !== 0n) return scalar;
  }
}

/**
 * scalar * point. The library refuses results that are the identity, this function does not.
 *
 * @param {bigint} scalar
 * @param {Point} point
 * @returns {Point}
 */
export function multiply(scalar, point) {
  const reduced = mod(scalar);
  if (reduced === 0n || isIdentity(point)) return IDENTITY;
  return sodium.crypto_scalarmult_ristretto255(scalarToBytes(reduced), point);
}

/**
 * scalar * GENERATOR, which is faster than multiply().
 *
 * @param {bigint} scalar
 * @returns {Point}
 */
export function multiplyBase(scalar) {
  const reduced = mod(scalar);
  return reduced === 0n ? IDENTITY : sodium.crypto_scalarmult_ristretto255_base(scalarToBytes(reduced));
}

/**
 * @param {Point} one
 * @param {Point} other
 * @returns {Point}
 */
export function add(one, other) {
  if (isIdentity(one)) return other;
  return isIdentity(other) ? one : sodium.crypto_core_ristretto255_add(one, other);
}

/**
 * @param {Point} one
 * @param {Point} other
 * @returns {Point}
 */
export function subtract(one, other) {
  return isIdentity(other) ? one : sodium.crypto_core_ristretto255_sub(one, other);
}

/**
 * @param {Point[]} points
 * @returns {Point} the identity for no points
 */
export function sum(points) {
  return points.reduce(add, IDENTITY);
}

/**
 * Not for secrets: it takes longer the longer the two agree.
 *
 * @param {Point} one
 * @param {Point} other
 * @returns {boolean}
 */
export function same(one, other) {
  return one.every((byte, i) => byte === other[i]);
}

/**
 * @param {Point} point
 * @returns {boolean}
 */
export function isIdentity(point) {
  return point.every((byte) => byte === 0);
}

/**
 * The value of the polynomial whose coefficients are these points.
 *
 * @param {Point[]} coefficients the constant one first
 * @param {number} place an integer
 * @returns {Point}
 */
export function evaluate(coefficients, place) {
  return coefficients.reduceRight((value, coefficient) => add(multiply(BigInt(place), value), coefficient), IDENTITY);
}

/**
 * @param {string | Uint8Array} data
 * @returns {string} the SHA-256 of the bytes or of the text's UTF-8, as 64 lower-case hexadecimal digits
 */
export function sha256Hex(data) {
  return hexOf(sodium.crypto_hash_sha256(typeof data === "string" ? bytesOf(data) : data));
}

/**
 * SHA-512 over tag and parts, each with its length before it: D of docs/cryptography.md.
 *
 * @param {string} tag
 * @param {...HashPart} parts
 * @returns {Uint8Array} 64 bytes
 */
export function digest(tag, ...parts) {
  const all = [tag, ...parts].map(toBytes);
  const whole = new Uint8Array(all.reduce((size, { length }) => size + 4 + length, 0));
  const view = new DataView(whole.buffer);
  let place = 0;
  for (const bytes of all) {
    view.setUint32(place, bytes.length);
    whole.set(bytes, place + 4);
    place += 4 + bytes.length;
  }
  return sodium.crypto_hash_sha512(whole);
}

/**
 * The same digest as a scalar: H of docs/cryptography.md.
 *
 * @param {string} tag
 * @param {...HashPart} parts
 * @returns {bigint}
 */
export function hashToScalar(tag, ...parts) {
  return littleEndian(digest(tag, ...parts)) % ORDER;
}

/**
 * @param {HashPart} part
 * @returns {Uint8Array}
 */
function toBytes(part) {
  if (typeof part === "string") return bytesOf(part);
  return typeof part === "number" ? u64(part) : part;
}

/** @param {Uint8Array} bytes */
function littleEndian(bytes) {
  return BigInt(`0x${hexOf(bytes.toReversed())}`);
}
