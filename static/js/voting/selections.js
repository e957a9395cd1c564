// What the voter has selected in the form, and what is wrong with it.

import { elements, optionalElement } from "../dom.js";

/** @import { Selections } from "../crypto/answers.js" */

/** @typedef {{contest: HTMLElement, text: string}} Problem a contest's element, and what is wrong in words */

/**
 * @param {HTMLFormElement} form
 * @returns {Selections}
 */
export function readSelections(form) {
  return Object.fromEntries(
    contestsOf(form).map((contest) => {
      const checked = checkedIn(contest);
      return [idOf(contest), checked.some(isBlank) ? null : checked.map(({ value }) => value)];
    }),
  );
}

/**
 * @param {HTMLFormElement} form
 * @param {{few: string, many: string}} words with %s for the contest's title and %d for the number
 * @returns {Problem[]}
 */
export function problemsOf(form, words) {
  const selections = readSelections(form);
  return contestsOf(form).flatMap((contest) => {
    const selected = selections[idOf(contest)];
    if (selected === null) return [];
    const { title = "", min = "", max = "" } = contest.dataset;
    if (selected.length < Number(min)) return [{ contest, text: fill(words.few, title, min) }];
    if (selected.length > Number(max)) return [{ contest, text: fill(words.many, title, max) }];
    return [];
  });
}

/**
 * What the form says now, for the review.
 *
 * @param {HTMLFormElement} form
 * @returns {[title: string, names: string[]][]}
 */
export function summaryOf(form) {
  return contestsOf(form).map((contest) => [
    contest.dataset.title ?? "",
    checkedIn(contest).map((input) => input.dataset.name ?? ""),
  ]);
}

/**
 * From now on a blank answer unticks all choices and the other way round, and the counters count.
 *
 * @param {HTMLFormElement} form
 */
export function watchSelections(form) {
  form.addEventListener("change", ({ target }) => {
    if (!(target instanceof HTMLInputElement)) return;
    const contest = /** @type {HTMLElement | null} */ (target.closest("[data-contest]"));
    if (!contest) return;
    if (target.checked && target.type === "checkbox") separateBlank(contest, target);
    count(contest);
  });
  contestsOf(form).forEach(count);
}

/**
 * @param {HTMLElement} contest
 * @param {HTMLInputElement} ticked
 */
function separateBlank(contest, ticked) {
  for (const input of checkedIn(contest)) {
    if (input !== ticked && (isBlank(ticked) || isBlank(input))) input.checked = false;
  }
}

/** @param {HTMLElement} contest */
function count(contest) {
  const counter = optionalElement(contest, "[data-counter]");
  if (!counter) return;
  const chosen = checkedIn(contest).filter((input) => !isBlank(input)).length;
  counter.textContent = (counter.dataset.text ?? "").replace("%d", String(chosen));
}

/** @param {HTMLElement} contest */
function checkedIn(contest) {
  return elements(contest, "input:checked", HTMLInputElement);
}

/** @param {HTMLInputElement} input */
function isBlank(input) {
  return "blank" in input.dataset;
}

/** @param {HTMLFormElement} form */
function contestsOf(form) {
  return elements(form, "[data-contest]");
}

/** @param {HTMLElement} contest */
function idOf(contest) {
  return contest.dataset.contest ?? "";
}

/**
 * @param {string} words
 * @param {string} title
 * @param {string} number
 */
function fill(words, title, number) {
  return words.replace("%s", title).replace("%d", number);
}
