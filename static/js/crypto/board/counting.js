// The events from the close on. docs/cryptography.md, sections 6 and 7.

import { ciphertextFromList } from "../elgamal.js";
import { encode } from "../encode.js";
import { IDENTITY, add, inverse, mod, multiply, multiplyBase, pointFromHex, same, sha256Hex, subtract, sum } from "../group.js";
import { weightsOf } from "../manifest.js";
import { holdsEquality, proofFromList } from "../proofs.js";
import { areDifferent, exactly, expect, integer, listOf } from "../shape.js";
import { decryption, jointCommitments, verificationKey } from "../trustees/statements.js";
import { hasQuorum } from "./board.js";
import { orProblem, require } from "./problems.js";
import { checkOfficials } from "./voting.js";

/** @import { Point } from "../group.js" */
/** @import { Contest } from "../manifest.js" */
/** @import { Board, Decrypted, Sum } from "./board.js" */
/** @import { Line } from "./voting.js" */

/**
 * @param {Board} board
 * @param {Line} line
 */
export function close(board, { body, seq, hash }) {
  require(board.phase === "begun" || board.phase === "voting", "order");
  const { ballots, counted } = exactly(body, ["ballots", "counted"]);
  require(ballots === board.ballots && counted === board.last.size, "close");
  board.close = { seq, hash, ballots: board.ballots, counted: board.last.size };
  board.phase = "closed";
}

/**
 * @param {Board} board
 * @param {Line} line
 */
export function tally(board, { body }) {
  require(board.phase === "closed", "order");
  const { contests, counted } = exactly(body, ["contests", "counted"]);
  require(counted === board.last.size, "tally");
  const { contests: expected } = board.election;
  const sums = expected.map((contest) => sumOf(board, contest));
  const isRight = orProblem("tally", () =>
    listOf(contests, { min: sums.length, max: sums.length }, (item, i) => isSum(board, item, sums[i])).every(Boolean),
  );
  require(isRight, "tally");
  board.sums = sums;
  board.tally = sha256Hex(encode(body));
  board.phase = "summed";
}

/**
 * @param {Board} board
 * @param {Contest} contest
 * @returns {Sum}
 */
function sumOf({ election, last }, contest) {
  let counted = 0;
  const sums = weightsOf(contest).map(() => ({ alpha: IDENTITY, beta: IDENTITY }));
  for (const { answers } of last.values()) {
    const answer = answers.find((item) => item.contest === contest);
    if (!answer) continue;
    counted += 1;
    answer.ciphertexts.forEach(({ alpha, beta }, i) => {
      sums[i] = { alpha: add(sums[i].alpha, alpha), beta: add(sums[i].beta, beta) };
    });
  }
  return { contest, counted, sums, isWithheld: counted > 0 && counted < election.least };
}

/**
 * @param {Board} board
 * @param {unknown} value
 * @param {Sum} own computed here
 */
function isSum({ election }, value, { contest, counted, sums }) {
  const keys = /** @type {const} */ (["id", "sums"]);
  const fields = election.version === 2 ? exactly(value, [...keys, "counted"]) : { ...exactly(value, keys), counted };
  const given = listOf(fields.sums, {}, (item) => ciphertextFromList(item, { identity: true }));
  const isEqual = given.length === sums.length &&
    given.every(({ alpha, beta }, i) => same(alpha, sums[i].alpha) && same(beta, sums[i].beta));
  return fields.id === contest.id && fields.counted === counted && isEqual;
}

/**
 * @param {Board} board
 * @param {Line} line
 */
export function decrypt(board, { body }) {
  require(board.phase === "summed" || board.phase === "decrypting", "order");
  require(hasQuorum(board), "quorum");
  const { contests, trustee } = exactly(body, ["contests", "trustee"]);
  const index = integer(trustee, 1, board.election.trustees.length);
  require(!board.decrypted.some((other) => other.trustee === index), "decryption");
  const key = verificationKey(index, jointCommitments(board.election.trustees));
  const amount = board.sums.length;
  const points = orProblem("decryption", () =>
    listOf(contests, { min: amount, max: amount }, (item, i) => checkShares(board, index, key, board.sums[i], item)),
  );
  board.decrypted.push({ trustee: index, points });
  board.phase = "decrypting";
}

