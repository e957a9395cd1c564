// The manifest of an election: everything that is fixed before it opens. docs/cryptography.md, section 3.

import { encode } from "./encode.js";
import { sha256Hex } from "./group.js";

/** @import { ProofList } from "./proofs.js" */

/** @typedef {{id: string, title: string}} Choice */

/**
 * `min` and `max` are the numbers of choices that may be selected; `blank` is whether a blank answer may be given.
 * @typedef {{id: string, title: string, choices: Choice[], min: number, max: number, blank: boolean}} Contest
 */

/** @typedef {{name: string, commitments: string[], proof: ProofList, confirmation: ProofList}} TrusteeKey */

/** @typedef {{mode: string, public_key: string, threshold: number, trustees: TrusteeKey[]}} ElectionKey */

/**
 * @typedef {object} Manifest
 * @property {string} board_key
 * @property {Contest[]} contests
 * @property {string} format
 * @property {string} id
 * @property {ElectionKey} key
 * @property {boolean} revote
 * @property {string} roll
 * @property {string} title
 * @property {string} voters
 */

/**
 * @param {Manifest} manifest
 * @returns {string} 64 lower-case hexadecimal digits
 */
export function fingerprint(manifest) {
  return sha256Hex(encode(manifest));
}

/**
 * The weight of each ciphertext of a contest in its weighted sum. The blank ciphertext is the last.
 *
 * @param {Contest} contest
 * @returns {number[]}
 */
export function weightsOf(contest) {
  const ones = contest.choices.map(() => 1);
  return contest.blank ? [...ones, contest.choices.length + 1] : ones;
}

/**
 * The values that the weighted sum of a valid answer may have.
 *
 * @param {Contest} contest
 * @returns {number[]}
 */
export function allowedValues(contest) {
  const values = [];
  for (let value = contest.min; value <= contest.max; value += 1) values.push(value);
  return contest.blank ? [...values, contest.choices.length + 1] : values;
}
