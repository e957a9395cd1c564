import assert from "node:assert/strict";
import test from "node:test";
import { OpeningWrong, auditFile, checkOpening } from "../../../static/js/crypto/audit.js";
import { BallotInvalid, SelectionRefused, encryptBallot, verifyBallot } from "../../../static/js/crypto/ballot.js";
import { decode, encode } from "../../../static/js/crypto/encode.js";
import { fingerprint } from "../../../static/js/crypto/manifest.js";
import { shortTracker, trackerPrefix } from "../../../static/js/crypto/tracker.js";
import { copy, vectors } from "./vectors.js";

/** @import { Ballot, Selections } from "../../../static/js/crypto/ballot.js" */

const { manifest } = vectors;
const SELECTIONS = { board: ["ann"], budget: null };

test("the fingerprint is the server's", () => {
  assert.equal(fingerprint(manifest), vectors.fingerprint);
});

test("a ballot that the server made verifies and opens to what it selects", () => {
  verifyBallot(manifest, "voter-1", vectors.ballot);

  assert.deepEqual(checkOpening(manifest, vectors.ballot, vectors.opening), vectors.selected);
});

test("a ballot made here verifies and opens to what was selected", () => {
  const made = encryptBallot(manifest, "voter-1", SELECTIONS);

  verifyBallot(manifest, "voter-1", /** @type {Ballot} */ (decode(made.text)));
  assert.deepEqual(checkOpening(manifest, made.ballot, made.opening), { board: ["Ann"], budget: [] });
});

test("progress counts every proof", () => {
  /** @type {number[][]} */
  const seen = [];

  encryptBallot(manifest, "voter-1", SELECTIONS, (done, all) => seen.push([done, all]));

  assert.deepEqual(seen.at(-1), [8, 8]);
  assert.equal(seen.length, 8);
});

test("two ballots of one choice share nothing", () => {
  const [one, other] = [1, 2].map(() => encryptBallot(manifest, "voter-1", SELECTIONS));

  assert.notEqual(one.tracker, other.tracker);
  assert.notEqual(one.ballot.contests[0].ciphertexts[0][0], other.ballot.contests[0].ciphertexts[0][0]);
});

test("the size of a ballot does not depend on the choice", () => {
  const lengths = [["ann"], ["bo", "cem"], []].map(
    (board) => encryptBallot(manifest, "voter-1", { board, budget: ["no"] }).text.length,
  );

  assert.equal(new Set(lengths).size, 1);
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
      () => encryptBallot(manifest, "voter-1", selections),
      (error) => error instanceof SelectionRefused && error.code === code,
    );
  });
}

/** @type {[name: string, code: string, change: (ballot: Ballot) => unknown][]} */
const CHANGED = [
  ["another voter's ballot", "other-voter", (ballot) => (ballot.credential = "voter-2")],
  ["another election's", "other-election", (ballot) => (ballot.election = "0".repeat(64))],
  ["a ciphertext used twice", "duplicate-ciphertext", ({ contests: [c] }) => (c.ciphertexts[1] = c.ciphertexts[0])],
  ["a swapped choice", "selection-proof", ({ contests: [c] }) => c.ciphertexts.reverse()],
  ["another proof", "selection-proof", ({ contests: [c] }) => c.proofs.reverse()],
  ["a proof of another sum", "sum-proof", ({ contests: [, c] }) => ([c.sum[0], c.sum[2]] = [c.sum[2], c.sum[0]])],
];
for (const [name, code, change] of CHANGED) {
  test(`${name} is refused`, () => {
    const ballot = copy(vectors.ballot);

    change(ballot);

    assert.throws(
      () => verifyBallot(manifest, "voter-1", ballot),
      (error) => error instanceof BallotInvalid && error.code === code,
    );
  });
}

test("an opening that claims another choice is refused", () => {
  const opening = copy(vectors.opening);
  opening.contests[0].selections = [0, 1, 1];

  assert.throws(() => checkOpening(manifest, vectors.ballot, opening), OpeningWrong);
});

test("the audit file is canonical and carries all that a second program needs", () => {
  const text = auditFile(manifest, vectors.ballot, vectors.opening);

  assert.deepEqual(Object.keys(/** @type {object} */ (decode(text))), ["ballot", "format", "manifest", "opening"]);
});

test("the short form is the server's and is read back as typed", () => {
  const { tracker } = vectors.opening;

  assert.equal(shortTracker(tracker), vectors.short);
  assert.equal(trackerPrefix(vectors.short.toLowerCase().replaceAll("-", " ")), tracker.slice(0, 30));
  assert.equal(trackerPrefix(vectors.short.replaceAll("0", "o").replaceAll("1", "L")), tracker.slice(0, 30));
  assert.equal(trackerPrefix(tracker), tracker);
  assert.equal(trackerPrefix("nothing"), null);
});

test("what a worker would post holds no function", () => {
  const made = encryptBallot(manifest, "voter-1", SELECTIONS);

  assert.deepEqual(copy(made.opening), made.opening);
  assert.equal(encode(made.ballot), made.text);
});
