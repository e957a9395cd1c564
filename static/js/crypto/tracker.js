// The tracker of a ballot: the hash of its bytes, and the short form that people compare.

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const SHORT_BYTES = 15;

export function human(tracker) {
  let number = BigInt(`0x${tracker.slice(0, 2 * SHORT_BYTES)}`);
  let text = "";
  for (let i = 0; i < (SHORT_BYTES * 8) / 5; i += 1, number >>= 5n) {
    text = ALPHABET[Number(number & 31n)] + text;
  }
  return text.match(/.{4}/g).join("-");
}

// The beginning of the tracker that a typed text names, in hexadecimal, or null.
export function prefixOf(typed) {
  const plain = typed.replace(/[\s-]/g, "");
  if (/^[0-9a-f]{64}$/i.test(plain)) return plain.toLowerCase();
  const short = plain.toUpperCase().replaceAll("O", "0").replace(/[IL]/g, "1");
  if (short.length !== 24 || [...short].some((letter) => !ALPHABET.includes(letter))) return null;
  let number = 0n;
  for (const letter of short) number = (number << 5n) | BigInt(ALPHABET.indexOf(letter));
  return number.toString(16).padStart(2 * SHORT_BYTES, "0");
}
