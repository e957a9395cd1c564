import { readFileSync } from "node:fs";

/** @import { Ballot, Opening } from "../../../static/js/crypto/ballot.js" */
/** @import { PublishedHead } from "../../../static/js/crypto/chain.js" */
/** @import { PartialDecryption, Tally } from "../../../static/js/crypto/decryption.js" */
/** @import { Manifest } from "../../../static/js/crypto/manifest.js" */
/** @import { Ceremony, Confirmation, Registration, SealedShare } from "../../../static/js/crypto/trustee.js" */

/**
 * What the server's half made. `shares` has a row for each sender; `seeds` and `keys` are hexadecimal digits.
 *
 * @typedef {object} TrusteeVectors
 * @property {Ceremony} ceremony
 * @property {string[]} seeds
 * @property {Registration[]} registrations
 * @property {SealedShare[][]} shares
 * @property {Confirmation[]} confirmations
 * @property {string[]} keys
 */

/**
 * @typedef {object} Vectors
 * @property {Manifest} manifest
 * @property {string} fingerprint
 * @property {Ballot} ballot
 * @property {Opening} opening
 * @property {Record<string, string[]>} selected
 * @property {string} short
 * @property {string} board
 * @property {string} board_tracker
 * @property {PublishedHead} head
 * @property {{text: string, scalar: string, point: string}[]} hashes
 * @property {{value: string, json: string}[]} texts
 * @property {TrusteeVectors} trustees
 * @property {Tally} tally
 * @property {PartialDecryption} partial
 */

/** @type {Vectors} */
export const vectors = JSON.parse(
  readFileSync(new URL("../../vectors/python.json", import.meta.url), "utf8"),
);

/**
 * @template Value
 * @param {Value} value
 * @returns {Value}
 */
export const copy = (value) => structuredClone(value);
