import assert from "node:assert/strict";
import test from "node:test";
import { SelectionRefused } from "../../../static/js/crypto/answers.js";
import { OpeningWrong, auditFile, checkOpening, openingOf } from "../../../static/js/crypto/audit.js";
import { BallotInvalid, readBallot, verifyBallot } from "../../../static/js/crypto/ballot-check.js";
import { CodeOfAnother, encryptBallot } from "../../../static/js/crypto/ballot.js";
import { decode, encode } from "../../../static/js/crypto/encode.js";
import { Malformed } from "../../../static/js/crypto/shape.js";
import { GroupError } from "../../../static/js/crypto/group.js";
import { shortTracker, trackerPrefix } from "../../../static/js/crypto/tracker.js";
import { Lab } from "./lab.js";

/** @import { Loose } from "./lab.js" */
/** @import { Selections } from "../../../static/js/crypto/answers.js" */

const lab = new Lab({ voters: 2, registrars: 2, witnesses: 0 });
const { election } = lab;
const [north, south] = lab.voters;
const SELECTIONS = { board: ["ann"], budget: null };
const made = encryptBallot(election, north, SELECTIONS);
const eligible = { credential: north.credential, group: north.group, points: north.points };

/** @param {Loose} value */
function check(value, voter = eligible) {
  const ballot = readBallot(election, voter, value);
  verifyBallot(election, voter, ballot);
  return ballot;
}

test("a ballot verifies, and has the tracker that was shown", () => {
  assert.equal(check(decode(made.text)).tracker, made.tracker);
  assert.equal(made.short, shortTracker(made.tracker));
});

test("a voter of another group has other contests", () => {
  const { text } = encryptBallot(election, south, { board: [] });

  const ballot = check(decode(text), { credential: south.credential, group: south.group, points: south.points });

  assert.deepEqual(ballot.answers.map(({ contest }) => contest.id), ["board"]);
  assert.throws(() => encryptBallot(election, south, SELECTIONS), SelectionRefused);
});

test("two ballots of one choice share nothing", () => {
  const other = encryptBallot(election, north, SELECTIONS);

  const lists = [made, other].map(({ text }) => JSON.parse(text).contests.flatMap((/** @type {Loose} */ c) => [...c.ciphertexts, ...c.proofs, c.sum].flat()));
  assert.equal(new Set(lists.flat()).size, lists.flat().length);
});

test("the proofs never follow from the ballot seed: the same ciphertexts are proven by other numbers", () => {
  const real = crypto.getRandomValues;
  /** @type {string[]} */
  const texts = [];
  for (let run = 0; run < 2; run += 1) {
    let calls = 0;
    crypto.getRandomValues = (/** @type {Loose} */ array) => ((calls += 1) === 1 ? array.fill(7) : real.call(crypto, array));
    texts.push(encryptBallot(election, north, SELECTIONS).text);
  }
  crypto.getRandomValues = real;
  const [one, other] = texts.map((text) => JSON.parse(text).contests[0]);

  assert.deepEqual(one.ciphertexts, other.ciphertexts);
  assert.notDeepEqual(one.proofs, other.proofs);
});

test("the size of a ballot does not depend on the choice", () => {
  const lengths = [["ann"], ["bo", "cem"], []].map((board) => encryptBallot(election, south, { board }).text.length);

  assert.equal(new Set(lengths).size, 1);
});

test("progress counts every proof", () => {
  /** @type {number[][]} */
  const seen = [];

  encryptBallot(election, north, SELECTIONS, (done, all) => seen.push([done, all]));

  assert.deepEqual([seen.at(-1), seen.length], [[8, 8], 8]);
});

/** @type {[code: string, selections: Selections][]} */
const REFUSED = [
  ["too-many", { board: ["ann", "bo", "cem"], budget: null }],
  ["too-few", { board: [], budget: [] }],
  ["no-blank", { board: null, budget: null }],
  ["choice", { board: ["nobody"], budget: null }],
  ["choice", { board: ["ann", "ann"], budget: null }],
  ["contests", { board: ["ann"] }],
];
for (const [code, selections] of REFUSED) {
  test(`${JSON.stringify(selections)} is refused: ${code}`, () => {
    assert.throws(
      () => encryptBallot(election, north, selections),
      (error) => error instanceof SelectionRefused && error.code === code,
    );
  });
}

test("another voter's code, and one code of two, make no ballot", () => {
  for (const codes of [south.codes, north.codes.slice(0, 1), []]) {
    assert.throws(() => encryptBallot(election, { ...north, codes }, SELECTIONS), CodeOfAnother);
  }
});

