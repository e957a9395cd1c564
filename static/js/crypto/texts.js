// The one form of texts that people read, and of hours. docs/cryptography.md, section 2.

import { expect } from "./shape.js";

// Control characters, private use, surrogates, and what never is a character.
const NOT_FOR_TEXT = /[\p{Cc}\p{Co}\p{Cs}\p{Noncharacter_Code_Point}]/u;
// Code points that show nothing or change the direction of writing, from and to.
const INVISIBLE = [
  [0xad], [0x34f], [0x61c], [0x115f, 0x1160], [0x17b4, 0x17b5], [0x180b, 0x180f], [0x200b, 0x200f], [0x2028, 0x202e],
  [0x2060, 0x206f], [0x3164], [0xfe00, 0xfe0f], [0xfeff], [0xffa0], [0xfff0, 0xfffb], [0x1bca0, 0x1bca3],
  [0x1d173, 0x1d17a], [0xe0000, 0xe0fff],
];
const OTHER_SPACE = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/u;
const EDGE_OR_DOUBLE = /^ | $| {2}/;
const MAX_PLAIN = 500;
const MAX_LONG = 5000;
const MOMENT = /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2})Z$/;
const FIRST_YEAR = 2000;

/**
 * @param {unknown} value
 * @param {{max?: number, empty?: boolean}} [options] `empty`: whether it may be ""
 * @returns {string}
 * @throws {Malformed}
 */
export function plainText(value, { max = MAX_PLAIN, empty = false } = {}) {
  expect(typeof value === "string" && isPlain(value, max) && (empty || value !== ""), "a plain text");
  return value;
}

/**
 * A plain text of format 1, which knew no rules on white space and on what shows nothing.
 *
 * @param {unknown} value
 * @param {{max?: number, empty?: boolean}} [options]
 * @returns {string}
 * @throws {Malformed}
 */
export function firstPlainText(value, { max = MAX_PLAIN, empty = false } = {}) {
  expect(typeof value === "string" && isNormal(value, max) && (empty || value !== ""), "a plain text");
  return value;
}

/**
 * @param {unknown} value
 * @returns {string} lines of plain text
 * @throws {Malformed}
 */
export function longText(value) {
  expect(typeof value === "string" && [...value].length <= MAX_LONG, "a long text");
  const lines = value.split("\n");
  const isFramed = lines[0] !== "" && lines.at(-1) !== "";
  expect(isFramed && lines.every((line) => isPlain(line, MAX_LONG)), "a long text");
  return value;
}

/**
 * @param {unknown} value
 * @returns {string} an hour in UTC
 * @throws {Malformed}
 */
export function hourText(value) {
  const text = momentText(value);
  expect(text.endsWith(":00Z"), "a whole hour");
  return text;
}

/**
 * @param {unknown} value
 * @returns {string} a minute in UTC
 * @throws {Malformed}
 */
export function momentText(value) {
  const found = typeof value === "string" ? MOMENT.exec(value) : null;
  expect(found !== null, "a moment");
  const [year, month, day, hour, minute] = found.slice(1).map(Number);
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute));
  // A day or an hour that does not exist becomes another one.
  expect(year >= FIRST_YEAR && date.toISOString().startsWith(found[0].slice(0, -1)), "a moment");
  return found[0];
}

/**
 * A form in which texts are equal that differ only in case or width.
 *
 * @param {string} text
 * @returns {string}
 */
export function folded(text) {
  // Letter by letter, so that no rule for the end of a word applies. The dotless i has no other case.
  const fold = (/** @type {string} */ letter) =>
    letter === "\u0131" ? letter : letter.toLowerCase().toUpperCase().toLowerCase();
  return [...text.normalize("NFKC")].map(fold).join("");
}

/**
 * @param {string} text
 * @param {number} max
 */
function isPlain(text, max) {
  const isShown = !OTHER_SPACE.test(text) && !EDGE_OR_DOUBLE.test(text) && ![...text].some(isInvisible);
  return isNormal(text, max) && isShown;
}

/**
 * @param {string} text
 * @param {number} max
 */
function isNormal(text, max) {
  return [...text].length <= max && text.normalize("NFC") === text && !NOT_FOR_TEXT.test(text);
}

/** @param {string} letter */
function isInvisible(letter) {
  const code = Number(letter.codePointAt(0));
  return INVISIBLE.some(([from, to = from]) => from <= code && code <= to);
}
