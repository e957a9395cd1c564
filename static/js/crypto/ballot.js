// Makes a ballot. docs/cryptography.md, section 4.

import { SelectionRefused, bitsOf, contextOf, listsOf, signing, statementOf, trackerOf } from "./answers.js";
import { credentialOf } from "./codes.js";
import { encrypt, weightedTotal } from "./elgamal.js";
import { encode, hexOf } from "./encode.js";
import { hashToScalar } from "./group.js";
import { allowedValues, contestsOf, printBytes, weightsOf } from "./manifest.js";
import { proofToList, proveOneOf, provePossession, scalarsToList } from "./proofs.js";
import { shortTracker } from "./tracker.js";

/** @import { Encrypted, Selections } from "./answers.js" */
/** @import { CiphertextList } from "./elgamal.js" */
/** @import { Contest, Election } from "./manifest.js" */
/** @import { ProofList } from "./proofs.js" */

/**
 * The encrypted answer to one contest. Scalars are hexadecimal digits.
 * @typedef {{ciphertexts: CiphertextList[], id: string, proofs: string[][], sum: string[]}} Answer
 */

/**
 * @typedef {object} Ballot
 * @property {Answer[]} contests
 * @property {string} credential
 * @property {string} election
 * @property {string} format
 * @property {ProofList[]} signatures
 */

/**
 * The voter's row of the roll, and the codes of the registrars' letters in their order: without registrars there are
 * none. `keys` is the second registrar's point.
 *
 * @typedef {{credential: string, group: string, keys: string[], codes: Uint8Array[]}} Voter
 */

/**
 * `text` is the canonical JSON of the ballot, `short` the form of the tracker that people compare, `seed` 64 digits
 * that open the ballot.
 * @typedef {{text: string, tracker: string, short: string, seed: string}} MadeBallot
 */

/** @typedef {Encrypted & {bits: number[], randomness: bigint[]}} DrawnAnswer */

const SEED_BYTES = 32;

/** The codes that were given are not those of this voter. */
export class CodeOfAnother extends Error {}

/**
 * Encrypts the selections and proves that they are valid, without saying what they are.
 *
 * @param {Election} election whose keys were verified
 * @param {Voter} voter
 * @param {Selections} selections one entry for each contest of the voter's group
 * @param {(done: number, all: number) => void} [onProgress] called after each proof
 * @returns {MadeBallot}
 * @throws {SelectionRefused} if the selections are not valid
 * @throws {CodeOfAnother} if the codes do not make the voter's credential
 */
export function encryptBallot(election, voter, selections, onProgress = () => {}) {
  const keys = signingKeys(election, voter);
  const seed = crypto.getRandomValues(new Uint8Array(SEED_BYTES));
  const drawn = drawAll(election, voter, seed, selections);
  const context = contextOf(election, voter.credential, drawn);
  const all = drawn.reduce((count, { bits }) => count + bits.length + 1, 0);
  let done = 0;
  const step = () => onProgress((done += 1), all);
  const ballot = {
    contests: drawn.map((answer) => prove(answer, election, context, step)),
    credential: voter.credential,
    election: election.fingerprint,
    format: "facevote-ballot-2",
    signatures: /** @type {ProofList[]} */ ([]),
  };
  const unsigned = encode(ballot);
  ballot.signatures = keys.map(({ secret, point }) => proofToList(provePossession(secret, signing(context, unsigned, point))));
  const tracker = trackerOf(election.fingerprint, voter.credential, ballot.contests);
  return { text: encode(ballot), tracker, short: shortTracker(tracker), seed: hexOf(seed) };
}

/**
 * The secrets behind the voter's points, one for each registrar.
 *
 * @param {Election} election
 * @param {Voter} voter
 * @returns {{secret: bigint, point: Uint8Array}[]}
 * @throws {CodeOfAnother} if the codes do not make the points on the roll
 */
function signingKeys({ id, registrars }, { credential, keys, codes }) {
  if (codes.length !== registrars.length) throw new CodeOfAnother("a code for each registrar");
  const made = codes.map((code, i) => credentialOf(id, i + 1, code));
  const isOwn = made.every(({ point }, i) => hexOf(point) === [credential, ...keys][i]);
  if (!isOwn) throw new CodeOfAnother("another voter's code");
  return made;
}

/**
 * The ciphertexts of a ballot. They follow from the seed and the selections alone.
 *
 * @param {Election} election
 * @param {{credential: string, group: string}} voter
 * @param {Uint8Array} seed
 * @param {Selections} selections
 * @returns {DrawnAnswer[]}
 */
function drawAll(election, { credential, group }, seed, selections) {
  const contests = contestsOf(election, group);
  const given = Object.keys(selections);
  if (contests.length === 0 || given.length !== contests.length || !contests.every(({ id }) => given.includes(id))) {
    throw new SelectionRefused("contests");
  }
  return contests.map((contest) => draw(election, credential, seed, contest, bitsOf(contest, selections[contest.id])));
}

/**
 * @param {Election} election
 * @param {string} credential
 * @param {Uint8Array} seed
 * @param {Contest} contest
 * @param {number[]} bits
 * @returns {DrawnAnswer}
 */
export function draw(election, credential, seed, contest, bits) {
  const print = printBytes(election);
  const randomness = bits.map((_, position) =>
    hashToScalar("facevote-2/randomness", seed, print, credential, contest.id, position),
  );
  const ciphertexts = bits.map((bit, i) => encrypt(bit, randomness[i], election.key));
  return { contest, bits, randomness, ciphertexts };
}

/**
 * @param {DrawnAnswer} answer
 * @param {Election} election
 * @param {Uint8Array} context
 * @param {() => void} step
 * @returns {Answer}
 */
function prove({ contest, bits, randomness, ciphertexts }, { key, version }, context, step) {
  const proofs = ciphertexts.map((item, i) => {
    const covered = statementOf(version, "selection", context, contest, i, item);
    const proof = proveOneOf([0, 1], bits[i], randomness[i], key, covered);
    step();
    return scalarsToList(proof);
  });
  const weights = weightsOf(contest);
  const weighted = weightedTotal(weights, ciphertexts);
  const statement = statementOf(version, "sum", context, contest, bits.length, weighted);
  const total = bits.reduce((rest, bit, i) => rest + weights[i] * bit, 0);
  const all = randomness.reduce((rest, r, i) => rest + BigInt(weights[i]) * r, 0n);
  const sum = scalarsToList(proveOneOf(allowedValues(contest), total, all, key, statement));
  step();
  return { ciphertexts: listsOf(ciphertexts), id: contest.id, proofs, sum };
}
