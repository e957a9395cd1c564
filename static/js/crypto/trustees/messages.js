// The messages between trustees, read strictly. docs/cryptography.md, section 5. They are plain objects, ready for
// encode(). Trustees are numbered from 1.

import { pointFromHex, scalarFromHex, scalarToBytes } from "../group.js";
import { roundText } from "../election-key.js";
import { proofFromList } from "../proofs.js";
import { exactly, expect, hash, identifier, integer, listOf } from "../shape.js";

/** @import { Point } from "../group.js" */
/** @import { Proof, ProofList } from "../proofs.js" */

/**
 * `trustees` is how many there are, `threshold` how many are needed to decrypt.
 * @typedef {{election: string, threshold: number, trustees: number}} Ceremony
 */

/**
 * The first message: the commitments to the trustee's polynomial, and the key that shares are sealed for.
 *
 * @typedef {object} Registration
 * @property {string[]} commitments
 * @property {string} election
 * @property {string} format
 * @property {number} index
 * @property {ProofList} proof
 * @property {string} round
 * @property {number} threshold
 * @property {string} transport_key
 * @property {ProofList} transport_proof
 * @property {number} trustees
 */

/**
 * The second message: a share of the key of trustee `from`, sealed for trustee `to` and signed.
 *
 * @typedef {object} SealedShare
 * @property {string} election
 * @property {string} format
 * @property {number} from
 * @property {string} nonce
 * @property {string} sealed
 * @property {ProofList} signature
 * @property {number} to
 * @property {string} transcript
 */

/**
 * The third message: a proof that the sender knows its share of the election key.
 * @typedef {{election: string, format: string, index: number, proof: ProofList, transcript: string}} Confirmation
 */

/**
 * The other third message: what a share that its sender signed opens to, with a proof.
 *
 * @typedef {object} Complaint
 * @property {string} election
 * @property {string} format
 * @property {ProofList} proof
 * @property {SealedShare} share
 * @property {string} shared
 * @property {string} transcript
 */

/**
 * A registration with its points.
 *
 * @typedef {object} ReadRegistration
 * @property {Registration} message
 * @property {Point[]} commitments
 * @property {Point} transportKey
 * @property {string} round
 * @property {Proof} proof
 * @property {Proof} transportProof
 */

/** What a share seals and who signed it. @typedef {{from: number, to: number, nonce: Point, sealed: Uint8Array}} SharePoints */

const REGISTRATION = /** @type {const} */ ([
  "commitments", "election", "format", "index", "proof", "round", "threshold", "transport_key", "transport_proof",
  "trustees",
]);
const SHARE = /** @type {const} */ (["election", "format", "from", "nonce", "sealed", "signature", "to", "transcript"]);
const MAX_TRUSTEES = 50;

/**
 * @param {unknown} value
 * @param {Ceremony} ceremony
 * @param {number} index
 * @returns {ReadRegistration}
 * @throws {Malformed | GroupError} if it is not this trustee's in this ceremony, or has another form
 */
export function readRegistration(value, { election, threshold, trustees }, index) {
  const fields = exactly(value, REGISTRATION);
  expect(fields.format === "facevote-trustee-2" && fields.election === election, "a registration of this election");
  expect(fields.threshold === threshold && fields.trustees === trustees, "a registration of this ceremony");
  expect(fields.index === index, "this trustee's registration");
  return {
    message: /** @type {Registration} */ (/** @type {unknown} */ (fields)),
    commitments: listOf(fields.commitments, { min: threshold, max: threshold }, (item) => pointFromHex(item)),
    transportKey: pointFromHex(fields.transport_key),
    round: roundText(fields.round),
    proof: proofFromList(fields.proof),
    transportProof: proofFromList(fields.transport_proof),
  };
}

/**
 * @param {unknown} value
 * @returns {SealedShare}
 * @throws {Malformed | GroupError}
 */
export function readShare(value) {
  const fields = exactly(value, SHARE);
  expect(fields.format === "facevote-share-2", "a share");
  identifier(fields.election);
  integer(fields.from, 1, MAX_TRUSTEES);
  integer(fields.to, 1, MAX_TRUSTEES);
  hash(fields.transcript);
  pointFromHex(fields.nonce);
  scalarFromHex(fields.sealed);
  proofFromList(fields.signature);
  return /** @type {SealedShare} */ (/** @type {unknown} */ (fields));
}

/**
 * @param {SealedShare} share
 * @returns {SharePoints}
 */
export function pointsOfShare({ from, to, nonce, sealed }) {
  return { from, to, nonce: pointFromHex(nonce), sealed: scalarToBytes(scalarFromHex(sealed)) };
}
