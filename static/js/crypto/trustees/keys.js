// Whether the key of an election is the one that its trustees made. docs/cryptography.md, section 8, number 3.

import { same } from "../group.js";
import { holdsPossession } from "../proofs.js";
import { areDifferent } from "../shape.js";
import { TrusteeRefused } from "./refusals.js";
import {
  confirmation,
  firstConfirmation,
  jointCommitments,
  possession,
  registrationsOf,
  transcriptOf,
  transportPossession,
  verificationKey,
} from "./statements.js";

/** @import { Point } from "../group.js" */
/** @import { TrusteeKey } from "../election-key.js" */
/** @import { Election } from "../manifest.js" */
/** @import { Place } from "./statements.js" */

/**
 * Returns if every proof of every trustee holds and the election's key is the sum of their parts.
 *
 * @param {Election} election
 * @throws {TrusteeRefused} with the fault "proof" and a trustee, "repeated" or "key"
 */
export function verifyKeys(election) {
  const { trustees, version } = election;
  if (version === 2) expectFreshKeys(trustees);
  const joint = jointCommitments(trustees);
  const transcript = version === 2 ? transcriptOf(registrationsOf(election)) : null;
  trustees.forEach((trustee, i) => {
    const place = placeOf(election, i + 1);
    if (!holdsRegistration(place, trustee) || !holdsConfirmation(election, place, transcript, joint)) {
      throw new TrusteeRefused("proof", i + 1);
    }
  });
  if (!same(joint[0], election.key)) throw new TrusteeRefused("key");
}

/**
 * @param {Election} election
 * @param {number} index
 * @returns {Place}
 */
export function placeOf({ id, threshold, trustees }, index) {
  const ceremony = { election: id, threshold, trustees: trustees.length };
  return { ceremony, index, round: trustees[index - 1].round };
}

/** @param {{commitments: Uint8Array[], transportKey: Uint8Array | null, round: string | null}[]} trustees */
export function expectFreshKeys(trustees) {
  const lists = [
    trustees.map(({ commitments }) => commitments[0].join()),
    trustees.map(({ transportKey }) => String(transportKey?.join())),
    trustees.map(({ round }) => round),
  ];
  if (!lists.every(areDifferent)) throw new TrusteeRefused("repeated");
}

/**
 * Whether the proofs of possession hold.
 *
 * @param {Place} place
 * @param {Omit<TrusteeKey, "name" | "confirmation">} trustee
 * @returns {boolean}
 */
export function holdsRegistration(place, { commitments, proof, transportKey, transportProof }) {
  const isProven = holdsPossession(proof, commitments[0], possession(place, commitments, transportKey));
  if (!transportKey || !transportProof) return isProven;
  return isProven && holdsPossession(transportProof, transportKey, transportPossession(place, commitments, transportKey));
}

/**
 * @param {Election} election
 * @param {Place} place
 * @param {string | null} transcript null in format 1
 * @param {Point[]} joint
 */
function holdsConfirmation({ trustees }, place, transcript, joint) {
  const key = verificationKey(place.index, joint);
  const commitments = trustees.map((trustee) => trustee.commitments);
  const statement = transcript ? confirmation(place, transcript, key) : firstConfirmation(place, commitments, key);
  return holdsPossession(trustees[place.index - 1].confirmation, key, statement);
}
