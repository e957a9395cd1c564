// People compare the short form of a tracker or a fingerprint: six groups of four signs.

import { readSigns, writeSigns } from "./signs.js";

const SHORT_BYTES = 15;
const SHORT_LETTERS = (SHORT_BYTES * 8) / 5;
const GROUP = 4;

/**
 * @param {string} tracker 64 hexadecimal digits
 * @returns {string} six groups of four letters and digits, with hyphens between them
 */
export function shortTracker(tracker) {
  const text = writeSigns(BigInt(`0x${tracker.slice(0, 2 * SHORT_BYTES)}`), SHORT_LETTERS);
  return Array.from({ length: SHORT_LETTERS / GROUP }, (_, i) => text.slice(GROUP * i, GROUP * (i + 1))).join("-");
}

/**
 * The beginning of the tracker that a person typed, in short or in full. Spaces, hyphens, small letters
 * and the letters O, I and L for 0 and 1 are allowed for.
 *
 * @param {string} typed
 * @returns {string | null} 30 or 64 hexadecimal digits; null if the text is no tracker
 */
export function trackerPrefix(typed) {
  const plain = typed.replace(/[\s-]/g, "");
  if (/^[0-9a-f]{64}$/i.test(plain)) return plain.toLowerCase();
  const short = plain.toUpperCase().replaceAll("O", "0").replace(/[IL]/g, "1");
  const number = short.length === SHORT_LETTERS ? readSigns(short) : null;
  return number === null ? null : number.toString(16).padStart(2 * SHORT_BYTES, "0");
}
