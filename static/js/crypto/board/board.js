// What is known of a board after some of its events.

/** @import { ReadBallot } from "../ballot-check.js" */
/** @import { Ciphertext } from "../elgamal.js" */
/** @import { Point } from "../group.js" */
/** @import { Contest, Election } from "../manifest.js" */
/** @import { Roll } from "./roll.js" */

/** Where an election is. @typedef {"begun" | "voting" | "closed" | "summed" | "decrypting" | "counted"} Phase */

/** `seq` and `hash` of the close event. @typedef {{seq: number, hash: string, ballots: number, counted: number}} Close */

/** The sums of one contest; `isWithheld` if nobody may decrypt them. @typedef {{contest: Contest, counted: number, sums: Ciphertext[], isWithheld: boolean}} Sum */

/** The decryption shares of a trustee, in the order of contests and positions. @typedef {{trustee: number, points: Point[][]}} Decrypted */

/** A ballot that was cast. @typedef {{line: number, tracker: string, credential: string, counts: boolean}} Cast */

/**
 * @typedef {object} Board
 * @property {Election} election
 * @property {Phase} phase
 * @property {Roll} roll
 * @property {string} closes the closing time, also after extensions; "" if by hand
 * @property {string[]} hashes of all events so far
 * @property {string} lastKind
 * @property {Set<number>} endorsed
 * @property {Set<number>} waived
 * @property {Map<string, ReadBallot>} last each voter's last ballot
 * @property {Map<string, Cast>} casts by tracker
 * @property {Set<string>} spoiled trackers
 * @property {Set<string>} alphas of all ciphertexts
 * @property {number} ballots
 * @property {Close | null} close
 * @property {Sum[]} sums
 * @property {string | null} tally the hash of the tally's body
 * @property {Decrypted[]} decrypted
 * @property {Set<number>} witnessedClose who signed a head after the close
 * @property {object | null} result
 * @property {boolean} forgotten
 * @property {{heads: number, witnesses: number, rollChanges: number, overrides: number, extensions: number}} seen
 */

/**
 * @param {Election} election
 * @param {Roll} roll
 * @returns {Board}
 */
export function newBoard(election, roll) {
  return {
    election,
    phase: "begun",
    roll,
    closes: election.closes ?? "",
    hashes: [],
    lastKind: "",
    endorsed: new Set(),
    waived: new Set(),
    last: new Map(),
    casts: new Map(),
    spoiled: new Set(),
    alphas: new Set(),
    ballots: 0,
    close: null,
    sums: [],
    tally: null,
    decrypted: [],
    witnessedClose: new Set(),
    result: null,
    forgotten: false,
    seen: { heads: 0, witnesses: 0, rollChanges: 0, overrides: 0, extensions: 0 },
  };
}

/**
 * Whether enough witnesses have signed a head after the close.
 *
 * @param {Board} board
 * @returns {boolean}
 */
export function hasQuorum({ election, witnessedClose }) {
  return witnessedClose.size >= election.quorum;
}
