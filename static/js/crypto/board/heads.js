// Signed heads, witnesses' statements and receipts. docs/cryptography.md, section 7.

import { bytesFromHex, decode, encode } from "../encode.js";
import { sha256Hex } from "../group.js";
import { printBytes } from "../manifest.js";
import { holdsPossession, proofFromList } from "../proofs.js";
import { exactly, expect, hash, integer } from "../shape.js";
import { hourText } from "../texts.js";

/** @import { Point } from "../group.js" */
/** @import { Election } from "../manifest.js" */
/** @import { Proof } from "../proofs.js" */

/**
 * "The first `count` events of this election end in the event with this `hash`."
 * @typedef {{count: number, hash: string, hour: string, signature: Proof}} Head
 */

/** A head that was published elsewhere; `witness` is who signed it, null for the board. @typedef {Head & {witness: number | null}} Published */

/**
 * @param {Election} election
 * @param {Head} head
 * @returns {boolean} whether the board signed it
 */
export function holdsHead(election, head) {
  return holds(`facevote-${election.version}/head`, election, election.boardKey, head);
}

/**
 * @param {Election} election
 * @param {number} witness from 1
 * @param {Head} head
 * @returns {boolean} whether the witness signed it
 */
export function holdsWitness(election, witness, head) {
  const known = election.witnesses[witness - 1];
  return known !== undefined && holds("facevote-2/witness", election, known.key, head);
}

/**
 * @param {string} tag
 * @param {Election} election
 * @param {Point} key
 * @param {Head} head
 */
function holds(tag, election, key, { count, hash: last, hour, signature }) {
  return holdsPossession(signature, key, [tag, printBytes(election), count, bytesFromHex(last), hour, key]);
}

/**
 * The published heads and witnesses' statements of a file, one on each line.
 *
 * @param {Election} election
 * @param {string} text
 * @returns {Published[]}
 * @throws {Error} if a line is none of this election, or its signature does not hold
 */
export function readPublished(election, text) {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.map((line) => readOne(election, decode(line.trim())));
}

/**
 * @param {Election} election
 * @param {unknown} value
 * @returns {Published}
 */
function readOne(election, value) {
  const { format } = /** @type {{format?: unknown}} */ (value ?? {});
  if (format !== "facevote-witness-2") {
    const head = readHead(election, value);
    expect(holdsHead(election, head), "the board's signature");
    return { ...head, witness: null };
  }
  const fields = exactly(value, ["count", "election", "format", "hash", "hour", "signature", "witness"]);
  expect(fields.election === election.fingerprint, "a statement of this election");
  const witness = integer(fields.witness, 1, election.witnesses.length);
  const head = headFrom(fields);
  expect(holdsWitness(election, witness, head), "the witness's signature");
  return { ...head, witness };
}

/**
 * @param {Election} election
 * @param {unknown} value
 * @returns {Head}
 */
function readHead(election, value) {
  const fields = exactly(value, ["count", "election", "format", "hash", "hour", "signature"]);
  expect(fields.format === `facevote-head-${election.version}`, "a head");
  expect(fields.election === election.fingerprint, "a head of this election");
  return headFrom(fields);
}

/** @param {Record<"count" | "hash" | "hour" | "signature", unknown>} fields */
function headFrom({ count, hash: last, hour, signature }) {
  return { count: integer(count, 1), hash: hash(last), hour: hourText(hour), signature: proofFromList(signature) };
}

/**
 * A receipt whose head is signed and ends in the event of a ballot with this tracker.
 *
 * @param {Election} election
 * @param {string} text
 * @returns {Published & {tracker: string}}
 * @throws {Error} if it is not such a receipt
 */
export function readReceipt(election, text) {
  const receipt = exactly(decode(text.trim()), ["event", "format", "head"]);
  expect(receipt.format === "facevote-receipt-2", "a receipt");
  const head = readHead(election, receipt.head);
  const event = exactly(receipt.event, ["body", "hour", "kind", "prev", "seq"]);
  expect(event.kind === "ballot" && head.count === integer(event.seq, 1) + 1, "the head of a ballot");
  expect(head.hash === sha256Hex(encode(receipt.event)), "the head of this event");
  expect(holdsHead(election, head), "the board's signature");
  const { tracker } = exactly(event.body, ["ballot", "supersedes", "tracker"]);
  return { ...head, witness: null, tracker: hash(tracker) };
}
