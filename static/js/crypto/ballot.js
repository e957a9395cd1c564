// Makes a ballot, and verifies one. docs/cryptography.md, section 4.

import { ciphertextFromList, ciphertextToList, encrypt, weightedTotal } from "./elgamal.js";
import { bytesFromHex, encode } from "./encode.js";
import { digest, pointFromHex, randomScalar, scalarToHex, sha256Hex } from "./group.js";
import { allowedValues, fingerprint, weightsOf } from "./manifest.js";
import { holdsOneOf, proveOneOf, scalarsFromList, scalarsToList } from "./proofs.js";
import { shortTracker } from "./tracker.js";

/** @import { Ciphertext, CiphertextList } from "./elgamal.js" */
/** @import { Point, Statement } from "./group.js" */
/** @import { Contest, Manifest } from "./manifest.js" */

/**
 * What a voter selects, by contest id: the ids of choices, or null for a blank answer.
 * @typedef {Record<string, string[] | null>} Selections
 */

/**
 * The encrypted answer to one contest. Scalars are hexadecimal digits.
 * @typedef {{id: string, ciphertexts: CiphertextList[], proofs: string[][], sum: string[]}} Answer
 */

/** @typedef {{contests: Answer[], credential: string, election: string, format: string}} Ballot */

/** @typedef {{id: string, randomness: string[], selections: number[]}} OpenedContest */

/**
 * What shows the choices in a ballot: the randomness of every ciphertext.
 * @typedef {{contests: OpenedContest[], format: string, tracker: string}} Opening
 */

/**
 * `text` is the canonical JSON of the ballot, `tracker` its SHA-256 and `short` the form that people compare.
 * @typedef {{ballot: Ballot, text: string, tracker: string, short: string, opening: Opening}} MadeBallot
 */

/** @typedef {{key: Point, board: Point, fingerprint: string}} ElectionPoints */

/** @typedef {{contest: Contest, ciphertexts: Ciphertext[]}} Encrypted */

/** @typedef {Encrypted & {bits: number[], randomness: bigint[]}} DrawnAnswer */

/** @typedef {Encrypted & {proofs: bigint[][], sum: bigint[]}} ReadAnswer */

const BIT_VALUES = [0, 1];
// The window for the precomputed multiples of the public key. It pays for itself within one ballot.
const KEY_WINDOW = 6;

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
 * The ballot is not valid. Codes: other-election, other-voter, contests, duplicate-ciphertext,
 * selection-proof, sum-proof.
 */
export class BallotInvalid extends Error {
  /**
   * @param {string} code
   * @param {string} [place] the contest, and the position in it
   */
  constructor(code, place = "") {
    super(`${code} ${place}`.trim());
    this.code = code;
    this.place = place;
  }
}

/**
 * Encrypts the selections and proves that they are valid, without saying what they are.
 *
 * @param {Manifest} manifest
 * @param {string} credential the voter's
 * @param {Selections} selections one entry for each contest
 * @param {(done: number, all: number) => void} [onProgress] called after each proof
 * @returns {MadeBallot}
 * @throws {SelectionRefused} if the selections are not valid
 */
export function encryptBallot(manifest, credential, selections, onProgress = () => {}) {
  const election = pointsOf(manifest);
  checkContests(manifest, selections);
  const drawn = manifest.contests.map((contest) => draw(contest, selections[contest.id], election));
  const context = contextOf(election, credential, drawn);
  const all = drawn.reduce((count, { bits }) => count + bits.length + 1, 0);
  let done = 0;
  const step = () => onProgress((done += 1), all);
  const ballot = {
    contests: drawn.map((answer) => prove(answer, election, context, step)),
    credential,
    election: election.fingerprint,
    format: "facevote-ballot-1",
  };
  const text = encode(ballot);
  const tracker = sha256Hex(text);
  return { ballot, text, tracker, short: shortTracker(tracker), opening: openingOf(drawn, tracker) };
}

/**
 * Returns if the ballot is of this voter and this election and all of its proofs hold.
 *
 * @param {Manifest} manifest
 * @param {string} credential
 * @param {Ballot} ballot
 * @throws {BallotInvalid} if not
 * @throws {GroupError} if a point or a scalar in it is not one
 */
export function verifyBallot(manifest, credential, ballot) {
  const election = pointsOf(manifest);
  if (ballot.election !== election.fingerprint) throw new BallotInvalid("other-election");
  if (ballot.credential !== credential) throw new BallotInvalid("other-voter");
  const answers = readAnswers(manifest, ballot);
  const context = contextOf(election, credential, answers);
  for (const answer of answers) verifyAnswer(answer, election, context);
}

/**
 * @param {Manifest} manifest
 * @returns {ElectionPoints}
 */
function pointsOf(manifest) {
  const key = pointFromHex(manifest.key.public_key);
  key.precompute(KEY_WINDOW, false);
  return { key, board: pointFromHex(manifest.board_key), fingerprint: fingerprint(manifest) };
}

/**
 * @param {Manifest} manifest
 * @param {Selections} selections
 */
function checkContests(manifest, selections) {
  const expected = manifest.contests.map(({ id }) => id);
  const given = Object.keys(selections);
  if (given.length !== expected.length || !expected.every((id) => given.includes(id))) {
    throw new SelectionRefused("contests");
  }
}

