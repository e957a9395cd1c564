// Audit instead of cast: checks whether an opened ballot says what the voter chose.

import { verifyBallot } from "./ballot.js";
import { ciphertextToList, encrypt } from "./elgamal.js";
import { encode } from "./encode.js";
import { pointFromHex, scalarFromHex, sha256Hex } from "./group.js";

/** @import { Answer, Ballot, OpenedContest, Opening } from "./ballot.js" */
/** @import { Point } from "./group.js" */
/** @import { Contest, Manifest } from "./manifest.js" */

/** The opening does not belong to the ballot. The message is "tracker", "contests" or a contest's id. */
export class OpeningWrong extends Error {}

/**
 * The titles of the selected choices, by contest id ([] for a blank answer).
 *
 * @param {Manifest} manifest
 * @param {Ballot} ballot
 * @param {Opening} opening
 * @returns {Record<string, string[]>}
 * @throws {OpeningWrong} if the opening does not give this ballot
 * @throws {BallotInvalid} if the ballot is not valid
 */
export function checkOpening(manifest, ballot, opening) {
  if (opening.tracker !== sha256Hex(encode(ballot))) throw new OpeningWrong("tracker");
  verifyBallot(manifest, ballot.credential, ballot);
  const key = pointFromHex(manifest.key.public_key);
  if (opening.contests.length !== manifest.contests.length) throw new OpeningWrong("contests");
  return Object.fromEntries(
    manifest.contests.map((contest, i) => {
      checkContest(ballot.contests[i], opening.contests[i], key);
      return [contest.id, selectedTitles(contest, opening.contests[i].selections)];
    }),
  );
}

/**
 * The file that the voter takes to a second device. It holds everything that audit_ballot.py needs.
 *
 * @param {Manifest} manifest
 * @param {Ballot} ballot
 * @param {Opening} opening
 * @returns {string} canonical JSON
 */
export function auditFile(manifest, ballot, opening) {
  return encode({ ballot, format: "facevote-audit-1", manifest, opening });
}

/**
 * @param {Answer} answer
 * @param {OpenedContest} opened
 * @param {Point} key
 */
function checkContest(answer, opened, key) {
  const { selections, randomness } = opened;
  const size = answer.ciphertexts.length;
  if (opened.id !== answer.id || selections.length !== size || randomness.length !== size) {
    throw new OpeningWrong(answer.id);
  }
  answer.ciphertexts.forEach((item, i) => {
    if (selections[i] !== 0 && selections[i] !== 1) throw new OpeningWrong(answer.id);
    const [alpha, beta] = ciphertextToList(encrypt(selections[i], scalarFromHex(randomness[i]), key));
    if (alpha !== item[0] || beta !== item[1]) throw new OpeningWrong(answer.id);
  });
}

/**
 * @param {Contest} contest
 * @param {number[]} selections
 */
function selectedTitles(contest, selections) {
  return contest.choices.filter((_, i) => selections[i] === 1).map(({ title }) => title);
}
