// Audit instead of cast: opens a ballot that was made, and checks an opening. docs/cryptography.md, section 4.

import { bitsOf, listsOf, trackerOf } from "./answers.js";
import { draw } from "./ballot.js";
import { bytesFromHex, encode } from "./encode.js";
import { weightsOf } from "./manifest.js";
import { exactly, hash, identifier, listOf } from "./shape.js";

/** @import { MadeBallot } from "./ballot.js" */
/** @import { Contest, Election } from "./manifest.js" */
/** @import { Selections } from "./answers.js" */

/** What an opening says of one contest: the places of the selected choices. @typedef {{contest: Contest, selected: number[], blank: boolean}} OpenedContest */

const KEYS = /** @type {const} */ (["credential", "election", "format", "seed", "selections", "tracker"]);

/** The opening is wrong. Codes: form, election, contests, selections, tracker. */
export class OpeningWrong extends Error {
  /**
   * @param {"form" | "election" | "contests" | "selections" | "tracker"} code
   * @param {ErrorOptions} [options]
   */
  constructor(code, options) {
    super(code, options);
    this.code = code;
  }
}

/**
 * What shows the choices in a ballot.
 *
 * @param {Election} election
 * @param {string} credential
 * @param {Pick<MadeBallot, "seed" | "tracker">} made
 * @param {Selections} selections that the ballot was made of
 * @returns {string} canonical JSON, for one QR code
 */
export function openingOf(election, credential, { seed, tracker }, selections) {
  const given = election.contests.filter(({ id }) => Object.hasOwn(selections, id));
  return encode({
    credential,
    election: election.fingerprint,
    format: "facevote-opening-2",
    seed,
    selections: given.map((contest) => [contest.id, bitsOf(contest, selections[contest.id]).join("")]),
    tracker,
  });
}

/**
 * What an opening says, computed anew.
 *
 * @param {Election} election
 * @param {unknown} opening
 * @returns {{contests: OpenedContest[], tracker: string}}
 * @throws {OpeningWrong}
 */
export function checkOpening(election, opening) {
  const { fields, rows } = attempt(() => readOpening(opening));
  if (fields.election !== election.fingerprint || election.version !== 2) throw new OpeningWrong("election");
  const contests = election.contests.filter(({ id }) => rows.some(([given]) => given === id));
  const inOrder = contests.length === rows.length && contests.every(({ id }, i) => rows[i][0] === id);
  if (rows.length === 0 || !inOrder) throw new OpeningWrong("contests");
  const drawn = contests.map((contest, i) => {
    const bits = checkedBits(contest, rows[i][1]);
    const { ciphertexts } = draw(election, fields.credential, bytesFromHex(fields.seed), contest, bits);
    return { contest, bits, id: contest.id, ciphertexts: listsOf(ciphertexts) };
  });
  if (trackerOf(election.fingerprint, fields.credential, drawn) !== fields.tracker) throw new OpeningWrong("tracker");
  return { contests: drawn.map(openedContest), tracker: fields.tracker };
}

/**
 * The file that the voter takes to a second device. It holds everything that audit_ballot.py needs.
 *
 * @param {Election} election
 * @param {string} opening
 * @returns {string} canonical JSON
 */
export function auditFile({ manifest }, opening) {
  return encode({ format: "facevote-audit-2", manifest, opening: JSON.parse(opening) });
}

/** @param {unknown} opening */
function readOpening(opening) {
  const fields = exactly(opening, KEYS);
  if (fields.format !== "facevote-opening-2") throw new OpeningWrong("form");
  const rows = listOf(fields.selections, {}, (row) => {
    const [id, digits] = listOf(row, { min: 2, max: 2 }, (item) => item);
    if (typeof digits !== "string" || !/^[01]+$/.test(digits)) throw new OpeningWrong("form");
    return [identifier(id), digits];
  });
  const { credential, election, seed, tracker } = fields;
  return {
    fields: { credential: identifier(credential), election: hash(election), seed: hash(seed), tracker: hash(tracker) },
    rows,
  };
}

/**
 * @param {Contest} contest
 * @param {string} digits
 * @returns {number[]}
 */
function checkedBits(contest, digits) {
  const bits = [...digits].map(Number);
  const chosen = contest.choices.filter((_, i) => bits[i] === 1).map(({ id }) => id);
  const isBlank = contest.blank && bits.at(-1) === 1;
  const allowed = attempt(() => bitsOf(contest, isBlank ? null : chosen), "selections");
  const fits = bits.length === weightsOf(contest).length && allowed.every((bit, i) => bit === bits[i]);
  if (!fits) throw new OpeningWrong("selections");
  return bits;
}

/** @param {{contest: Contest, bits: number[]}} drawn */
function openedContest({ contest, bits }) {
  const selected = contest.choices.flatMap((_, i) => (bits[i] === 1 ? [i] : []));
  return { contest, selected, blank: contest.blank && bits.at(-1) === 1 };
}

/**
 * @template Value
 * @param {() => Value} read
 * @param {"form" | "selections"} [code]
 * @returns {Value}
 */
function attempt(read, code = "form") {
  try {
    return read();
  } catch (error) {
    throw error instanceof OpeningWrong ? error : new OpeningWrong(code, { cause: error });
  }
}
