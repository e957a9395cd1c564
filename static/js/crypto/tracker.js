// The tracker of a ballot is the hash of its bytes. People compare a short form of it.

// Crockford's base 32.
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const SHORT_BYTES = 15;
const SHORT_LETTERS = (SHORT_BYTES * 8) / 5;
const GROUP = 4;

/**
 * @param {string} tracker 64 hexadecimal digits
 * @returns {string} six groups of four letters and digits, with hyphens between them
 */
export function shortTracker(tracker) {
  let number = BigInt(`0x${tracker.slice(0, 2 * SHORT_BYTES)}`);
  let text = "";
  for (let i = 0; i < SHORT_LETTERS; i += 1, number >>= 5n) {
    text = ALPHABET[Number(number & 31n)] + text;
  }
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
  if (short.length !== SHORT_LETTERS || [...short].some((letter) => !ALPHABET.includes(letter))) return null;
  let number = 0n;
  for (const letter of short) number = (number << 5n) | BigInt(ALPHABET.indexOf(letter));
  return number.toString(16).padStart(2 * SHORT_BYTES, "0");
}
