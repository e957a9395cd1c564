// The one form of texts that people read, and of hours. docs/cryptography.md, section 2.

import { expect } from "./shape.js";

const CONTROL = /[\u0000-\u001f\u007f-\u009f]/u;
const NOT_FOR_TEXT = /[\p{Co}\p{Cs}\p{Noncharacter_Code_Point}]/u;
const INVISIBLE = new RegExp(
  "[\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f" +
    "\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}" +
    "\\u{e0000}-\\u{e0fff}]",
  "u",
);
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
  return (
    [...text].length <= max &&
    text.normalize("NFC") === text &&
    ![CONTROL, NOT_FOR_TEXT, INVISIBLE, OTHER_SPACE, EDGE_OR_DOUBLE].some((bad) => bad.test(text))
  );
}
