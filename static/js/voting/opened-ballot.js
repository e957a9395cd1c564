// A ballot that was opened instead of cast: what it says, and whether that is what the voter filled in.

import { checkOpening } from "../crypto/audit.js";

/** @import { Ballot, Opening, Selections } from "../crypto/ballot.js" */
/** @import { Manifest } from "../crypto/manifest.js" */

/**
 * @typedef {object} OpenedBallot
 * @property {[title: string, names: string[]][]} rows what it says, contest by contest; [] if it can not be computed
 * @property {boolean} right whether it says what the voter filled in
 */

/**
 * Computes anew what an opened ballot says.
 *
 * @param {Manifest} manifest
 * @param {Ballot} ballot
 * @param {Opening} opening
 * @param {Selections} filledIn
 * @returns {OpenedBallot}
 */
export function readOpened(manifest, ballot, opening, filledIn) {
  try {
    const titles = checkOpening(manifest, ballot, opening);
    /** @type {[string, string[]][]} */
    const rows = manifest.contests.map(({ id, title }) => [title, titles[id]]);
    return { rows, right: matches(manifest, opening, filledIn) };
  } catch {
    return { rows: [], right: false };
  }
}

/**
 * @param {Manifest} manifest
 * @param {Opening} opening
 * @param {Selections} filledIn
 */
function matches(manifest, opening, filledIn) {
  return manifest.contests.every((contest, number) => {
    const bits = opening.contests[number].selections;
    const selected = filledIn[contest.id];
    const expected = contest.choices.map(({ id }) => Number(selected?.includes(id) ?? false));
    if (contest.blank) expected.push(Number(selected === null));
    return bits.length === expected.length && bits.every((bit, place) => bit === expected[place]);
  });
}
