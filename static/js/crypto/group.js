// The group ristretto255. Points are the library's objects, scalars are BigInt modulo ORDER.

import { ristretto255 } from "../../vendor/noble-curves/ed25519.js";
import { sha256, sha512 } from "../../vendor/noble-hashes/sha2.js";
import { bytesFromHex, bytesOf, hexOf, u64 } from "./encode.js";

const HEX = /^[0-9a-f]{64}$/;

export const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
export const IDENTITY = ristretto255.Point.ZERO;
export const GENERATOR = ristretto255.Point.BASE;

/** @typedef {typeof GENERATOR} Point */

/**
 * What a hash can cover: a point (32 bytes), bytes, a string (UTF-8) or an integer (as u64).
 * @typedef {Point | Uint8Array | string | number} HashPart
 */

/**
 * The domain tag of a hash, then everything public that the hash covers.
 * @typedef {[tag: string, ...parts: HashPart[]]} Statement
 */

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
  let point;
  try {
    point = ristretto255.Point.fromHex(text);
  } catch (error) {
    throw new GroupError("not a canonical point", { cause: error });
  }
  if (!identity && point.is0()) throw new GroupError("the identity is not allowed here");
  return point;
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
  const bytes = new Uint8Array(32);
  for (let i = 0, rest = scalar; i < 32; i += 1, rest >>= 8n) bytes[i] = Number(rest & 255n);
  return bytes;
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
 * scalar * point. The library refuses the scalar 0, this function does not.
 *
 * @param {bigint} scalar
 * @param {Point} point
 * @returns {Point}
 */
export function multiply(scalar, point) {
  const reduced = mod(scalar);
  return reduced === 0n || point.is0() ? IDENTITY : point.multiply(reduced);
}

/**
 * scalar * GENERATOR, which is faster than multiply().
 *
 * @param {bigint} scalar
 * @returns {Point}
 */
export function multiplyBase(scalar) {
  const reduced = mod(scalar);
  return reduced === 0n ? IDENTITY : GENERATOR.multiply(reduced);
}

/**
 * @param {Point[]} points
 * @returns {Point} the identity for no points
 */
export function sum(points) {
  return points.reduce((total, point) => total.add(point), IDENTITY);
}

/**
 * The value of the polynomial whose coefficients are these points.
 *
 * @param {Point[]} coefficients the constant one first
 * @param {number} place an integer
 * @returns {Point}
 */
export function evaluate(coefficients, place) {
  return coefficients.reduceRight(
    (value, coefficient) => multiply(BigInt(place), value).add(coefficient),
    IDENTITY,
  );
}

/**
 * @param {string} text
 * @returns {string} the SHA-256 of its UTF-8, as 64 lower-case hexadecimal digits
 */
export function sha256Hex(text) {
  return hexOf(sha256(bytesOf(text)));
}

/**
 * SHA-512 over tag and parts, each with its length before it: D of docs/cryptography.md.
 *
 * @param {string} tag
 * @param {...HashPart} parts
 * @returns {Uint8Array} 64 bytes
 */
export function digest(tag, ...parts) {
  const hash = sha512.create();
  for (const part of [tag, ...parts]) {
    const bytes = toBytes(part);
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, bytes.length);
    hash.update(length).update(bytes);
  }
  return hash.digest();
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
  if (typeof part === "number") return u64(part);
  return part instanceof Uint8Array ? part : part.toBytes();
}

/** @param {Uint8Array} bytes */
function littleEndian(bytes) {
  return BigInt(`0x${hexOf(bytes.toReversed())}`);
}
