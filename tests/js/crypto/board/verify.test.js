import assert from "node:assert/strict";
import test from "node:test";
import { trackerOf } from "../../../../static/js/crypto/answers.js";
import { readPublished, readReceipt } from "../../../../static/js/crypto/board/heads.js";
import { continues, verifyBoard } from "../../../../static/js/crypto/board/verify.js";
import { bytesFromHex, encode } from "../../../../static/js/crypto/encode.js";
import { sha256Hex } from "../../../../static/js/crypto/group.js";
import { emptyMemory } from "../../../../static/js/crypto/trustees/memory.js";
import { TrusteeSession } from "../../../../static/js/crypto/trustees/session.js";
import { keyFileText } from "../../../../static/js/crypto/trustees/key-file.js";
import { Lab, sign } from "../lab.js";
import { firstVectors } from "../vectors.js";

/** @import { Loose } from "../lab.js" */

const first = firstVectors;
const firstBytes = new TextEncoder().encode(first.board);
const finishedLab = finish(new Lab({ witnesses: 2, quorum: 1 }).untilTally());

/**
 * Two trustees decrypt, and the counts are found by trying.
 *
 * @param {Lab} lab
 */
function finish(lab) {
  lab.endorsements().slice(0, 2).forEach(({ file }, i) => {
    const session = new TrusteeSession();
    const { registrations, received, settings } = lab.key;
    session.choose(keyFileText(file), { ...settings, index: i + 1, registrations, shares: received[i], manifest: lab.manifest });
    session.checkBoard(lab.file, emptyMemory(), () => {});
    lab.add("decryption", session.decrypt(emptyMemory()).message);
  });
  const withheld = lab.manifest.least > 2;
  const contests = [
    { blank: null, counts: [1, 1, 1], id: "board" },
    withheld ? { blank: null, counts: null, id: "budget" } : { blank: 1, counts: [0, 1], id: "budget" },
  ];
  return lab.add("result", { contests, counted: 3, trustees: [1, 2] }).head();
}

/**
 * What is wrong with a board after a change of its events, whose chain was made whole again.
 *
 * @param {(events: Loose[]) => unknown} change
 * @param {Lab} [lab]
 */
function problemOf(change, lab = finishedLab) {
  const events = structuredClone(lab.events);
  change(events);
  const copy = chained(events, lab);
  const { problem } = verifyBoard(copy.file);
  return problem && [copy.events[problem.line - 1].kind, problem.code];
}

/**
 * The events as a whole chain, signed anew where they moved.
 *
 * @param {Loose[]} events
 * @param {Lab} lab
 * @returns {Lab}
 */
function chained(events, lab) {
  /** @type {Lab} */
  const copy = Object.assign(Object.create(Lab.prototype), lab, { lines: [] });
  for (const { kind, body, hour, prev, seq } of events) {
    copy.hour = hour;
    const isMoved = seq !== copy.lines.length || prev !== copy.prev;
    if (kind === "head" && isMoved) copy.head();
    else if (kind === "witness" && isMoved) copy.witness(body.witness);
    else copy.add(kind, body);
  }
  return copy;
}

/**
 * @param {Loose[]} events
 * @param {string} kind
 */
const find = (events, kind) => events.find((item) => item.kind === kind);

test("a finished election verifies, and of everything is told how much was seen", () => {
  const { problem, board, isFinished, allProofs } = verifyBoard(finishedLab.file);

  assert.equal(problem, null);
  assert.ok(isFinished && allProofs);
  assert.deepEqual(board?.seen, { heads: 3, witnesses: 2, rollChanges: 0, overrides: 0, extensions: 0 });
});

test("an election of format 1 verifies", () => {
  const { problem, isFinished, board } = verifyBoard(firstBytes);

  assert.equal(problem, null);
  assert.ok(isFinished);
  assert.equal(board?.casts.get(first.board_tracker)?.counts, false);
});

