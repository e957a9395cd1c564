// The events before the close. docs/cryptography.md, section 7.

import { credentialIn, readBallot, verifyBallot } from "../ballot-check.js";
import { BallotInvalid } from "../ballot-check.js";
import { hexOf } from "../encode.js";
import { holdsPossession, proofFromList } from "../proofs.js";
import { areSorted, exactly, expect, hash, integer, listOf } from "../shape.js";
import { firstPlainText, folded, momentText, plainText } from "../texts.js";
import { endorsement, jointCommitments, verificationKey } from "../trustees/statements.js";
import { BoardProblem, orProblem, require } from "./problems.js";
import { changeRoll, voterOn } from "./roll.js";

/** @import { ReadBallot } from "../ballot-check.js" */
/** @import { Board } from "./board.js" */
/** @import { ProblemCode } from "./problems.js" */

/**
 * A line of the board, and how it is to be read.
 * @typedef {{body: unknown, hour: string, seq: number, prev: string, hash: string, checkProofs: (tracker: string) => boolean}} Line
 */

/** @type {Record<string, ProblemCode>} */
const BALLOT_PROBLEMS = { election: "ballot", voter: "voter", contests: "ballot", proof: "proof", signature: "signature" };

/**
 * @param {Board} board
 * @param {unknown} value two pseudonyms of officials
 */
export function checkOfficials({ election: { version } }, value) {
  orProblem("officials", () => {
    const read = version === 1 ? firstPlainText : plainText;
    const names = listOf(value, { min: 2, max: 2 }, (name) => read(name, { max: 200 }));
    expect((version === 1 || areSorted(names)) && folded(names[0]) !== folded(names[1]), "two different officials");
  });
}

/**
 * @param {Board} board
 * @param {Line} line
 */
export function endorse(board, { body }) {
  const { election } = board;
  const fields = exactly(body, ["signature", "trustee"]);
  const trustee = integer(fields.trustee, 1, election.trustees.length);
  require(election.mode === "trustees" && board.phase === "begun", "order");
  require(!board.endorsed.has(trustee) && !board.waived.has(trustee), "endorsement");
  const key = verificationKey(trustee, jointCommitments(election.trustees));
  const statement = endorsement(election.fingerprint, trustee, key);
  require(holdsPossession(proofFromList(fields.signature), key, statement), "endorsement");
  board.endorsed.add(trustee);
}

/**
 * @param {Board} board
 * @param {Line} line
 */
export function waive(board, { body }) {
  const { trustees, threshold, mode } = board.election;
  const fields = exactly(body, ["approved_by", "trustees"]);
  checkOfficials(board, fields.approved_by);
  require(mode === "trustees" && board.phase === "begun", "order");
  const max = trustees.length - threshold;
  const waived = orProblem("endorsement", () =>
    listOf(fields.trustees, { min: 1, max }, (item) => integer(item, 1, trustees.length)),
  );
  const inOrder = waived.every((trustee, i) => i === 0 || waived[i - 1] < trustee);
  const isNew = board.waived.size === 0 && !waived.some((trustee) => board.endorsed.has(trustee));
  require(inOrder && isNew, "endorsement");
  board.waived = new Set(waived);
}

/**
 * @param {Board} board
 * @param {Line} line
 */
export function roll(board, { body }) {
  const isFirst = board.election.version === 1;
  const keys = /** @type {const} */ (["add", "approved_by", "remove", "roll"]);
  const fields = exactly(body, isFirst ? keys : [...keys, "signatures"]);
  require(isOpen(board), "order");
  checkOfficials(board, fields.approved_by);
  const change = /** @type {{add: unknown, remove: unknown, roll: unknown}} */ (fields);
  orProblem("roll", () => changeRoll(board.election, board.roll, change, (credential) => board.last.has(credential)));
  board.seen.rollChanges += 1;
}

/**
 * @param {Board} board
 * @param {Line} line
 */
export function override(board, { body }) {
  const fields = exactly(body, ["approved_by", "number"]);
  require(isOpen(board), "order");
  checkOfficials(board, fields.approved_by);
  require(fields.number === board.seen.overrides + 1, "override");
  board.seen.overrides += 1;
}

/**
 * @param {Board} board
 * @param {Line} line
 */
export function extend(board, { body }) {
  const fields = exactly(body, ["approved_by", "closes"]);
  require(isOpen(board), "order");
  checkOfficials(board, fields.approved_by);
  const closes = momentText(fields.closes);
  require(board.closes !== "" && closes > board.closes, "extension");
  board.closes = closes;
  board.seen.extensions += 1;
}

/**
 * @param {Board} board
 * @param {Line} line
 */
export function ballot(board, { body, seq, checkProofs }) {
  beginVoting(board);
  const fields = exactly(body, ["ballot", "supersedes", "tracker"]);
  const tracker = hash(fields.tracker);
  const voter = voterOn(board.election, board.roll, credentialIn(fields.ballot));
  require(voter !== null, "voter");
  const read = checked(() => readBallot(board.election, voter, fields.ballot));
  require(read.tracker === tracker && !board.casts.has(tracker), "tracker");
  require(!board.spoiled.has(tracker), "opened");
  takeAlphas(board, read);
  if (checkProofs(tracker)) checked(() => verifyBallot(board.election, voter, read));
  replaceBallot(board, read, fields.supersedes);
  board.casts.set(tracker, { line: seq + 1, tracker, credential: voter.credential, counts: true });
  board.ballots += 1;
}

/**
 * @param {Board} board
 * @param {Line} line
 */
export function spoil(board, { body }) {
  beginVoting(board);
  const tracker = hash(exactly(body, ["tracker"]).tracker);
  require(!board.spoiled.has(tracker) && !board.casts.has(tracker), "opened");
  board.spoiled.add(tracker);
}

/** @param {Board} board */
function isOpen({ phase }) {
  return phase === "begun" || phase === "voting";
}

/** @param {Board} board */
function beginVoting(board) {
  require(isOpen(board), "order");
  const { version, mode, trustees } = board.election;
  const isEndorsed = trustees.every((_, i) => board.endorsed.has(i + 1) || board.waived.has(i + 1));
  require(version === 1 || mode === "server" || isEndorsed, "endorsement");
  board.phase = "voting";
}

/**
 * @param {Board} board
 * @param {ReadBallot} read
 */
function takeAlphas({ alphas }, read) {
  for (const { alpha } of read.answers.flatMap(({ ciphertexts }) => ciphertexts)) {
    const text = hexOf(alpha);
    require(!alphas.has(text), "repeated");
    alphas.add(text);
  }
}

/**
 * @param {Board} board
 * @param {ReadBallot} read
 * @param {unknown} supersedes
 */
function replaceBallot({ election, last, casts }, read, supersedes) {
  const before = last.get(read.credential)?.tracker ?? null;
  require(supersedes === before && (before === null || election.revote), "second");
  const replaced = before === null ? undefined : casts.get(before);
  if (replaced) replaced.counts = false;
  last.set(read.credential, read);
}

/**
 * @template Value
 * @param {() => Value} read
 * @returns {Value}
 */
function checked(read) {
  try {
    return read();
  } catch (error) {
    const code = error instanceof BallotInvalid ? BALLOT_PROBLEMS[error.code] : "ballot";
    throw new BoardProblem(code, { cause: error });
  }
}