/** @type {[name: string, code: string, change: (ballot: Loose) => unknown][]} */
const CHANGED = [
  ["another voter's ballot", "voter", (ballot) => (ballot.credential = south.credential)],
  ["another election's", "election", (ballot) => (ballot.election = "0".repeat(64))],
  ["another format", "election", (ballot) => (ballot.format = "facevote-ballot-1")],
  ["a swapped choice", "proof", ({ contests: [c] }) => c.ciphertexts.reverse()],
  ["another proof", "proof", ({ contests: [c] }) => c.proofs.reverse()],
  ["a proof of another sum", "proof", ({ contests: [, c] }) => ([c.sum[0], c.sum[2]] = [c.sum[2], c.sum[0]])],
  ["contests in another order", "contests", ({ contests }) => contests.reverse()],
  ["one signature twice", "signature", (ballot) => (ballot.signatures[1] = ballot.signatures[0])],
  ["one signature of two", "signature", (ballot) => ballot.signatures.pop()],
  ["a signature too many", "signature", (ballot) => ballot.signatures.push(ballot.signatures[0])],
  ["a changed proof under the old signature", "signature", (ballot) => reprove(ballot)],
];
for (const [name, code, change] of CHANGED) {
  test(`${name} is refused`, () => {
    const ballot = /** @type {Loose} */ (decode(made.text));
    change(ballot);

    assert.throws(() => check(ballot), (error) => error instanceof BallotInvalid && error.code === code);
  });
}

/**
 * Gives the ballot the proofs of another run over the same ciphertexts.
 *
 * @param {Loose} ballot
 */
function reprove(ballot) {
  const real = crypto.getRandomValues;
  let calls = 0;
  const seed = Uint8Array.from(Buffer.from(made.seed, "hex"));
  crypto.getRandomValues = (/** @type {Loose} */ array) => ((calls += 1) === 1 ? (array.set(seed), array) : real.call(crypto, array));
  const again = JSON.parse(encryptBallot(election, north, SELECTIONS).text);
  crypto.getRandomValues = real;
  ballot.contests = again.contests;
}

test("keys too many, identities and encodings that are not canonical are refused", () => {
  const changes = [
    (/** @type {Loose} */ b) => (b.more = 1),
    (/** @type {Loose} */ b) => (b.contests[0].more = 1),
    (/** @type {Loose} */ b) => (b.contests[0].ciphertexts[0][0] = "0".repeat(64)),
    (/** @type {Loose} */ b) => (b.contests[0].ciphertexts[0][0] = `${b.contests[0].ciphertexts[0][0].slice(0, 62)}ff`),
    (/** @type {Loose} */ b) => (b.contests[0].proofs[0][0] = "f".repeat(64)),
    (/** @type {Loose} */ b) => b.contests[0].ciphertexts.pop(),
  ];
  for (const change of changes) {
    const ballot = /** @type {Loose} */ (decode(made.text));
    change(ballot);
    assert.throws(() => check(ballot), (error) => error instanceof Malformed || error instanceof GroupError);
  }
});

test("32 bytes and the selections open a ballot", () => {
  const opening = openingOf(election, north.credential, made, SELECTIONS);

  const { contests, tracker } = checkOpening(election, decode(opening));

  assert.deepEqual(contests.map(({ selected, blank }) => [selected, blank]), [[[0], false], [[], true]]);
  assert.equal(tracker, made.tracker);
  assert.deepEqual(Object.keys(JSON.parse(auditFile(election, opening))), ["format", "manifest", "opening"]);
});

/** @type {[code: string, change: (opening: Loose) => unknown][]} */
const WRONG = [
  ["tracker", (o) => (o.selections[0][1] = "010")],
  ["tracker", (o) => (o.seed = "1".repeat(64))],
  ["tracker", (o) => (o.tracker = "1".repeat(64))],
  ["tracker", (o) => (o.credential = "another")],
  ["tracker", (o) => o.selections.pop()],
  ["selections", (o) => (o.selections[0][1] = "111")],
  ["selections", (o) => (o.selections[0][1] = "1000")],
  ["selections", (o) => (o.selections[1][1] = "101")],
  ["contests", (o) => (o.selections[1][0] = "another")],
  ["contests", (o) => o.selections.reverse()],
  ["contests", (o) => (o.selections = [])],
  ["contests", (o) => (o.selections[1] = o.selections[0])],
  ["election", (o) => (o.election = "1".repeat(64))],
  ["form", (o) => (o.selections[0][1] = "012")],
  ["form", (o) => (o.selections[0] = ["board", 100])],
  ["form", (o) => (o.more = 1)],
];
for (const [i, [code, change]] of WRONG.entries()) {
  test(`opening number ${i} is wrong: ${code}`, () => {
    const opening = JSON.parse(openingOf(election, north.credential, made, SELECTIONS));
    change(opening);

    assert.throws(() => checkOpening(election, opening), (error) => error instanceof OpeningWrong && error.code === code);
  });
}

test("the short form is read back as typed", () => {
  const { tracker, short } = made;

  assert.equal(trackerPrefix(short.toLowerCase().replaceAll("-", " ")), tracker.slice(0, 30));
  assert.equal(trackerPrefix(short.replaceAll("0", "o").replaceAll("1", "L")), tracker.slice(0, 30));
  assert.equal(trackerPrefix(tracker), tracker);
  assert.equal(trackerPrefix("nothing"), null);
});

test("what a worker would post holds no function", () => {
  assert.deepEqual(structuredClone(made), made);
  assert.equal(encode(JSON.parse(made.text)), made.text);
});