/** @type {[name: string, found: [kind: string, code: string], change: (events: Loose[]) => unknown][]} */
const BAD = [
  ["a ballot after the close", ["ballot", "order"], (e) => e.splice(e.findIndex(({ kind }) => kind === "tally"), 0, find(e, "ballot"))],
  ["a ballot after the result", ["ballot", "order"], (e) => e.splice(-1, 0, find(e, "ballot"))],
  ["a bad proof", ["ballot", "proof"], (e) => find(e, "ballot").body.ballot.contests[0].proofs.reverse()],
  ["a bad proof of a sum", ["ballot", "proof"], (e) => find(e, "ballot").body.ballot.contests[0].sum.reverse()],
  ["a bad signature of a voter", ["ballot", "signature"], (e) => find(e, "ballot").body.ballot.signatures[0].reverse()],
  ["no signature of a voter", ["ballot", "signature"], (e) => find(e, "ballot").body.ballot.signatures.pop()],
  ["a ballot of nobody on the roll", ["ballot", "voter"], (e) => (find(e, "ballot").body.ballot.credential = "nobody")],
  ["another result", ["result", "result"], (e) => find(e, "result").body.contests[0].counts.splice(0, 3, 0, 2, 1)],
  ["a ballot that was opened before", ["ballot", "opened"], (e) => spoilFirst(e, 0)],
  ["a ballot that is opened afterwards", ["spoil", "opened"], (e) => spoilFirst(e, 1)],
  ["a ballot opened twice", ["spoil", "opened"], (e) => [spoilFirst(e, 0, "0"), spoilFirst(e, 0, "0")]],
  ["an unknown kind", ["whatever", "kind"], (e) => e.splice(2, 0, { kind: "whatever", body: {}, hour: "2026-11-24T09:00Z" })],
  ["a ballot cast twice", ["ballot", "tracker"], (e) => e.splice(e.findIndex(({ kind }) => kind === "close"), 0, find(e, "ballot"))],
  ["a ciphertext copied from another ballot", ["ballot", "repeated"], (e) => copyCiphertext(e)],
  ["another tracker", ["ballot", "tracker"], (e) => (find(e, "ballot").body.tracker = "0".repeat(64))],
  ["a first ballot that replaces another", ["ballot", "second"], (e) => (find(e, "ballot").body.supersedes = "0".repeat(64))],
  ["a ballot of another election", ["ballot", "ballot"], (e) => (find(e, "ballot").body.ballot.election = "0".repeat(64))],
  ["a contest too few", ["ballot", "ballot"], (e) => find(e, "ballot").body.ballot.contests.pop()],
  ["a close that counts wrongly", ["close", "close"], (e) => (find(e, "close").body.counted -= 1)],
  ["other sums", ["tally", "tally"], (e) => find(e, "tally").body.contests[0].sums.reverse()],
  ["a wrong decryption", ["decryption", "decryption"], (e) => find(e, "decryption").body.contests[0].shares.reverse()],
  ["a decryption twice", ["decryption", "decryption"], (e) => e.splice(e.findIndex(({ kind }) => kind === "result"), 0, find(e, "decryption"))],
  ["a result of one trustee", ["result", "result"], (e) => (find(e, "result").body.trustees = [1])],
  ["a result of one trustee twice", ["result", "result"], (e) => (find(e, "result").body.trustees = [1, 1])],
  ["a missing decryption", ["result", "order"], (e) => e.splice(e.findIndex(({ kind }) => kind === "decryption"), 1)],
  ["an endorsement by another", ["endorse", "endorsement"], (e) => (find(e, "endorse").body.signature.reverse())],
  ["an endorsement twice", ["endorse", "endorsement"], (e) => e.splice(2, 0, find(e, "endorse"))],
  ["a missing endorsement", ["ballot", "endorsement"], (e) => e.splice(2, 1)],
  ["no quorum", ["decryption", "quorum"], (e) => e.splice(0, Infinity, ...e.filter(({ kind }) => kind !== "witness"))],
  ["a witness's wrong signature", ["witness", "witness"], (e) => find(e, "witness").body.signature.reverse()],
  ["two heads in a row", ["head", "order"], (e) => e.push(e.at(-1))],
  ["one more opening", ["open", "order"], (e) => e.splice(1, 0, e[0])],
  ["another roll", ["open", "roll"], (e) => e[0].body.roll.pop()],
  ["an unsorted roll", ["open", "roll"], (e) => e[0].body.roll.reverse()],
  ["points that the registrar did not sign", ["open", "registrar"], (e) => e[0].body.manifest.registrars[0].signature.reverse()],
  ["a trustee's proof that does not hold", ["open", "keys"], (e) => e[0].body.manifest.key.trustees[0].proof.reverse()],
  ["a trustee's transport proof that does not hold", ["open", "keys"], (e) => e[0].body.manifest.key.trustees[0].transport_proof.reverse()],
  ["a confirmation that does not hold", ["open", "keys"], (e) => e[0].body.manifest.key.trustees[0].confirmation.reverse()],
  ["a key that is not the sum", ["open", "keys"], (e) => (e[0].body.manifest.key.public_key = e[0].body.manifest.board_key)],
  ["one official twice", ["override", "officials"], (e) => e.splice(1, 0, event("override", { approved_by: ["Straße", "strasse"], number: 1 }))],
  ["officials as a text", ["override", "officials"], (e) => e.splice(1, 0, event("override", { approved_by: "ab", number: 1 }))],
  ["an override with a wrong number", ["override", "override"], (e) => e.splice(1, 0, event("override", { approved_by: ["a", "b"], number: 2 }))],
  ["an earlier closing", ["extend", "extension"], (e) => e.splice(1, 0, event("extend", { approved_by: ["a", "b"], closes: "2026-12-01T18:00Z" }))],
  ["an empty change of the roll", ["roll", "roll"], (e) => e.splice(1, 0, event("roll", { add: [], approved_by: ["a", "b"], remove: [], roll: e[0].body.manifest.roll, signatures: [] }))],
  ["too many waived", ["waive", "endorsement"], (e) => e.splice(2, 0, event("waive", { approved_by: ["a", "b"], trustees: [1, 2] }))],
  ["forgetting before the result", ["forget", "order"], (e) => e.splice(-2, 0, event("forget", { approved_by: ["a", "b"], voters: 3 }))],
  ["forgetting other numbers", ["forget", "forgotten"], (e) => e.push(event("forget", { approved_by: ["a", "b"], voters: 2 }))],
  ["an hour that is none", ["close", "hour"], (e) => (find(e, "close").hour = "2026-11-24T09:30Z")],
  ["an hour that goes back", ["close", "hour"], (e) => (find(e, "close").hour = "2026-11-24T08:00Z")],
  ["a key too many in a body", ["close", "malformed"], (e) => (find(e, "close").body.more = 1)],
];
for (const [name, found, change] of BAD) {
  test(`${name} is named`, () => assert.deepEqual(problemOf(change), found));
}

