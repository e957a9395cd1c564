// What a trustee's browser does in each step, without a page: checks what the server shows, and makes the message to
// be sent, the key file to be saved before, and what the browser is to remember. It runs in a worker.

import { BoardProblem } from "../board/problems.js";
import { decryptable, verifyBoard } from "../board/verify.js";
import { readManifest } from "../manifest.js";
import { shortTracker } from "../tracker.js";
import * as ceremony from "./ceremony.js";
import { bindToTally, decryptBoard } from "./decryption.js";
import { keyFileText, newKeyFile, readKeyFile } from "./key-file.js";
import { emptyMemory } from "./memory.js";
import { TrusteeRefused } from "./refusals.js";

/** @import { Board } from "../board/board.js" */
/** @import { Problem, Verified } from "../board/verify.js" */
/** @import { Election } from "../manifest.js" */
/** @import { KeyFile } from "./key-file.js" */
/** @import { Memory } from "./memory.js" */

/**
 * What the server says, of which nothing is believed. In `registrations` and `shares` null stands for what is not
 * there yet; `shares` are those for this trustee.
 *
 * @typedef {object} Shown
 * @property {string} election
 * @property {number} index of this trustee
 * @property {number} threshold
 * @property {number} trustees how many there are
 * @property {unknown[]} registrations
 * @property {unknown[]} shares
 * @property {unknown} manifest null until the election is frozen
 */

/**
 * `file` is to be saved and `memory` to be kept before the message is sent. `accused` is the trustee whose signed share
 * was wrong, if the message is a complaint.
 *
 * @typedef {object} Outcome
 * @property {"registration" | "shares" | "confirmation" | "complaint" | "endorsement" | "partial"} kind
 * @property {unknown} message
 * @property {string} file
 * @property {string} round
 * @property {Memory} memory
 * @property {number} accused 0 for nobody
 */

/** What trustees compare by telephone before they decrypt. @typedef {{close: string, counted: number, ballots: number, withheld: number}} BoardNumbers */

/** The board breaks a rule. */
export class BoardRefused extends Error {
  /** @param {Problem} problem */
  constructor(problem) {
    super(`${problem.code} in line ${problem.line}`);
    this.problem = problem;
  }
}

export class TrusteeSession {
  /** @type {KeyFile | null} */
  #file = null;
  /** @type {Board | null} */
  #board = null;

  /**
   * Takes the file that a trustee has chosen.
   *
   * @param {string} text
   * @param {Shown} shown
   * @returns {{round: string}}
   * @throws {TrusteeRefused} with the fault "file" if it is another one, "file-old" if a later one was saved
   */
  choose(text, shown) {
    const file = readKeyFile(text);
    ceremony.checkFile(file, settingsOf(shown), shown.index, shown.registrations[shown.index - 1]);
    if (shown.manifest !== null && file.transcript === null) throw new TrusteeRefused("file-old");
    this.#file = file;
    return { round: file.round };
  }

  /**
   * @param {Shown} shown
   * @returns {Outcome}
   */
  register(shown) {
    const file = newKeyFile(settingsOf(shown), shown.index);
    this.#file = file;
    return this.#outcome("registration", ceremony.register(file), file, emptyMemory());
  }

