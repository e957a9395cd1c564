// Verifies a whole board file. docs/cryptography.md, section 8. The page that checks receipts and the trustees' page
// both rest on it. It ends at the first line that breaks a rule.

import { decode } from "../encode.js";
import { sha256Hex } from "../group.js";
import { readManifest } from "../manifest.js";
import { proofFromList } from "../proofs.js";
import { exactly, expect, hash, integer } from "../shape.js";
import { hourText } from "../texts.js";
import { verifyKeys } from "../trustees/keys.js";
import { hasQuorum, newBoard } from "./board.js";
import * as counting from "./counting.js";
import { checkFile, linesOf } from "./file.js";
import { holdsHead, holdsWitness } from "./heads.js";
import { BoardProblem, orProblem, require } from "./problems.js";
import { openRoll } from "./roll.js";
import * as voting from "./voting.js";

/** @import { Board } from "./board.js" */
/** @import { ProblemCode } from "./problems.js" */
/** @import { Line } from "./voting.js" */

/** `line` counts from 1. @typedef {{line: number, code: ProblemCode}} Problem */

/**
 * @typedef {object} Verified
 * @property {Problem | null} problem the first one
 * @property {Board | null} board null if the first line is no opening of an election
 * @property {boolean} isFinished whether a head follows the result
 * @property {boolean} allProofs whether the proofs of all ballots were checked
 */

/**
 * `tracker`: whose ballot's proofs are checked in any case. `proofsUpTo`: on boards with more lines no others are.
 * `onProgress` gets bytes.
 *
 * @typedef {object} Options
 * @property {string | null} [tracker] or the beginning of it
 * @property {number} [proofsUpTo]
 * @property {(done: number, all: number) => void} [onProgress]
 */

/** What was read so far; `hour` is the last one. @typedef {{board: Board | null, hour: string, seq: number}} Progress */

const START = "0".repeat(64);
const LONG = 512 * 1024 * 1024;
const SHORT = 4 * 1024 * 1024;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** @typedef {Record<string, (board: Board, line: Line) => void>} Readers */

/** @type {Readers} */
const READERS_1 = {
  roll: voting.roll,
  ballot: voting.ballot,
  spoil: voting.spoil,
  close: counting.close,
  tally: counting.tally,
  decryption: counting.decrypt,
  result: counting.result,
  head,
};

/** @type {Record<1 | 2, Readers>} */
const READERS = {
  1: READERS_1,
  2: {
    ...READERS_1,
    endorse: voting.endorse,
    waive: voting.waive,
    override: voting.override,
    extend: voting.extend,
    forget: counting.forget,
    witness,
  },
};

/**
 * @param {Uint8Array} bytes the file
 * @param {Options} [options]
 * @returns {Verified}
 * @throws {FileChanged} if it is not the file that was downloaded
 */
export function verifyBoard(bytes, { tracker = null, proofsUpTo = Infinity, onProgress = () => {} } = {}) {
  checkFile(bytes);
  const allProofs = proofsUpTo === Infinity || [...linesOf(bytes)].length <= proofsUpTo;
  const checkProofs = (/** @type {string} */ found) => allProofs || (tracker !== null && found.startsWith(tracker));
  /** @type {Progress} */
  const progress = { board: null, hour: "", seq: 0 };
  let done = 0;
  for (const line of linesOf(bytes)) {
    const code = problemIn(progress, line, checkProofs);
    if (code) return { problem: { line: progress.seq + 1, code }, board: progress.board, isFinished: false, allProofs };
    progress.seq += 1;
    onProgress((done += line.bytes.length + 1), bytes.length);
  }
  const { board } = progress;
  return { problem: null, board, isFinished: board?.phase === "counted" && board.lastKind === "head", allProofs };
}

/**
 * Takes one more line.
 *
 * @param {Progress} progress
 * @param {{bytes: Uint8Array, isWhole: boolean}} line
 * @param {Line["checkProofs"]} checkProofs
 * @returns {ProblemCode | null}
 */
