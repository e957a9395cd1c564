// The file that a trustee keeps. docs/cryptography.md, section 5. It is made here and never sent.

import { bytesFromHex, decode, encode, hexOf } from "../encode.js";
import { exactly, expect, hash, identifier, integer, listOf } from "../shape.js";
import { roundText } from "../election-key.js";
import { readShare } from "./messages.js";
import { TrusteeRefused } from "./refusals.js";

/** @import { Place } from "./statements.js" */
/** @import { Ceremony, SealedShare } from "./messages.js" */

/** The hashes of a `close` event and of the body of a `tally`. @typedef {{close: string, tally: string}} Decrypted */

/**
 * `transcript` is set when shares are sent, `fingerprint` and `shares` by the key check, `decrypted` by the count.
 *
 * @typedef {object} KeyFile
 * @property {Decrypted | null} decrypted
 * @property {string} election
 * @property {string | null} fingerprint
 * @property {string} format
 * @property {number} index
 * @property {string} round
 * @property {string} seed
 * @property {SealedShare[] | null} shares
 * @property {number} threshold
 * @property {string | null} transcript
 * @property {number} trustees
 */

const FORMAT = "facevote-trustee-key-2";
const SEED_BYTES = 32;
const ROUND_BYTES = 16;
const MAX_TRUSTEES = 50;
const KEYS = /** @type {const} */ ([
  "decrypted", "election", "fingerprint", "format", "index", "round", "seed", "shares", "threshold", "transcript",
  "trustees",
]);

/**
 * A fresh seed and a fresh round. Every registration has its own, also when a ceremony begins anew.
 *
 * @param {Ceremony} ceremony
 * @param {number} index the trustee's number
 * @returns {KeyFile}
 */
export function newKeyFile({ election, threshold, trustees }, index) {
  return {
    decrypted: null,
    election,
    fingerprint: null,
    format: FORMAT,
    index,
    round: hexOf(crypto.getRandomValues(new Uint8Array(ROUND_BYTES))),
    seed: hexOf(crypto.getRandomValues(new Uint8Array(SEED_BYTES))),
    shares: null,
    threshold,
    transcript: null,
    trustees,
  };
}

/**
 * @param {string} text
 * @returns {KeyFile}
 * @throws {TrusteeRefused} with the fault "file" if it is no key file
 */
export function readKeyFile(text) {
  try {
    return keyFileFrom(decode(text.trim()));
  } catch (error) {
    throw new TrusteeRefused("file", 0, { cause: error });
  }
}

/**
 * @param {KeyFile} file
 * @returns {string} its canonical JSON
 */
export function keyFileText(file) {
  return encode(file);
}

/**
 * @param {KeyFile} file
 * @returns {Ceremony}
 */
export function ceremonyOf({ election, threshold, trustees }) {
  return { election, threshold, trustees };
}

/**
 * @param {KeyFile} file
 * @returns {Place}
 */
export function placeOfFile(file) {
  return { ceremony: ceremonyOf(file), index: file.index, round: file.round };
}

/**
 * @param {unknown} value
 * @returns {KeyFile}
 */
function keyFileFrom(value) {
  const fields = exactly(value, KEYS);
  expect(fields.format === FORMAT, "a key file");
  expect(bytesFromHex(fields.seed).length === SEED_BYTES, "a seed");
  const trustees = integer(fields.trustees, 1, MAX_TRUSTEES);
  return {
    decrypted: fields.decrypted === null ? null : decryptedFrom(fields.decrypted),
    election: identifier(fields.election),
    fingerprint: fields.fingerprint === null ? null : hash(fields.fingerprint),
    format: FORMAT,
    index: integer(fields.index, 1, trustees),
    round: roundText(fields.round),
    seed: String(fields.seed),
    shares: fields.shares === null ? null : listOf(fields.shares, { min: trustees, max: trustees }, readShare),
    threshold: integer(fields.threshold, 1, trustees),
    transcript: fields.transcript === null ? null : hash(fields.transcript),
    trustees,
  };
}

/** @param {unknown} value */
function decryptedFrom(value) {
  const { close, tally } = exactly(value, ["close", "tally"]);
  return { close: hash(close), tally: hash(tally) };
}
