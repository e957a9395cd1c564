// A ballot that was opened instead of cast: what it says, and whether that is what the voter filled in.

import { inLanguage } from "../crypto/texts-shown.js";
import { nameOf } from "./labels.js";

/** @import { Selections } from "../crypto/answers.js" */
/** @import { OpenedRow } from "../crypto/worker.js" */
/** @import { Labelled } from "./labels.js" */

/**
 * @param {Labelled} manifest
 * @param {OpenedRow[]} rows what was computed anew
 * @param {string} language
 * @returns {[title: string, names: string[]][]} contest by contest; [] for a blank answer
 */
export function readOpened({ contests }, rows, language) {
  return rows.map(([id, selected]) => {
    const contest = contests.find((item) => item.id === id);
    if (!contest) throw new TypeError(`no contest ${id}`);
    const names = selected.map((place) => nameOf(contest.choices[place], language));
    return [inLanguage(contest.title, language), names];
  });
}

/**
 * Whether an opened ballot says what the voter filled in.
 *
 * @param {Labelled} manifest
 * @param {OpenedRow[]} rows
 * @param {Selections} filledIn
 * @returns {boolean}
 */
export function isAsFilledIn({ contests }, rows, filledIn) {
  const isComplete = rows.length === Object.keys(filledIn).length;
  return isComplete && rows.every(([id, selected, blank]) => {
    const choices = contests.find((item) => item.id === id)?.choices ?? [];
    const chosen = selected.map((place) => choices[place].id);
    const wanted = filledIn[id];
    if (wanted === null || wanted === undefined) return blank && wanted === null;
    return !blank && chosen.length === wanted.length && chosen.every((item) => wanted.includes(item));
  });
}
