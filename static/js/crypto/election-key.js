// The key of an election in its manifest: who holds which part. docs/cryptography.md, section 3.

import { pointFromHex } from "./group.js";
import { proofFromList } from "./proofs.js";
import { areDifferent, exactly, expect, integer, listOf, oneOf } from "./shape.js";
import { firstPlainText, plainText } from "./texts.js";

/** @import { Point } from "./group.js" */
/** @import { Proof } from "./proofs.js" */

/**
 * `round`, `transportKey` and `transportProof` are null in format 1.
 *
 * @typedef {object} TrusteeKey
 * @property {string} name
 * @property {Point[]} commitments
 * @property {Proof} proof
 * @property {Proof} confirmation
 * @property {string | null} round
 * @property {Point | null} transportKey
 * @property {Proof | null} transportProof
 */

/** @typedef {{mode: "trustees" | "server", key: Point, threshold: number, trustees: TrusteeKey[]}} ElectionKey */

const NAME = { max: 200 };
const MAX_TRUSTEES = 50;
const ROUND = /^[0-9a-f]{32}$/;

/**
 * @param {unknown} value
 * @param {1 | 2} version
 * @returns {ElectionKey}
 * @throws {Malformed | GroupError}
 */
export function readKey(value, version) {
  const fields = exactly(value, ["mode", "public_key", "threshold", "trustees"]);
  const mode = oneOf(fields.mode, /** @type {const} */ (["trustees", "server"]));
  const most = mode === "server" ? 1 : MAX_TRUSTEES;
  const amount = Array.isArray(fields.trustees) ? fields.trustees.length : 0;
  const threshold = integer(fields.threshold, 1, amount);
  const trustees = listOf(fields.trustees, { min: 1, max: most }, (item) => readTrustee(item, threshold, version));
  expect(version === 1 || areDifferent(trustees.map(({ name }) => name)), "different trustees");
  return { mode, key: pointFromHex(fields.public_key), threshold, trustees };
}

const TRUSTEE_1 = /** @type {const} */ (["commitments", "confirmation", "name", "proof"]);
const TRUSTEE_2 = /** @type {const} */ ([...TRUSTEE_1, "round", "transport_key", "transport_proof"]);

/**
 * @param {unknown} value
 * @param {number} threshold
 * @param {1 | 2} version
 * @returns {TrusteeKey}
 */
function readTrustee(value, threshold, version) {
  const fields = exactly(value, version === 2 ? TRUSTEE_2 : TRUSTEE_1);
  const shared = {
    name: version === 1 ? firstPlainText(fields.name, NAME) : plainText(fields.name, NAME),
    commitments: listOf(fields.commitments, { min: threshold, max: threshold }, (item) => pointFromHex(item)),
    proof: proofFromList(fields.proof),
    confirmation: proofFromList(fields.confirmation),
  };
  if (version === 1) return { ...shared, round: null, transportKey: null, transportProof: null };
  const second = exactly(value, TRUSTEE_2);
  return {
    ...shared,
    round: roundText(second.round),
    transportKey: pointFromHex(second.transport_key),
    transportProof: proofFromList(second.transport_proof),
  };
}

/**
 * @param {unknown} value
 * @returns {string} 32 hexadecimal digits
 * @throws {Malformed}
 */
export function roundText(value) {
  expect(typeof value === "string" && ROUND.test(value), "32 digits");
  return value;
}
