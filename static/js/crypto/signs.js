// Crockford's base 32: 32 signs that are not taken for each other.

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * @param {bigint} number
 * @param {number} length how many signs
 * @returns {string}
 */
export function writeSigns(number, length) {
  let text = "";
  for (let i = 0, rest = number; i < length; i += 1, rest >>= 5n) text = ALPHABET[Number(rest & 31n)] + text;
  return text;
}

/**
 * @param {string} text large letters and digits
 * @returns {bigint | null} null if one of them is no sign
 */
export function readSigns(text) {
  let number = 0n;
  for (const sign of text) {
    const value = ALPHABET.indexOf(sign);
    if (value < 0) return null;
    number = (number << 5n) | BigInt(value);
  }
  return number;
}
