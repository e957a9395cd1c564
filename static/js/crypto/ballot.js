// Filling in a ballot, and verifying one.

import { ciphertextFromList, ciphertextToList, encrypt, weightedTotal } from "./elgamal.js";
import { bytesFromHex, encode } from "./encode.js";
import { digest, pointFromHex, randomScalar, scalarToHex, sha256Hex } from "./group.js";
import { holdsOneOf, proveOneOf, scalarsFromList, scalarsToList } from "./proofs.js";
import { human } from "./tracker.js";

const BIT = [0, 1];
// Window of the precomputed multiples of the public key: pays for itself within one ballot.
const KEY_WINDOW = 6;

export class SelectionRefused extends Error {
  constructor(code, contest) {
    super(`${code} ${contest ?? ""}`.trim());
    this.code = code;
    this.contest = contest;
  }
}

export class BallotInvalid extends Error {
  constructor(code, place = "") {
    super(`${code} ${place}`.trim());
    this.code = code;
    this.place = place;
  }
}

export function fingerprint(manifest) {
  return sha256Hex(encode(manifest));
}

// selections: contest id -> list of choice ids, or null for a blank answer.
// onProgress(done, all) is called after each proof.
export function encryptBallot(manifest, credential, selections, onProgress = () => {}) {
  const election = electionOf(manifest);
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
  return { ballot, text, tracker, short: human(tracker), opening: openingOf(drawn, tracker) };
}

// BallotInvalid unless the ballot is this voter's, for this election, and all proofs hold.
export function verifyBallot(manifest, credential, ballot) {
  const election = electionOf(manifest);
  if (ballot.election !== election.fingerprint) throw new BallotInvalid("other-election");
  if (ballot.credential !== credential) throw new BallotInvalid("other-voter");
  const answers = readAnswers(manifest, ballot);
  const context = contextOf(election, credential, answers);
  for (const answer of answers) verifyAnswer(answer, election, context);
}

export function allowedValues(contest) {
  const values = [];
  for (let value = contest.min; value <= contest.max; value += 1) values.push(value);
  return contest.blank ? [...values, contest.choices.length + 1] : values;
}

function electionOf(manifest) {
  const key = pointFromHex(manifest.key.public_key);
  key.precompute(KEY_WINDOW, false);
  return { key, board: pointFromHex(manifest.board_key), fingerprint: fingerprint(manifest) };
}

function weightsOf(contest) {
  const ones = contest.choices.map(() => 1);
  return contest.blank ? [...ones, contest.choices.length + 1] : ones;
}

function checkContests(manifest, selections) {
  const wanted = manifest.contests.map(({ id }) => id);
  const given = Object.keys(selections);
  if (given.length !== wanted.length || !wanted.every((id) => given.includes(id))) {
    throw new SelectionRefused("contests");
  }
}

function bitsOf(contest, selected) {
  if (selected === null) {
    if (!contest.blank) throw new SelectionRefused("no-blank", contest.id);
    return [...contest.choices.map(() => 0), 1];
  }
  const bits = contest.choices.map(({ id }) => (selected.includes(id) ? 1 : 0));
  const count = bits.reduce((total, bit) => total + bit, 0);
  if (count !== selected.length) throw new SelectionRefused("choice", contest.id);
  if (count < contest.min) throw new SelectionRefused("too-few", contest.id);
  if (count > contest.max) throw new SelectionRefused("too-many", contest.id);
  return contest.blank ? [...bits, 0] : bits;
}

function draw(contest, selected, { key }) {
  const bits = bitsOf(contest, selected);
  const randomness = bits.map(() => randomScalar());
  const ciphertexts = bits.map((bit, i) => encrypt(bit, randomness[i], key));
  return { contest, bits, randomness, ciphertexts };
}

// What every challenge of a ballot covers: election, keys, voter, all ciphertexts.
function contextOf({ key, board, fingerprint: print }, credential, answers) {
  const parts = answers.flatMap(({ contest, ciphertexts }) => [
    contest.id,
    ...ciphertexts.flatMap(({ alpha, beta }) => [alpha, beta]),
  ]);
  return digest("facevote-1/ballot", bytesFromHex(print), key, board, credential, ...parts);
}

function statementOf(tag, context, contest, position, { alpha, beta }) {
  return [`facevote-1/${tag}`, context, contest.id, position, alpha, beta];
}

function prove({ contest, bits, randomness, ciphertexts }, { key }, context, step) {
  const proofs = ciphertexts.map((item, i) => {
    const statement = statementOf("selection", context, contest, i, item);
    const proof = proveOneOf(BIT, bits[i], randomness[i], key, statement);
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

function openingOf(drawn, tracker) {
  const contests = drawn.map(({ contest, bits, randomness }) => ({
    id: contest.id,
    randomness: randomness.map(scalarToHex),
    selections: bits,
  }));
  return { contests, format: "facevote-opening-1", tracker };
}

function readAnswers(manifest, ballot) {
  if (ballot.contests.length !== manifest.contests.length) throw new BallotInvalid("contests");
  const answers = manifest.contests.map((contest, i) => readAnswer(contest, ballot.contests[i]));
  const alphas = answers.flatMap(({ ciphertexts }) => ciphertexts.map(({ alpha }) => alpha.toHex()));
  if (new Set(alphas).size !== alphas.length) throw new BallotInvalid("duplicate-ciphertext");
  return answers;
}

function readAnswer(contest, answer) {
  const size = weightsOf(contest).length;
  const sizes = [answer.ciphertexts.length, answer.proofs.length];
  if (answer.id !== contest.id || sizes.some((found) => found !== size)) {
    throw new BallotInvalid("contests");
  }
  return {
    contest,
    ciphertexts: answer.ciphertexts.map((item) => ciphertextFromList(item)),
    proofs: answer.proofs.map(scalarsFromList),
    sum: scalarsFromList(answer.sum),
  };
}

function verifyAnswer({ contest, ciphertexts, proofs, sum }, { key }, context) {
  ciphertexts.forEach((item, i) => {
    const statement = statementOf("selection", context, contest, i, item);
    if (!holdsOneOf(proofs[i], BIT, item, key, statement)) {
      throw new BallotInvalid("selection-proof", `${contest.id}/${i}`);
    }
  });
  const weighted = weightedTotal(weightsOf(contest), ciphertexts);
  const statement = statementOf("sum", context, contest, ciphertexts.length, weighted);
  if (!holdsOneOf(sum, allowedValues(contest), weighted, key, statement)) {
    throw new BallotInvalid("sum-proof", contest.id);
  }
}
