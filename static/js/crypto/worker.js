// The cryptography of a voter's pages, off the main thread and under a policy that lets WebAssembly compile. Nothing
// is kept here: what a page needs again it sends again.

import { auditFile, checkOpening, openingOf } from "./audit.js";
import { encryptBallot } from "./ballot.js";
import { readPublished, readReceipt } from "./board/heads.js";
import { continues, verifyBoard } from "./board/verify.js";
import { credentialOf, readCode } from "./codes.js";
import { decode, hexOf } from "./encode.js";
import { readManifest } from "./manifest.js";
import { serve } from "./serving.js";
import { shortTracker } from "./tracker.js";
import { verifyKeys } from "./trustees/keys.js";

/** @import { Selections } from "./answers.js" */
/** @import { MadeBallot } from "./ballot.js" */
/** @import { Verified } from "./board/verify.js" */

/**
 * The voter of a ballot; `codes` are as typed, one for each registrar.
 * @typedef {{credential: string, group: string, keys: string[], codes: string[]}} TypedVoter
 */

/** An opened contest: its id, the places of the selected choices, and whether the blank answer is selected. @typedef {[id: string, selected: number[], blank: boolean]} OpenedRow */

/** What the page says of a board file. @typedef {ReturnType<typeof checkBoard>} BoardReport */

/** Boards with more lines have only the proofs of the own ballot checked here; verify_election.py checks all. */
const ALL_PROOFS_UP_TO = 2000;

/**
 * Reads a manifest as nobody's word is taken for it: its form, its keys and their proofs.
 *
 * @param {unknown} manifest
 */
function checked(manifest) {
  const election = readManifest(manifest);
  verifyKeys(election);
  return election;
}

/** @param {{manifest: unknown}} input */
function readElection({ manifest }) {
  const { fingerprint, registrars } = checked(manifest);
  return { fingerprint, short: shortTracker(fingerprint), registrars: registrars.length };
}

/**
 * Whether a typed code is one, and the voter's.
 *
 * @param {{election: string, registrar: number, typed: string, point: string}} input
 * @returns {{fits: boolean}}
 * @throws {CodeRefused}
 */
function checkCode({ election, registrar, typed, point }) {
  return { fits: hexOf(credentialOf(election, registrar, readCode(typed)).point) === point };
}

/**
 * @param {{manifest: unknown, voter: TypedVoter, selections: Selections}} input
 * @param {(done: number, all: number) => void} onProgress
 * @returns {MadeBallot}
 */
function encrypt({ manifest, voter, selections }, onProgress) {
  const codes = voter.codes.map(readCode);
  return encryptBallot(checked(manifest), { ...voter, codes }, selections, onProgress);
}

/**
 * Opens a ballot, and reads the opening as another device will.
 *
 * @param {{manifest: unknown, credential: string, made: {seed: string, tracker: string}, selections: Selections}} input
 * @returns {{opening: string, file: string, rows: OpenedRow[]}}
 */
function open({ manifest, credential, made, selections }) {
  const election = readManifest(manifest);
  const opening = openingOf(election, credential, made, selections);
  const { contests } = checkOpening(election, decode(opening));
  const rows = contests.map(({ contest, selected, blank }) => /** @type {OpenedRow} */ ([contest.id, selected, blank]));
  return { opening, file: auditFile(election, opening), rows };
}

/**
 * @param {{manifest: unknown, receipt: string, tracker: string}} input
 * @returns {{holds: boolean}} whether the receipt is signed and is of this tracker
 */
function checkReceipt({ manifest, receipt, tracker }) {
  return { holds: readReceipt(readManifest(manifest), receipt).tracker === tracker };
}

/**
 * @param {{bytes: Uint8Array, tracker: string, heads: string, receipt: string}} input
 * @param {(done: number, all: number) => void} onProgress
 */
function checkBoard({ bytes, tracker, heads, receipt }, onProgress) {
  const verified = verifyBoard(bytes, { tracker, proofsUpTo: ALL_PROOFS_UP_TO, onProgress });
  const { problem, board, isFinished, allProofs } = verified;
  const history = historyOf(verified, heads, receipt);
  const known = { problem, isFinished, allProofs, history };
  if (!board) return { ...known, fingerprint: "", short: "", events: 0, heads: 0, witnesses: 0, spoiled: false, cast: null };
  const isOwn = (/** @type {string} */ other) => other.startsWith(tracker);
  const { election, hashes, seen, casts, spoiled } = board;
  return {
    ...known,
    fingerprint: election.fingerprint,
    short: shortTracker(election.fingerprint),
    events: hashes.length,
    heads: seen.heads,
    witnesses: seen.witnesses,
    spoiled: [...spoiled].some(isOwn),
    cast: [...casts.values()].find((cast) => isOwn(cast.tracker)) ?? null,
  };
}

/**
 * Whether what was published elsewhere lies on this chain.
 *
 * @param {Verified} verified
 * @param {string} heads one head or witness's statement on each line
 * @param {string} receipt
 * @returns {"none" | "continued" | "forked" | "unsigned"}
 */
function historyOf({ board, problem }, heads, receipt) {
  if (!board || problem || (heads.trim() === "" && receipt === "")) return "none";
  try {
    const own = receipt === "" ? [] : [readReceipt(board.election, receipt)];
    return continues(board, [...readPublished(board.election, heads), ...own]) ? "continued" : "forked";
  } catch {
    return "unsigned";
  }
}

serve({ election: readElection, code: checkCode, encrypt, open, receipt: checkReceipt, board: checkBoard });
