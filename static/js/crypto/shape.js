// Checks the shape of JSON values that somebody else made. What these functions return has that shape.

/** The value does not have the expected shape, or a number or a text in it is not allowed. */
export class Malformed extends Error {}

const IDENTIFIER = /^[a-z0-9][a-z0-9-]{0,63}$/;
const DIGEST = /^[0-9a-f]{64}$/;

/**
 * @param {boolean} holds
 * @param {string} what is expected
 * @returns {asserts holds}
 */
export function expect(holds, what) {
  if (!holds) throw new Malformed(what);
}

/**
 * An object that has exactly these keys.
 *
 * @template {string} Key
 * @param {unknown} value
 * @param {readonly Key[]} keys
 * @returns {Record<Key, unknown>}
 */
export function exactly(value, keys) {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  const given = isObject ? Object.keys(value) : [];
  const fits = isObject && given.length === keys.length && keys.every((key) => Object.hasOwn(value, key));
  expect(fits, `an object with the keys ${keys.join(" ")}`);
  return /** @type {Record<Key, unknown>} */ (value);
}

/**
 * @template Item
 * @param {unknown} value a list
 * @param {{min?: number, max?: number}} size
 * @param {(item: unknown, place: number) => Item} read
 * @returns {Item[]}
 */
export function listOf(value, { min = 0, max = Infinity }, read) {
  expect(Array.isArray(value) && value.length >= min && value.length <= max, `a list of ${min} to ${max}`);
  return value.map(read);
}

/**
 * @param {unknown} value
 * @param {number} min
 * @param {number} [max]
 * @returns {number}
 */
export function integer(value, min, max = Number.MAX_SAFE_INTEGER) {
  expect(typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max, "an integer");
  return value;
}

/**
 * @param {unknown} value
 * @returns {boolean}
 */
export function flag(value) {
  expect(typeof value === "boolean", "true or false");
  return value;
}

/**
 * @param {unknown} value
 * @returns {string}
 */
export function identifier(value) {
  expect(typeof value === "string" && IDENTIFIER.test(value), "an identifier");
  return value;
}

/**
 * @param {unknown} value
 * @returns {string} a SHA-256
 */
export function hash(value) {
  expect(typeof value === "string" && DIGEST.test(value), "64 digits");
  return value;
}

/**
 * @template {string} Word
 * @param {unknown} value
 * @param {readonly Word[]} words
 * @returns {Word}
 */
export function oneOf(value, words) {
  expect(words.includes(/** @type {Word} */ (value)), words.join(" or "));
  return /** @type {Word} */ (value);
}

/**
 * @param {unknown[]} values texts or numbers
 * @returns {boolean}
 */
export function areDifferent(values) {
  return new Set(values).size === values.length;
}

/**
 * Whether the texts stand in the order of their code points, none twice.
 *
 * @param {readonly string[]} texts
 * @returns {boolean}
 */
export function areSorted(texts) {
  return texts.every((text, i) => i === 0 || comparePoints(texts[i - 1], text) < 0);
}

/**
 * Compares by code points; `<` of JavaScript compares by halves of surrogate pairs.
 *
 * @param {string} one
 * @param {string} other
 * @returns {number}
 */
function comparePoints(one, other) {
  const [left, right] = [[...one], [...other]];
  for (let i = 0; i < Math.min(left.length, right.length); i += 1) {
    const difference = Number(left[i].codePointAt(0)) - Number(right[i].codePointAt(0));
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
