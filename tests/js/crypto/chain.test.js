import assert from "node:assert/strict";
import test from "node:test";
import { checkBoard, checkPublishedHead } from "../../../static/js/crypto/chain.js";
import { encode } from "../../../static/js/crypto/encode.js";
import { sha256Hex } from "../../../static/js/crypto/group.js";
import { vectors } from "./vectors.js";

const { board, board_tracker: tracker, head } = vectors;
/** @param {string} text */
const codes = (text) => checkBoard(text).problems.map(({ code }) => code);

test("a finished election of the server's checks out", () => {
  const report = checkBoard(board);

  assert.deepEqual(report.problems, []);
  assert.ok(report.finished);
  assert.equal(report.fingerprint, head.election);
});

test("a tracker is found, and that a later ballot replaced it", () => {
  const lines = board.split("\n").map((line) => (line ? JSON.parse(line) : null));
  const last = lines.findLast((line) => line?.kind === "ballot")?.body.tracker;

  assert.equal(checkBoard(board, tracker.slice(0, 30)).cast?.counted, false);
  assert.equal(checkBoard(board, last).cast?.counted, true);
  assert.equal(checkBoard(board, "f".repeat(30)).cast, null);
});

test("an audited tracker is said to be so", () => {
  const spoiled = JSON.parse(board.split("\n").find((line) => line.includes('"kind":"spoil"')) ?? "");

  const report = checkBoard(board, spoiled.body.tracker);

  assert.ok(report.spoiled);
  assert.equal(report.cast, null);
});

test("a line altered, removed, doubled or cut is noticed", () => {
  const lines = board.split("\n");

  assert.ok(codes(board.replace("Voter 1", "Voter 9")).includes("chain"));
  assert.ok(codes(lines.toSpliced(2, 1).join("\n")).includes("number"));
  assert.ok(codes(lines.toSpliced(2, 0, lines[2]).join("\n")).includes("chain"));
  assert.deepEqual(codes(board.slice(0, -5)).at(0), "truncated");
});

test("a missing tail leaves the election unfinished", () => {
  const lines = board.split("\n").slice(0, -2);

  assert.equal(checkBoard(`${lines.join("\n")}\n`).finished, false);
});

test("a head that was published is on the chain, and not on a shorter one", () => {
  const short = board.split("\n").slice(0, 4).join("\n");

  assert.ok(checkPublishedHead(board, head));
  assert.ok(!checkPublishedHead(`${short}\n`, head));
});

test("a head of another election, hour, place or history is not on the chain", () => {
  const another = "0".repeat(64);
  const forged = [{ election: another }, { hash: another }, { hour: "2026-01-02T19:00Z" }, { count: 3 }];

  for (const change of forged) assert.ok(!checkPublishedHead(board, { ...head, ...change }));
});

test("a second ballot of one voter is noticed, also where the chain was made whole again", () => {
  const events = board.trimEnd().split("\n").map((line) => JSON.parse(line));
  const replacing = events.find(({ body }) => body.supersedes);
  replacing.body.supersedes = null;

  assert.ok(codes(chained(events)).includes("second"));
});

/**
 * The board of these events, with every hash of the chain made anew.
 *
 * @param {object[]} events
 * @returns {string}
 */
function chained(events) {
  let prev = "0".repeat(64);
  return events
    .map((event) => {
      const line = encode({ ...event, prev });
      prev = sha256Hex(line);
      return `${line}\n`;
    })
    .join("");
}
