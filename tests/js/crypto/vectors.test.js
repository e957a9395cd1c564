// What the server's half made, checked by the browser's.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import test from "node:test";
import { checkOpening } from "../../../static/js/crypto/audit.js";
import { readBallot, verifyBallot } from "../../../static/js/crypto/ballot-check.js";
import { readPublished, readReceipt } from "../../../static/js/crypto/board/heads.js";
import { continues, verifyBoard } from "../../../static/js/crypto/board/verify.js";
import { credentialOf, readCode, writeCode } from "../../../static/js/crypto/codes.js";
import { encode, hexOf } from "../../../static/js/crypto/encode.js";
import { scalarToHex } from "../../../static/js/crypto/group.js";
import { readManifest } from "../../../static/js/crypto/manifest.js";
import { longText, plainText } from "../../../static/js/crypto/texts.js";
import { shortTracker } from "../../../static/js/crypto/tracker.js";
import * as ceremony from "../../../static/js/crypto/trustees/ceremony.js";
import { keyFileText, readKeyFile } from "../../../static/js/crypto/trustees/key-file.js";
import { verifyKeys } from "../../../static/js/crypto/trustees/keys.js";
import { vectors } from "./vectors.js";

/** @import { Loose } from "./lab.js" */

const known = /** @type {Loose} */ (vectors);
const election = readManifest(known.manifest);
const { registrations, shares, transcript, keys } = known.trustees;
/** @param {number} index */
const received = (index) => shares.map((/** @type {Loose} */ row) => row[index - 1]);
const BOARDS = new URL("../../vectors/boards/", import.meta.url);

test("the fingerprint is the server's, and its keys hold", () => {
  verifyKeys(election);

  assert.equal(election.fingerprint, known.fingerprint);
});

test("a ballot that the server made verifies and opens to what it selects", () => {
  const voter = { ...known.voter, points: [known.voter.credential] };
  const ballot = readBallot(election, voter, known.ballot);
  verifyBallot(election, voter, ballot);
  const opened = checkOpening(election, known.opening);

  assert.equal(ballot.tracker, known.tracker);
  assert.equal(shortTracker(known.tracker), known.short);
  assert.deepEqual(
    opened.contests.map(({ contest, selected }) => [contest.id, selected.map((i) => contest.choices[i].id)]),
    Object.entries(known.selected),
  );
});

test("codes, their check signs and their credentials are the server's", () => {
  for (const { code, written, secret, point } of known.codes) {
    const bytes = readCode(written);
    const made = credentialOf(election.id, 1, bytes);

    assert.equal(hexOf(bytes), code);
    assert.equal(writeCode(bytes), written);
    assert.deepEqual([scalarToHex(made.secret), hexOf(made.point)], [secret, point]);
  }
});

test("what the server calls a plain text is one, and nothing else of its list", () => {
  for (const { normal, plain } of known.typed.filter((/** @type {Loose} */ item) => item.plain)) assert.equal(plainText(normal), normal, plain);
  for (const { value } of known.typed.filter((/** @type {Loose} */ item) => !item.plain)) assert.throws(() => plainText(value.normalize("NFC")));
  for (const { normal, plain, long } of known.long) if (plain ?? long) assert.equal(longText(normal), normal);
});

test("key files of the server's trustees are read, and make the same keys and messages", () => {
  known.trustees.key_files.forEach((/** @type {Loose} */ files, /** @type {number} */ i) => {
    const [fresh, shared, checked] = [files.new, files.shared, files.checked].map((file) => readKeyFile(encode(file)));

    assert.equal(keyFileText(checked), encode(files.checked));
    assert.deepEqual(ceremony.bind(fresh, registrations), shared);
    assert.equal(shared.transcript, transcript);
    assert.equal(scalarToHex(ceremony.keyShare(shared, registrations, received(i + 1))), keys[i]);
    assert.deepEqual(ceremony.endorse(shared, election, received(i + 1)).file, checked);
  });
});

for (const name of readdirSync(BOARDS).filter((file) => file.endsWith(".jsonl"))) {
  test(`the server's board ${name} verifies with its heads, receipts and statements`, () => {
    const { fingerprint, head, receipts, statements = [] } = JSON.parse(readFileSync(new URL(name.replace("jsonl", "json"), BOARDS), "utf8"));
    const { problem, board, isFinished } = verifyBoard(readFileSync(new URL(name, BOARDS)));

    assert.deepEqual([problem, isFinished, board?.election.fingerprint], [null, true, fingerprint]);
    const read = board?.election ?? election;
    const published = [...readPublished(read, [head, ...statements].map(encode).join("\n")), ...receipts.map((/** @type {Loose} */ item) => readReceipt(read, encode(item)))];
    assert.ok(board && continues(board, published));
  });
}

test("a voter's receipt and a witness's statement are read", () => {
  const { board } = verifyBoard(new TextEncoder().encode(known.board));
  const read = board?.election ?? election;

  assert.ok(board && continues(board, [readReceipt(read, encode(known.receipt)), ...readPublished(read, encode(known.statement))]));
});
