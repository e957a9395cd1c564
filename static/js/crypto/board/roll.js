// Who may vote: the opening roll and its changes. docs/cryptography.md, sections 3 and 7.

import { bytesFromHex, encode } from "../encode.js";
import { pointFromHex, sha256Hex } from "../group.js";
import { printBytes } from "../manifest.js";
import { holdsPossession, proofFromList } from "../proofs.js";
import { areSorted, expect, hash, identifier, listOf } from "../shape.js";
import { firstPlainText, plainText } from "../texts.js";
import { require } from "./problems.js";

/** @import { Eligible } from "../ballot-check.js" */
/** @import { Statement } from "../group.js" */
/** @import { Election } from "../manifest.js" */

/**
 * `rows` are those on the roll now, by credential; `used` are all credentials and points that ever were.
 * @typedef {{rows: Map<string, unknown[]>, used: Set<string>}} Roll
 */

const MAX_VOTERS = 1_000_000;

/**
 * The roll of an `open` event.
 *
 * @param {Election} election
 * @param {unknown} value
 * @returns {Roll}
 * @throws {Error}
 */
export function openRoll(election, value) {
  /** @type {Roll} */
  const roll = { rows: new Map(), used: new Set() };
  const rows = addRows(election, roll, value, MAX_VOTERS);
  require(rollHash(election, rows) === election.roll, "roll");
  election.registrars.forEach(({ key, signature }, i) => {
    const points = sha256Hex(encode({ format: "facevote-points-2", points: pointsOf(rows, i) }));
    const statement = /** @type {Statement} */ ([
      "facevote-2/registrar-roll", election.id, i + 1, bytesFromHex(points), key,
    ]);
    require(holdsPossession(signature, key, statement), "registrar");
  });
  return roll;
}

/**
 * Applies a `roll` event: rows are removed first, then added.
 *
 * @param {Election} election
 * @param {Roll} roll
 * @param {{add: unknown, remove: unknown, roll: unknown, signatures?: unknown}} change
 * @param {(credential: string) => boolean} hasVoted
 */
export function changeRoll(election, roll, change, hasVoted) {
  const removed = listOf(change.remove, { max: MAX_VOTERS }, identifier);
  expect(areSorted(removed), "sorted credentials");
  for (const credential of removed) {
    require(roll.rows.has(credential) && !hasVoted(credential), "roll");
    roll.rows.delete(credential);
  }
  const added = addRows(election, roll, change.add, MAX_VOTERS - roll.rows.size);
  require(removed.length + added.length > 0, "roll");
  const rows = [...roll.rows.values()].sort((one, other) => (String(one[0]) < String(other[0]) ? -1 : 1));
  require(hash(change.roll) === rollHash(election, rows), "roll");
  if (election.version === 2) checkSignatures(election, change.signatures, added, removed);
}

/**
 * @param {Election} election
 * @param {unknown} value
 * @param {unknown[][]} added
 * @param {string[]} removed
 */
function checkSignatures(election, value, added, removed) {
  const expected = added.length > 0 ? election.registrars : [];
  const signatures = listOf(value, { min: expected.length, max: expected.length }, proofFromList);
  expected.forEach(({ key }, i) => {
    const points = sha256Hex(encode({ add: pointsOf(added, i), format: "facevote-change-2", remove: removed }));
    const statement = /** @type {Statement} */ ([
      "facevote-2/registrar-change", printBytes(election), i + 1, bytesFromHex(points), key,
    ]);
    require(holdsPossession(signatures[i], key, statement), "registrar");
  });
}

/**
 * @param {Election} election
 * @param {Roll} roll
 * @param {string} credential
 * @returns {Eligible | null} null for nobody on the roll
 */
export function voterOn({ registrars }, roll, credential) {
  const row = roll.rows.get(credential);
  if (!row) return null;
  // A row of format 1 has neither a group nor keys; without registrars the credential is no point.
  const [, , group = "", keys = []] = row;
  const points = registrars.length > 0 ? [credential, .../** @type {string[]} */ (keys)] : [];
  return { credential, group: String(group), points };
}

/**
 * @param {Election} election
 * @param {Roll} roll
 * @param {unknown} value
 * @param {number} max
 * @returns {unknown[][]}
 */
function addRows(election, { rows, used }, value, max) {
  const { version } = election;
  const added = listOf(value, { max }, (row) => readRow(election, row));
  expect(areSorted(added.map(([credential]) => String(credential))), "a sorted roll");
  for (const row of added) {
    const [credential, , , keys = []] = row;
    for (const name of [String(credential), .../** @type {string[]} */ (keys)]) {
      // In format 1 a credential that was removed may come back.
      require(version === 1 ? !rows.has(name) : !used.has(name), "roll");
      used.add(name);
    }
    rows.set(String(credential), row);
  }
  return added;
}

/**
 * @param {Election} election
 * @param {unknown} value
 * @returns {unknown[]}
 */
function readRow({ version, voters, registrars }, value) {
  const size = version === 2 ? 4 : 2;
  const row = listOf(value, { min: size, max: size }, (item) => item);
  const [credential, alias, group, keys] = row;
  identifier(credential);
  (version === 1 ? firstPlainText : plainText)(alias, { max: 200, empty: true });
  expect(voters === "alias" || alias === "", "no alias");
  if (version === 1) return row;
  plainText(group, { max: 100, empty: true });
  const more = Math.max(registrars.length - 1, 0);
  listOf(keys, { min: more, max: more }, (item) => pointFromHex(item));
  if (registrars.length > 0) pointFromHex(credential);
  return row;
}

/**
 * @param {unknown[][]} rows
 * @param {number} registrar from 0
 */
function pointsOf(rows, registrar) {
  return rows.map(([credential, , , keys]) => (registrar === 0 ? credential : /** @type {string[]} */ (keys)[0])).sort();
}

/**
 * @param {Election} election
 * @param {unknown[][]} voters
 */
function rollHash({ version }, voters) {
  return sha256Hex(encode({ format: `facevote-roll-${version}`, voters }));
}
