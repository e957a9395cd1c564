// Checks a downloaded board file without a network: every hash of the chain, the signed heads, and
// whether one tracker is on the board. The proofs of the ballots are checked by verify_election.py.

import { bytesFromHex, decode, encode } from "./encode.js";
import { pointFromHex, sha256Hex } from "./group.js";
import { fingerprint } from "./manifest.js";
import { holdsPossession, proofFromList } from "./proofs.js";

/** @import { Ballot } from "./ballot.js" */
/** @import { Manifest } from "./manifest.js" */
/** @import { ProofList } from "./proofs.js" */

/**
 * A head that was published elsewhere: "the first `count` events end in the event with this `hash`".
 * @typedef {{count: number, election: string, hash: string, hour: string, signature: ProofList}} PublishedHead
 */

/** @typedef {{ballot: Ballot, supersedes: string | null, tracker: string}} BallotBody */

/**
 * One line of the board. Which body goes with which kind stands in docs/cryptography.md, section 7.
 * @typedef {{kind: string, seq: number, prev: string, hour: string, body: unknown}} BoardLine
 */

/** `line` counts from 1. @typedef {{line: number, code: string}} Problem */

/** Where the ballot with the tracker is, and whether no later one replaced it.
 * @typedef {{line: number, tracker: string, counted: boolean}} CastBallot
 */

/**
 * @typedef {object} BoardReport
 * @property {number} events
 * @property {string} hash the hash of the last event
 * @property {string | null} fingerprint of the election in the file
 * @property {boolean} finished whether a head follows the result
 * @property {Problem[]} problems
 * @property {CastBallot | null} cast the ballot with the tracker
 * @property {boolean} spoiled whether the ballot with the tracker was opened instead of cast
 * @property {unknown} result the body of the result, or null
 */

/**
 * What is known of the board after some of its lines.
 *
 * @typedef {object} Board
 * @property {string | null} tracker
 * @property {number} events
 * @property {string} hash
 * @property {string} hour
 * @property {string} lastKind
 * @property {Manifest | null} manifest
 * @property {string | null} fingerprint
 * @property {CastBallot | null} cast
 * @property {Map<string, string>} lastBallots the tracker of each credential's last ballot
 * @property {boolean} spoiled
 * @property {unknown} result
 * @property {Problem[]} problems
 */

/** @typedef {(code: string) => void} Complain */

const START = "0".repeat(64);

/**
 * Reads a board file. It never throws: what is wrong stands in `problems`.
 *
 * @param {string} text
 * @param {string | null} [tracker] one to look for, or its beginning as trackerPrefix() gives it
 * @returns {BoardReport}
 */
export function checkBoard(text, tracker = null) {
  const board = newBoard(tracker);
  const lines = text.split("\n");
  if (lines.pop() !== "") board.problems.push({ line: lines.length + 1, code: "truncated" });
  lines.forEach((line, seq) => {
    try {
      readLine(board, line, seq);
    } catch {
      board.problems.push({ line: seq + 1, code: "malformed" });
    }
    board.hash = sha256Hex(line);
    board.events = seq + 1;
  });
  return reportOf(board);
}

/**
 * Whether a head that was published elsewhere was signed for this election and the file continues it.
 *
 * @param {string} text the board file
 * @param {PublishedHead} head
 * @returns {boolean}
 * @throws {Error} if the file or the head is malformed: NotCanonical, GroupError or TypeError
 */
export function checkPublishedHead(text, head) {
  const lines = text.split("\n");
  const { manifest } = /** @type {{body: {manifest: Manifest}}} */ (decode(lines[0])).body;
  const hash = fingerprint(manifest);
  const continued = lines.length > head.count && sha256Hex(lines[head.count - 1]) === head.hash;
  return head.election === hash && holdsHead(manifest, hash, head) && continued;
}

/**
 * @param {Manifest} manifest
 * @param {string} election its fingerprint
 * @param {Omit<PublishedHead, "election">} head
 */
