// What makers and checkers of ballots share: which answers are allowed, what proofs cover, and trackers.
// docs/cryptography.md, sections 4 and 12.

import { bytesFromHex, encode, hexOf } from "./encode.js";
import { digest, sha256Hex } from "./group.js";
import { printBytes } from "./manifest.js";

/** @import { Ciphertext, CiphertextList } from "./elgamal.js" */
/** @import { Statement } from "./group.js" */
/** @import { Contest, Election } from "./manifest.js" */

/**
 * What a voter selects, by contest id: the ids of choices, or null for a blank answer.
 * @typedef {Record<string, string[] | null>} Selections
 */

/** @typedef {{contest: Contest, ciphertexts: Ciphertext[]}} Encrypted */

/** The selections are not valid in this election. Codes: contests, no-blank, choice, too-few, too-many. */
export class SelectionRefused extends Error {
  /**
   * @param {string} code
   * @param {string} [contest] the id of the contest
   */
  constructor(code, contest) {
    super(`${code} ${contest ?? ""}`.trim());
    this.code = code;
    this.contest = contest;
  }
}

/**
 * 1 for each selected choice, else 0; the blank answer is the last.
 *
 * @param {Contest} contest
 * @param {string[] | null} selected
 * @returns {number[]}
 * @throws {SelectionRefused}
 */
export function bitsOf(contest, selected) {
  if (selected === null) {
    if (!contest.blank) throw new SelectionRefused("no-blank", contest.id);
    return [...contest.choices.map(() => 0), 1];
  }
  /** @type {number[]} */
  const bits = contest.choices.map(({ id }) => (selected.includes(id) ? 1 : 0));
  const count = bits.reduce((total, bit) => total + bit, 0);
  if (count !== selected.length) throw new SelectionRefused("choice", contest.id);
  if (count < contest.min) throw new SelectionRefused("too-few", contest.id);
  if (count > contest.max) throw new SelectionRefused("too-many", contest.id);
  return contest.blank ? [...bits, 0] : bits;
}

/**
 * What every challenge of a ballot covers: election, keys, voter and all ciphertexts.
 *
 * @param {Election} election
 * @param {string} credential
 * @param {Encrypted[]} answers
 * @returns {Uint8Array}
 */
export function contextOf(election, credential, answers) {
  const parts = answers.flatMap(({ contest, ciphertexts }) => [
    contest.id,
    ...ciphertexts.flatMap(({ alpha, beta }) => [alpha, beta]),
  ]);
  const { version, key, boardKey } = election;
  return digest(`facevote-${version}/ballot`, printBytes(election), key, boardKey, credential, ...parts);
}

/**
 * @param {1 | 2} version
 * @param {"selection" | "sum"} tag
 * @param {Uint8Array} context
 * @param {Contest} contest
 * @param {number} position
 * @param {Ciphertext} ciphertext
 * @returns {Statement}
 */
export function statementOf(version, tag, context, contest, position, { alpha, beta }) {
  return [`facevote-${version}/${tag}`, context, contest.id, position, alpha, beta];
}

/**
 * What a voter signs under the point of a registrar.
 *
 * @param {Uint8Array} context
 * @param {string} unsigned canonical JSON of the ballot without signatures
 * @param {Uint8Array} point
 * @returns {Statement}
 */
export function signing(context, unsigned, point) {
  return ["facevote-2/ballot-signature", context, bytesFromHex(sha256Hex(unsigned)), point];
}

/**
 * The tracker of a ballot of format 2. It names what was encrypted, not the proofs.
 *
 * @param {string} fingerprint
 * @param {string} credential
 * @param {{id: string, ciphertexts: CiphertextList[]}[]} contests
 * @returns {string}
 */
export function trackerOf(fingerprint, credential, contests) {
  const encrypted = contests.map(({ id, ciphertexts }) => ({ ciphertexts, id }));
  return sha256Hex(encode({ contests: encrypted, credential, election: fingerprint, format: "facevote-tracker-2" }));
}

/**
 * @param {Ciphertext[]} ciphertexts
 * @returns {CiphertextList[]}
 */
export function listsOf(ciphertexts) {
  return ciphertexts.map(({ alpha, beta }) => [hexOf(alpha), hexOf(beta)]);
}
