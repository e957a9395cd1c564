// Reads and verifies a ballot of either format. docs/cryptography.md, sections 4 and 12.

import { contextOf, signing, statementOf, trackerOf } from "./answers.js";
import { ciphertextFromList, weightedTotal } from "./elgamal.js";
import { encode } from "./encode.js";
import { pointFromHex, sha256Hex } from "./group.js";
import { allowedValues, contestsOf, weightsOf } from "./manifest.js";
import { holdsOneOf, holdsPossession, proofFromList, scalarsFromList } from "./proofs.js";
import { exactly, identifier, listOf } from "./shape.js";

/** @import { Encrypted } from "./answers.js" */
/** @import { Contest, Election } from "./manifest.js" */
/** @import { Proof } from "./proofs.js" */

/** A voter on the roll; `keys` are the points, one for each registrar. @typedef {{credential: string, group: string, points: string[]}} Eligible */

/** @typedef {Encrypted & {proofs: bigint[][], sum: bigint[]}} ReadAnswer */

/**
 * @typedef {object} ReadBallot
 * @property {object} value as it was read
 * @property {string} credential
 * @property {ReadAnswer[]} answers
 * @property {Proof[]} signatures
 * @property {string} tracker
 */

const KEYS_1 = /** @type {const} */ (["contests", "credential", "election", "format"]);
const KEYS_2 = /** @type {const} */ ([...KEYS_1, "signatures"]);

/** The ballot is not valid. Codes: election, voter, contests, proof, signature. */
export class BallotInvalid extends Error {
  /**
   * @param {"election" | "voter" | "contests" | "proof" | "signature"} code
   * @param {string} [place] the contest, and the position in it
   */
  constructor(code, place = "") {
    super(`${code} ${place}`.trim());
    this.code = code;
    this.place = place;
  }
}

/**
 * The credential that a ballot names, before anything else of it is read.
 *
 * @param {unknown} value
 * @returns {string}
 */
export function credentialIn(value) {
  return identifier(/** @type {{credential?: unknown} | null} */ (value)?.credential);
}

/**
 * A ballot of the right form, of this election and this voter. Its proofs are checked by verifyBallot().
 *
 * @param {Election} election
 * @param {Eligible} voter
 * @param {unknown} value
 * @returns {ReadBallot}
 * @throws {BallotInvalid | GroupError | Malformed}
 */
export function readBallot(election, voter, value) {
  const { version } = election;
  const fields = exactly(value, version === 2 ? KEYS_2 : KEYS_1);
  if (fields.format !== `facevote-ballot-${version}` || fields.election !== election.fingerprint) {
    throw new BallotInvalid("election");
  }
  if (fields.credential !== voter.credential) throw new BallotInvalid("voter");
  const contests = contestsOf(election, voter.group);
  if (contests.length === 0 || !Array.isArray(fields.contests) || fields.contests.length !== contests.length) {
    throw new BallotInvalid("contests");
  }
  const given = fields.contests;
  const answers = contests.map((contest, i) => readAnswer(contest, given[i]));
  const signatures = version === 2 ? listOf(exactly(value, KEYS_2).signatures, {}, proofFromList) : [];
  const tracker = version === 2 ? trackerOf(election.fingerprint, voter.credential, given) : sha256Hex(encode(value));
  return { value: fields, credential: voter.credential, answers, signatures, tracker };
}

/**
 * @param {Contest} contest
 * @param {unknown} value
 * @returns {ReadAnswer}
 */
function readAnswer(contest, value) {
  const fields = exactly(value, ["ciphertexts", "id", "proofs", "sum"]);
  const size = weightsOf(contest).length;
  if (fields.id !== contest.id) throw new BallotInvalid("contests", contest.id);
  return {
    contest,
    ciphertexts: listOf(fields.ciphertexts, { min: size, max: size }, (item) => ciphertextFromList(item)),
    proofs: listOf(fields.proofs, { min: size, max: size }, scalarsFromList),
    sum: scalarsFromList(fields.sum),
  };
}

/**
 * Returns if all proofs and all signatures of a ballot hold.
 *
 * @param {Election} election
 * @param {Eligible} voter
 * @param {ReadBallot} ballot
 * @throws {BallotInvalid} if not
 */
export function verifyBallot(election, voter, ballot) {
  const context = contextOf(election, ballot.credential, ballot.answers);
  for (const answer of ballot.answers) verifyAnswer(answer, election, context);
  if (election.version === 1) return;
  if (ballot.signatures.length !== voter.points.length) throw new BallotInvalid("signature");
  const unsigned = encode({ ...ballot.value, signatures: [] });
  voter.points.forEach((text, i) => {
    const point = pointFromHex(text);
    if (!holdsPossession(ballot.signatures[i], point, signing(context, unsigned, point))) {
      throw new BallotInvalid("signature");
    }
  });
}

/**
 * @param {ReadAnswer} answer
 * @param {Election} election
 * @param {Uint8Array} context
 */
function verifyAnswer({ contest, ciphertexts, proofs, sum }, { key, version }, context) {
  ciphertexts.forEach((item, i) => {
    const covered = statementOf(version, "selection", context, contest, i, item);
    if (!holdsOneOf(proofs[i], [0, 1], item, key, covered)) throw new BallotInvalid("proof", `${contest.id}/${i}`);
  });
  const weighted = weightedTotal(weightsOf(contest), ciphertexts);
  const statement = statementOf(version, "sum", context, contest, ciphertexts.length, weighted);
  if (!holdsOneOf(sum, allowedValues(contest), weighted, key, statement)) {
    throw new BallotInvalid("proof", contest.id);
  }
}