/**
 * @param {string} kind
 * @param {Loose} body
 */
function event(kind, body) {
  return { kind, body, hour: "2026-11-24T09:00Z" };
}

/**
 * @param {Loose[]} events
 * @param {0 | 1} after before or after the first ballot
 * @param {string} [digit] of a tracker that was never cast
 */
function spoilFirst(events, after, digit) {
  const place = events.findIndex(({ kind }) => kind === "ballot");
  const tracker = digit ? digit.repeat(64) : events[place].body.tracker;
  events.splice(place + after, 0, event("spoil", { tracker }));
}

/** @param {Loose[]} events */
function copyCiphertext(events) {
  const [one, other] = events.filter(({ kind }) => kind === "ballot").map(({ body }) => body);
  const { ballot } = other;
  ballot.contests[0].ciphertexts[0] = one.ballot.contests[0].ciphertexts[0];
  other.tracker = trackerOf(ballot.election, ballot.credential, ballot.contests);
}

test("a signed head that is not the board's is named", () => {
  const lab = new Lab();
  lab.open().add("head", { signature: sign(5n, ["facevote-2/head", lab.print, 1, bytesFromHex(lab.prev), lab.hour]) });

  assert.deepEqual(verifyBoard(lab.file).problem, { line: 2, code: "head" });
});

test("a line altered, removed, doubled, cut, re-numbered or not canonical is named", () => {
  const { lines } = finishedLab;
  /** @param {string[]} changed */
  const code = (changed) => verifyBoard(new TextEncoder().encode(changed.map((line) => `${line}\n`).join(""))).problem?.code;

  assert.equal(code(lines.with(1, lines[1].replace("09:00", "08:00"))), "hour");
  assert.equal(code(lines.toSpliced(2, 1)), "number");
  assert.equal(code(lines.toSpliced(2, 0, lines[2])), "number");
  assert.equal(code(lines.with(2, encode({ ...finishedLab.events[2], prev: "0".repeat(64) }))), "chain");
  assert.equal(code(lines.with(2, `${lines[2]} `)), "malformed");
  assert.equal(code(lines.with(0, "[".repeat(100_000))), "malformed");
  assert.equal(verifyBoard(finishedLab.file.slice(0, -1)).problem?.code, "truncated");
});

test("a missing tail leaves the election unfinished", () => {
  const lines = finishedLab.lines.slice(0, -1).map((line) => `${line}\n`);

  const { problem, isFinished } = verifyBoard(new TextEncoder().encode(lines.join("")));

  assert.equal(problem, null);
  assert.equal(isFinished, false);
});