function problemIn(progress, { bytes, isWhole }, checkProofs) {
  const { board, hour, seq } = progress;
  try {
    require(isWhole, "truncated");
    const read = readLine(bytes, seq, hour, board?.hashes.at(-1) ?? START);
    progress.board = take(board, { ...read, checkProofs });
    progress.hour = read.hour;
    return null;
  } catch (error) {
    return error instanceof BoardProblem ? error.code : "malformed";
  }
}

/**
 * @param {Uint8Array} bytes
 * @param {number} seq the expected one
 * @param {string} hour of the event before
 * @param {string} prev the expected one
 */
function readLine(bytes, seq, hour, prev) {
  require(bytes.length <= LONG, "long");
  const line = orProblem("malformed", () =>
    exactly(decode(utf8.decode(bytes)), ["body", "hour", "kind", "prev", "seq"]),
  );
  require(line.seq === seq, "number");
  require(line.prev === prev, "chain");
  const now = orProblem("hour", () => hourText(line.hour));
  require(now >= hour, "hour");
  require(line.kind === "open" || line.kind === "roll" || bytes.length <= SHORT, "long");
  return { body: line.body, kind: line.kind, hour: now, seq, prev, hash: sha256Hex(bytes) };
}

/**
 * @param {Board | null} before
 * @param {Line & {kind: unknown}} line
 * @returns {Board}
 */
function take(before, line) {
  require((line.kind === "open") === (before === null), "order");
  const board = before ?? open(line.body);
  if (before) {
    const readers = READERS[board.election.version];
    const isKnown = typeof line.kind === "string" && Object.hasOwn(readers, line.kind);
    require(isKnown, "kind");
    const kind = String(line.kind);
    require(board.phase !== "counted" || ["head", "witness", "forget"].includes(kind), "order");
    readers[kind](board, line);
    board.lastKind = kind;
  }
  board.hashes.push(line.hash);
  return board;
}

/** @param {unknown} body */
function open(body) {
  const fields = exactly(body, ["manifest", "roll"]);
  const election = orProblem("manifest", () => readManifest(fields.manifest));
  orProblem("keys", () => verifyKeys(election));
  return newBoard(election, orProblem("roll", () => openRoll(election, fields.roll)));
}

/**
 * @param {Board} board
 * @param {Line} line
 */
function head(board, { body, seq, prev, hour }) {
  const { signature } = exactly(body, ["signature"]);
  require(board.lastKind !== "head", "order");
  const signed = { count: seq, hash: prev, hour, signature: proofFromList(signature) };
  require(holdsHead(board.election, signed), "head");
  board.seen.heads += 1;
}

/**
 * @param {Board} board
 * @param {Line} line
 */
function witness(board, { body, seq }) {
  const fields = exactly(body, ["count", "hash", "hour", "signature", "witness"]);
  const who = integer(fields.witness, 1, board.election.witnesses.length);
  const count = integer(fields.count, 1, seq);
  const signature = proofFromList(fields.signature);
  const statement = { count, hash: hash(fields.hash), hour: hourText(fields.hour), signature };
  require(holdsWitness(board.election, who, statement), "witness");
  require(board.hashes[count - 1] === statement.hash, "witness");
  const isAfterClose = board.close !== null && count > board.close.seq;
  if (isAfterClose && board.decrypted.length === 0) board.witnessedClose.add(who);
  board.seen.witnesses += 1;
}

/**
 * Whether statements that were published elsewhere lie on the chain of a board.
 *
 * @param {Board} board
 * @param {{count: number, hash: string}[]} statements
 * @returns {boolean}
 */
export function continues({ hashes }, statements) {
  return statements.every(({ count, hash: last }) => hashes[count - 1] === last);
}

/**
 * Returns if a board can be decrypted: it is verified up to its tally, and witnesses have signed its close.
 *
 * @param {Verified} verified
 * @returns {Board}
 * @throws {BoardProblem}
 */
export function decryptable({ problem, board, allProofs }) {
  if (problem) throw new BoardProblem(problem.code);
  expect(board !== null && allProofs, "a board that was verified wholly");
  require(board.phase === "summed" || board.phase === "decrypting", "order");
  require(hasQuorum(board), "quorum");
  return board;
}