  /**
   * @param {Shown} shown
   * @param {Memory} memory
   * @returns {Outcome}
   */
  shares({ registrations }, memory) {
    const file = ceremony.bind(this.#fileOf(memory), registrations);
    if (memory.transcript !== null && memory.transcript !== file.transcript) throw new TrusteeRefused("transcript");
    const shares = ceremony.makeShares(file, registrations);
    return this.#outcome("shares", shares, file, { ...memory, transcript: file.transcript });
  }

  /**
   * @param {Shown} shown
   * @param {Memory} memory
   * @returns {Outcome} a confirmation, or a complaint after which this trustee does nothing more in this round
   */
  confirm({ registrations, shares }, memory) {
    const file = this.#fileOf(memory);
    try {
      return this.#outcome("confirmation", ceremony.confirm(file, registrations, shares), file, memory);
    } catch (error) {
      if (!(error instanceof TrusteeRefused) || error.fault !== "share") throw error;
      const complaint = ceremony.complain(file, registrations, shares[error.trustee - 1], error.trustee);
      const stopped = { ...memory, stopped: true };
      return { ...this.#outcome("complaint", complaint, file, stopped), accused: error.trustee };
    }
  }

  /**
   * @param {Shown} shown
   * @param {Memory} memory
   * @returns {Outcome}
   */
  endorse({ manifest, shares }, memory) {
    const file = this.#fileOf(memory);
    const election = readElection(manifest);
    const { fingerprint } = election;
    if (memory.fingerprint !== null && memory.fingerprint !== fingerprint) throw new TrusteeRefused("fingerprint");
    const { file: checked, signature } = ceremony.endorse(file, election, shares);
    return this.#outcome("endorsement", signature, checked, { ...memory, fingerprint });
  }

  /**
   * Verifies a whole board before anything of it is decrypted.
   *
   * @param {Uint8Array} bytes
   * @param {Memory} memory
   * @param {(done: number, all: number) => void} onProgress
   * @returns {BoardNumbers}
   * @throws {BoardRefused | FileChanged | TrusteeRefused}
   */
  checkBoard(bytes, memory, onProgress) {
    this.#board = null;
    const file = this.#fileOf(memory);
    const board = ready(verifyBoard(bytes, { onProgress }));
    bindToTally(file, board, memory.decrypted);
    this.#board = board;
    const { close, sums } = board;
    if (close === null) throw new TrusteeRefused("board");
    const withheld = sums.filter(({ isWithheld }) => isWithheld).length;
    return { close: close.hash, counted: close.counted, ballots: close.ballots, withheld };
  }

  /**
   * Decrypts the board of checkBoard(), after people have compared its numbers.
   *
   * @param {Memory} memory
   * @returns {Outcome}
   */
  decrypt(memory) {
    const board = this.#board;
    if (board === null) throw new TrusteeRefused("board");
    const file = bindToTally(this.#fileOf(memory), board, memory.decrypted);
    const message = decryptBoard(file, board);
    return this.#outcome("partial", message, file, { ...memory, decrypted: file.decrypted });
  }

  /** @param {Memory} memory */
  #fileOf(memory) {
    if (this.#file === null) throw new TrusteeRefused("file");
    if (memory.stopped) throw new TrusteeRefused("stopped");
    return this.#file;
  }

  /**
   * @param {Outcome["kind"]} kind
   * @param {unknown} message
   * @param {KeyFile} file
   * @param {Memory} memory
   * @returns {Outcome}
   */
  #outcome(kind, message, file, memory) {
    this.#file = file;
    return { kind, message, file: keyFileText(file), round: file.round, memory, accused: 0 };
  }
}

/**
 * The fingerprint of a manifest, in full and as people compare it.
 *
 * @param {unknown} manifest
 * @returns {{full: string, short: string}}
 */
export function fingerprintOf(manifest) {
  const { fingerprint } = readElection(manifest);
  return { full: fingerprint, short: shortTracker(fingerprint) };
}

/** @param {Shown} shown */
function settingsOf({ election, threshold, trustees }) {
  return { election, threshold, trustees };
}

/**
 * @param {unknown} manifest
 * @returns {Election}
 */
function readElection(manifest) {
  try {
    return readManifest(manifest);
  } catch (error) {
    throw new TrusteeRefused("form", 0, { cause: error });
  }
}

/** @param {Verified} verified */
function ready(verified) {
  if (verified.problem) throw new BoardRefused(verified.problem);
  try {
    return decryptable(verified);
  } catch (error) {
    if (!(error instanceof BoardProblem)) throw error;
    throw new TrusteeRefused(error.code === "quorum" ? "quorum" : "board", 0, { cause: error });
  }
}