test("a withheld contest has sums and no numbers, and numbers all the same are named", () => {
  const lab = finish(new Lab({ witnesses: 0, changes: { least: 3 } }).untilTally());

  assert.equal(verifyBoard(lab.file).problem, null);
  assert.deepEqual(problemOf((e) => (find(e, "result").body.contests[1].counts = [0, 1]), lab), ["result", "result"]);
});

test("waived trustees need not endorse; one who waives and endorses is named", () => {
  const lab = new Lab({ witnesses: 0 });
  lab.open().waive([2]).endorse([1, 3]).vote();

  assert.equal(verifyBoard(lab.file).problem, null);
  assert.deepEqual(problemOf((e) => e.splice(2, 0, event("endorse", { signature: find(e, "endorse").body.signature, trustee: 2 })), lab), ["endorse", "endorsement"]);
});

test("a changed roll is followed, and a credential never comes back", () => {
  const lab = new Lab({ witnesses: 0, registrars: 0, voters: 3 });
  const rows = lab.roll.slice(1);
  const removal = { add: [], approved_by: ["a", "b"], remove: ["voter-1"], roll: hashOf(rows), signatures: [] };
  const back = { ...removal, add: [lab.roll[0]], remove: [], roll: hashOf(lab.roll) };
  lab.open().add("roll", removal);

  assert.equal(verifyBoard(lab.file).problem, null);
  lab.add("roll", back);
  assert.deepEqual(verifyBoard(lab.file).problem, { line: 3, code: "roll" });
});

/** @param {Loose} voters */
function hashOf(voters) {
  return sha256Hex(encode({ format: "facevote-roll-2", voters }));
}

test("the proofs of other voters' ballots can be left out, never those of the own", () => {
  const events = structuredClone(finishedLab.events);
  const [one, other] = events.filter(({ kind }) => kind === "ballot").map(({ body }) => body.tracker);
  find(events, "ballot").body.ballot.contests[0].proofs.reverse();
  const copy = chained(events.slice(0, 9), finishedLab);

  assert.equal(verifyBoard(copy.file, { tracker: one.slice(0, 30), proofsUpTo: 3 }).problem?.code, "proof");
  const passed = verifyBoard(copy.file, { tracker: other, proofsUpTo: 3 });
  assert.deepEqual([passed.problem, passed.allProofs], [null, false]);
});

test("published heads and witnesses' statements lie on the chain, and not on another history", () => {
  const lab = new Lab({ witnesses: 1 });
  lab.open().endorse();
  const head = lab.signHead();
  lab.witness();
  const statement = { ...lab.events.at(-1).body, election: head.election, format: "facevote-witness-2" };
  const fork = new Lab({ witnesses: 0 });
  fork.open().endorse().head();
  const published = readPublished(lab.election, `${encode(head)}\n${encode(statement)}\n`);

  assert.deepEqual(published.map(({ witness }) => witness), [null, 1]);
  assert.ok(continues(/** @type {Loose} */ (verifyBoard(lab.file).board), published));
  assert.ok(!continues(/** @type {Loose} */ (verifyBoard(fork.file).board), published));
});

test("a head of format 1 lies on its chain", () => {
  const { board } = verifyBoard(firstBytes);

  assert.ok(board && continues(board, readPublished(board.election, encode(first.head))));
});

test("heads that nobody signed are no heads", () => {
  const lab = new Lab();
  lab.open();
  const head = lab.signHead();

  for (const change of [{ hash: "0".repeat(64) }, { count: 2 }, { election: "0".repeat(64) }, { hour: "2026-11-24T10:00Z" }, { count: 2 ** 53 }]) {
    assert.throws(() => readPublished(lab.election, JSON.stringify({ ...head, ...change })));
  }
  assert.throws(() => readPublished(lab.election, "[".repeat(100_000)));
});

test("a receipt is the event and a head that ends in it; a dropped ballot is provable", () => {
  const lab = new Lab({ witnesses: 0 });
  lab.open().endorse().vote();
  const last = lab.events.at(-1);
  const text = encode({ event: last, format: "facevote-receipt-2", head: lab.signHead() });
  const receipt = readReceipt(lab.election, text);
  const without = Object.assign(Object.create(Lab.prototype), lab, { lines: lab.lines.slice(0, -1) });

  assert.equal(receipt.tracker, last.body.tracker);
  assert.ok(continues(/** @type {Loose} */ (verifyBoard(lab.file).board), [receipt]));
  assert.ok(!continues(/** @type {Loose} */ (verifyBoard(without.file).board), [receipt]));
  assert.throws(() => readReceipt(lab.election, encode({ event: lab.events.at(-2), format: "facevote-receipt-2", head: lab.signHead() })));
});
