// ristretto255: points are the library's, scalars are BigInt modulo ORDER.

import { ristretto255 } from "../../vendor/noble-curves/ed25519.js";
import { sha256, sha512 } from "../../vendor/noble-hashes/sha2.js";
import { bytesFromHex, bytesOf, hexOf, u64 } from "./encode.js";

const { Point } = ristretto255;
const HEX = /^[0-9a-f]{64}$/;

export const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
export const IDENTITY = Point.ZERO;
export const GENERATOR = Point.BASE;

export class GroupError extends Error {}

export function pointFromHex(text, { identity = false } = {}) {
  if (typeof text !== "string" || !HEX.test(text)) throw new GroupError("not 64 digits");
  let point;
  try {
    point = Point.fromHex(text);
  } catch (error) {
    throw new GroupError("not a canonical point", { cause: error });
  }
  if (!identity && point.is0()) throw new GroupError("the identity is not allowed here");
  return point;
}

export function scalarFromHex(text) {
  if (typeof text !== "string" || !HEX.test(text)) throw new GroupError("not 64 digits");
  const value = littleEndian(bytesFromHex(text));
  if (value >= ORDER) throw new GroupError("not a canonical scalar");
  return value;
}

export function scalarToBytes(scalar) {
  const bytes = new Uint8Array(32);
  for (let i = 0, rest = scalar; i < 32; i += 1, rest >>= 8n) bytes[i] = Number(rest & 255n);
  return bytes;
}

export function scalarToHex(scalar) {
  return hexOf(scalarToBytes(scalar));
}

export function mod(number) {
  const rest = number % ORDER;
  return rest < 0n ? rest + ORDER : rest;
}

// Uniform to within 2^-259, never 0.
export function randomScalar() {
  for (;;) {
    const scalar = littleEndian(crypto.getRandomValues(new Uint8Array(64))) % ORDER;
    if (scalar !== 0n) return scalar;
  }
}

// The library refuses the scalar 0.
export function multiply(scalar, point) {
  const reduced = mod(scalar);
  return reduced === 0n || point.is0() ? IDENTITY : point.multiply(reduced);
}

export function base(scalar) {
  const reduced = mod(scalar);
  return reduced === 0n ? IDENTITY : GENERATOR.multiply(reduced);
}

export function sum(points) {
  return points.reduce((total, point) => total.add(point), IDENTITY);
}

// The polynomial with these points as coefficients, constant first, at an integer.
export function evaluate(coefficients, place) {
  return coefficients.reduceRight(
    (value, coefficient) => multiply(BigInt(place), value).add(coefficient),
    IDENTITY,
  );
}

export function sha256Hex(text) {
  return hexOf(sha256(bytesOf(text)));
}

// SHA-512 over tag and parts, each with its length before it. Parts: points, bytes, strings,
// numbers (as u64).
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

export function hashToScalar(tag, ...parts) {
  return littleEndian(digest(tag, ...parts)) % ORDER;
}

function toBytes(part) {
  if (typeof part === "string") return bytesOf(part);
  if (typeof part === "number") return u64(part);
  return part instanceof Uint8Array ? part : part.toBytes();
}

function littleEndian(bytes) {
  return BigInt(`0x${hexOf(bytes.toReversed())}`);
}