/**
 * @param {Board} board
 * @param {number} trustee
 * @param {Point} key its verification key
 * @param {Sum} total
 * @param {unknown} value
 * @returns {Point[]}
 */
function checkShares({ election, close: closed }, trustee, key, { contest, sums, isWithheld }, value) {
  const { id, shares } = exactly(value, ["id", "shares"]);
  expect(id === contest.id, "this contest");
  const size = isWithheld ? 0 : sums.length;
  return listOf(shares, { min: size, max: size }, (item, position) => {
    const [point, challenge, response] = listOf(item, { min: 3, max: 3 }, (text) => text);
    const second = pointFromHex(point, { identity: true });
    const ciphertext = sums[position];
    const place = { close: closed?.hash ?? "", contest: id, position, trustee, key };
    const statement = decryption(election, place, ciphertext, second);
    const points = { publicPoint: key, secondBase: ciphertext.alpha, second };
    expect(holdsEquality(proofFromList([challenge, response]), points, statement), "a proof of decryption");
    return second;
  });
}

/**
 * @param {Board} board
 * @param {Line} line
 */
export function result(board, { body }) {
  const { threshold } = board.election;
  require(board.phase === "decrypting" && board.decrypted.length >= threshold, "order");
  const { contests, counted, trustees } = exactly(body, ["contests", "counted", "trustees"]);
  require(counted === board.last.size, "result");
  const used = orProblem("result", () => usedTrustees(board, trustees));
  const amount = board.sums.length;
  orProblem("result", () =>
    listOf(contests, { min: amount, max: amount }, (item, place) => checkCounts(board.sums[place], used, place, item)),
  );
  board.result = /** @type {object} */ (body);
  board.phase = "counted";
}

/**
 * @param {Board} board
 * @param {unknown} value
 * @returns {Decrypted[]}
 */
function usedTrustees({ election, decrypted }, value) {
  const { threshold, trustees, version } = election;
  const numbers = listOf(value, { min: threshold, max: threshold }, (item) => integer(item, 1, trustees.length));
  const isSorted = numbers.every((number, i) => i === 0 || numbers[i - 1] < number);
  expect(version === 1 ? areDifferent(numbers) : isSorted, "sorted trustees");
  return numbers.map((number) => {
    const found = decrypted.find(({ trustee }) => trustee === number);
    expect(found !== undefined, "a trustee that has decrypted");
    return found;
  });
}

/**
 * @param {Sum} total
 * @param {Decrypted[]} used
 * @param {number} place of the contest
 * @param {unknown} value
 */
function checkCounts({ contest, counted, sums, isWithheld }, used, place, value) {
  const { blank, counts, id } = exactly(value, ["blank", "counts", "id"]);
  expect(id === contest.id, "this contest");
  if (isWithheld) {
    expect(blank === null && counts === null, "nothing of a withheld contest");
    return;
  }
  const size = contest.choices.length;
  const numbers = listOf(counts, { min: size, max: size }, (item) => integer(item, 0, counted));
  if (contest.blank) numbers.push(integer(blank, 0, counted));
  else expect(blank === null, "no blank");
  const weights = lagrange(used.map(({ trustee }) => trustee));
  sums.forEach(({ beta }, position) => {
    const masks = used.map(({ points }, i) => multiply(weights[i], points[place][position]));
    expect(same(subtract(beta, sum(masks)), multiplyBase(BigInt(numbers[position]))), "the decrypted number");
  });
}

/**
 * @param {number[]} trustees
 * @returns {bigint[]} the weight of each in the whole key
 */
function lagrange(trustees) {
  return trustees.map((j) => {
    const others = trustees.filter((m) => m !== j).map(BigInt);
    const over = others.reduce((product, m) => mod(product * m), 1n);
    const under = others.reduce((product, m) => mod(product * (m - BigInt(j))), 1n);
    return mod(over * inverse(under));
  });
}

/**
 * @param {Board} board
 * @param {Line} line
 */
export function forget(board, { body }) {
  require(board.phase === "counted" && !board.forgotten, "order");
  const fields = exactly(body, ["approved_by", "voters"]);
  checkOfficials(board, fields.approved_by);
  require(fields.voters === board.roll.rows.size, "forgotten");
  board.forgotten = true;
}