function holdsHead(manifest, election, { count, hash, hour, signature }) {
  const key = pointFromHex(manifest.board_key);
  const proof = proofFromList(signature);
  return holdsPossession(proof, key, [
    "facevote-1/head",
    bytesFromHex(election),
    count,
    bytesFromHex(hash),
    hour,
    key,
  ]);
}

/**
 * @param {string | null} tracker
 * @returns {Board}
 */
function newBoard(tracker) {
  return {
    tracker,
    events: 0,
    hash: START,
    hour: "",
    lastKind: "",
    manifest: null,
    fingerprint: null,
    cast: null,
    lastBallots: new Map(),
    spoiled: false,
    result: null,
    problems: [],
  };
}

/**
 * @param {Board} board
 * @param {string} text
 * @param {number} seq
 */
function readLine(board, text, seq) {
  const line = /** @type {BoardLine} */ (decode(text));
  /** @type {Complain} */
  const problem = (code) => {
    board.problems.push({ line: seq + 1, code });
  };
  if (line.seq !== seq) problem("number");
  if (line.prev !== board.hash) problem("chain");
  if (line.hour < board.hour) problem("hour");
  if ((line.kind === "open") !== (seq === 0)) problem("order");
  board.hour = line.hour;
  board.lastKind = line.kind;
  READERS[line.kind]?.(board, line, problem);
}

/** @type {Record<string, (board: Board, line: BoardLine, problem: Complain) => void>} */
const READERS = {
  open(board, { body }) {
    const { manifest } = /** @type {{manifest: Manifest}} */ (body);
    board.manifest = manifest;
    board.fingerprint = fingerprint(manifest);
  },
  ballot(board, { body, seq }, problem) {
    const cast = /** @type {BallotBody} */ (body);
    const before = board.lastBallots.get(cast.ballot.credential) ?? null;
    checkCast(board, cast, before, problem);
    if (board.cast && before === board.cast.tracker) board.cast.counted = false;
    board.lastBallots.set(cast.ballot.credential, cast.tracker);
    if (isSought(board, cast.tracker)) board.cast = { line: seq + 1, tracker: cast.tracker, counted: true };
  },
  spoil(board, { body }) {
    if (isSought(board, /** @type {{tracker: string}} */ (body).tracker)) board.spoiled = true;
  },
  head(board, { body, hour, seq, prev }, problem) {
    const { manifest, fingerprint: election } = opened(board);
    const { signature } = /** @type {{signature: ProofList}} */ (body);
    if (!holdsHead(manifest, election, { count: seq, hash: prev, hour, signature })) problem("signature");
  },
  result(board, { body }) {
    board.result = body;
  },
};

/**
 * @param {Board} board
 * @param {BallotBody} cast
 * @param {string | null} before the tracker of the voter's ballot before this one
 * @param {Complain} problem
 */
function checkCast(board, { ballot, supersedes, tracker }, before, problem) {
  if (sha256Hex(encode(ballot)) !== tracker) problem("tracker");
  if (ballot.election !== board.fingerprint) problem("election");
  if (supersedes !== before || (before && !opened(board).manifest.revote)) problem("second");
}

/**
 * @param {Board} board
 * @param {string} tracker
 */
function isSought(board, tracker) {
  return Boolean(board.tracker && tracker.startsWith(board.tracker));
}

/**
 * @param {Board} board
 * @returns {{manifest: Manifest, fingerprint: string}}
 */
function opened({ manifest, fingerprint: election }) {
  if (!manifest || !election) throw new TypeError("no opening event came before");
  return { manifest, fingerprint: election };
}

/**
 * @param {Board} board
 * @returns {BoardReport}
 */
function reportOf(board) {
  const { events, hash, problems, cast, spoiled, result } = board;
  const finished = result !== null && board.lastKind === "head";
  return { events, hash, fingerprint: board.fingerprint, finished, problems, cast, spoiled, result };
}