/**
 * 1 for each selected choice, else 0; the blank answer is the last.
 *
 * @param {Contest} contest
 * @param {string[] | null} selected
 */
function bitsOf(contest, selected) {
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
 * @param {Contest} contest
 * @param {string[] | null} selected
 * @param {ElectionPoints} election
 * @returns {DrawnAnswer}
 */
function draw(contest, selected, { key }) {
  const bits = bitsOf(contest, selected);
  const randomness = bits.map(() => randomScalar());
  const ciphertexts = bits.map((bit, i) => encrypt(bit, randomness[i], key));
  return { contest, bits, randomness, ciphertexts };
}

/**
 * What every challenge of a ballot covers: election, keys, voter and all ciphertexts.
 *
 * @param {ElectionPoints} election
 * @param {string} credential
 * @param {Encrypted[]} answers
 */
function contextOf({ key, board, fingerprint: hash }, credential, answers) {
  const parts = answers.flatMap(({ contest, ciphertexts }) => [
    contest.id,
    ...ciphertexts.flatMap(({ alpha, beta }) => [alpha, beta]),
  ]);
  return digest("facevote-1/ballot", bytesFromHex(hash), key, board, credential, ...parts);
}

/**
 * @param {"selection" | "sum"} tag
 * @param {Uint8Array} context
 * @param {Contest} contest
 * @param {number} position
 * @param {Ciphertext} ciphertext
 * @returns {Statement}
 */
function statementOf(tag, context, contest, position, { alpha, beta }) {
  return [`facevote-1/${tag}`, context, contest.id, position, alpha, beta];
}

/**
 * @param {DrawnAnswer} answer
 * @param {ElectionPoints} election
 * @param {Uint8Array} context
 * @param {() => void} step
 * @returns {Answer}
 */
function prove({ contest, bits, randomness, ciphertexts }, { key }, context, step) {
  const proofs = ciphertexts.map((item, i) => {
    const covered = statementOf("selection", context, contest, i, item);
    const proof = proveOneOf(BIT_VALUES, bits[i], randomness[i], key, covered);
    step();
    return scalarsToList(proof);
  });
  const weights = weightsOf(contest);
  const weighted = weightedTotal(weights, ciphertexts);
  const statement = statementOf("sum", context, contest, bits.length, weighted);
  const total = bits.reduce((rest, bit, i) => rest + weights[i] * bit, 0);
  const all = randomness.reduce((rest, r, i) => rest + BigInt(weights[i]) * r, 0n);
  const sum = scalarsToList(proveOneOf(allowedValues(contest), total, all, key, statement));
  step();
  return { ciphertexts: ciphertexts.map(ciphertextToList), id: contest.id, proofs, sum };
}

/**
 * @param {DrawnAnswer[]} drawn
 * @param {string} tracker
 * @returns {Opening}
 */
function openingOf(drawn, tracker) {
  const contests = drawn.map(({ contest, bits, randomness }) => ({
    id: contest.id,
    randomness: randomness.map(scalarToHex),
    selections: bits,
  }));
  return { contests, format: "facevote-opening-1", tracker };
}

/**
 * @param {Manifest} manifest
 * @param {Ballot} ballot
 */
function readAnswers(manifest, ballot) {
  if (ballot.contests.length !== manifest.contests.length) throw new BallotInvalid("contests");
  const answers = manifest.contests.map((contest, i) => readAnswer(contest, ballot.contests[i]));
  const alphas = answers.flatMap(({ ciphertexts }) => ciphertexts.map(({ alpha }) => alpha.toHex()));
  if (new Set(alphas).size !== alphas.length) throw new BallotInvalid("duplicate-ciphertext");
  return answers;
}

/**
 * @param {Contest} contest
 * @param {Answer} answer
 * @returns {ReadAnswer}
 */
function readAnswer(contest, answer) {
  const size = weightsOf(contest).length;
  if (answer.id !== contest.id || answer.ciphertexts.length !== size || answer.proofs.length !== size) {
    throw new BallotInvalid("contests");
  }
  return {
    contest,
    ciphertexts: answer.ciphertexts.map((item) => ciphertextFromList(item)),
    proofs: answer.proofs.map(scalarsFromList),
    sum: scalarsFromList(answer.sum),
  };
}

/**
 * @param {ReadAnswer} answer
 * @param {ElectionPoints} election
 * @param {Uint8Array} context
 */
function verifyAnswer({ contest, ciphertexts, proofs, sum }, { key }, context) {
  ciphertexts.forEach((item, i) => {
    const covered = statementOf("selection", context, contest, i, item);
    if (!holdsOneOf(proofs[i], BIT_VALUES, item, key, covered)) {
      throw new BallotInvalid("selection-proof", `${contest.id}/${i}`);
    }
  });
  const weighted = weightedTotal(weightsOf(contest), ciphertexts);
  const statement = statementOf("sum", context, contest, ciphertexts.length, weighted);
  if (!holdsOneOf(sum, allowedValues(contest), weighted, key, statement)) {
    throw new BallotInvalid("sum-proof", contest.id);
  }
}
