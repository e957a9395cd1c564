// Canonical JSON and the other encodings of docs/cryptography.md, sections 1 and 2.

const KEY = /^[a-z0-9_]+$/;
const MAX_DEPTH = 12;
const utf8 = new TextEncoder();
const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** The value or the text has no canonical form, or is not written in it. */
export class NotCanonical extends Error {}

/**
 * The canonical JSON of a value: sorted keys, no white space, integers only.
 *
 * @param {unknown} value
 * @returns {string}
 * @throws {NotCanonical} if the value has no canonical form
 */
export function encode(value) {
  return write(value, 0);
}

/**
 * The value that a canonical text stands for. Its shape is not checked: callers say which one they expect.
 *
 * @param {string} text
 * @returns {unknown}
 * @throws {NotCanonical} if the text is not JSON, or not in its canonical form
 */
export function decode(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new NotCanonical("not JSON", { cause: error });
  }
  if (encode(value) !== text) throw new NotCanonical("not canonical JSON");
  return value;
}

/**
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer>} its UTF-8
 */
export function bytesOf(text) {
  return utf8.encode(text);
}

/**
 * @param {Uint8Array} bytes
 * @returns {string} two lower-case hexadecimal digits a byte
 */
export function hexOf(bytes) {
  let text = "";
  for (const byte of bytes) text += DIGITS[byte];
  return text;
}

/**
 * @param {unknown} text
 * @returns {Uint8Array<ArrayBuffer>}
 * @throws {NotCanonical} if it is not a string of pairs of lower-case hexadecimal digits
 */
export function bytesFromHex(text) {
  if (typeof text !== "string" || !/^([0-9a-f]{2})*$/.test(text)) {
    throw new NotCanonical("not lower-case hexadecimal digits");
  }
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

/**
 * @param {number} number an integer, 0 or more
 * @returns {Uint8Array<ArrayBuffer>} 8 bytes, most significant first
 */
export function u64(number) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(number));
  return bytes;
}

/**
 * @param {unknown} value
 * @param {number} depth levels between the outermost value and this one
 * @returns {string}
 */
function write(value, depth) {
  if (depth > MAX_DEPTH) throw new NotCanonical("nested too deeply");
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") return writeNumber(value);
  if (typeof value === "string") return writeText(value);
  if (Array.isArray(value)) {
    return `[${value.map((item) => write(item, depth + 1)).join(",")}]`;
  }
  if (typeof value === "object") return writeObject(/** @type {Record<string, unknown>} */ (value), depth);
  throw new NotCanonical("a value that JSON does not have");
}

/**
 * @param {Record<string, unknown>} value
 * @param {number} depth
 */
function writeObject(value, depth) {
  const keys = Object.keys(value).sort();
  if (!keys.every((key) => KEY.test(key))) throw new NotCanonical("a key that is not plain");
  return `{${keys.map((key) => `"${key}":${write(value[key], depth + 1)}`).join(",")}}`;
}

/** @param {number} value */
function writeNumber(value) {
  // Object.is, because JSON.stringify would turn -0 into 0 and hide it.
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
    throw new NotCanonical("not an integer within 2^53 - 1");
  }
  return String(value);
}

/** @param {string} value */
function writeText(value) {
  if (!value.isWellFormed()) throw new NotCanonical("a lone surrogate has no UTF-8");
  return JSON.stringify(value);
}
