// Canonical JSON and the other encodings of docs/cryptography.md, sections 1 and 2.

const KEY = /^[a-z0-9_]+$/;
const MAX_DEPTH = 12;
const utf8 = new TextEncoder();

export class NotCanonical extends Error {}

export function encode(value) {
  return write(value, 0);
}

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

export function bytesOf(text) {
  return utf8.encode(text);
}

export function hexOf(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function bytesFromHex(text) {
  if (typeof text !== "string" || !/^([0-9a-f]{2})*$/.test(text)) {
    throw new NotCanonical("not lower-case hexadecimal digits");
  }
  return Uint8Array.from({ length: text.length / 2 }, (_, i) =>
    Number.parseInt(text.slice(2 * i, 2 * i + 2), 16),
  );
}

export function u64(number) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(number));
  return bytes;
}

function write(value, depth) {
  if (depth > MAX_DEPTH) throw new NotCanonical("nested too deeply");
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") return writeNumber(value);
  if (typeof value === "string") return writeText(value);
  if (Array.isArray(value)) {
    return `[${value.map((item) => write(item, depth + 1)).join(",")}]`;
  }
  if (typeof value === "object") return writeObject(value, depth);
  throw new NotCanonical("a value that JSON does not have");
}

function writeObject(value, depth) {
  const keys = Object.keys(value).sort();
  if (!keys.every((key) => KEY.test(key))) throw new NotCanonical("a key that is not plain");
  return `{${keys.map((key) => `"${key}":${write(value[key], depth + 1)}`).join(",")}}`;
}

function writeNumber(value) {
  // Object.is: JSON.stringify would turn -0 into 0 and hide it.
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
    throw new NotCanonical("not an integer within 2^53 - 1");
  }
  return String(value);
}

function writeText(value) {
  if (!value.isWellFormed()) throw new NotCanonical("a lone surrogate has no UTF-8");
  return JSON.stringify(value);
}
