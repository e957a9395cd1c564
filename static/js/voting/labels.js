// Writes the manifest's words onto the ballot, in the manifest's order. What the server's page said is not believed:
// the voter sees what the fingerprint covers.

import { inLanguage } from "../crypto/texts-shown.js";
import { element, elements, optionalElement } from "../dom.js";

/** @import { Choice, Contest } from "../crypto/manifest.js" */

/** The contests of a manifest as JSON has them, whose form a worker has checked. @typedef {{contests: Contest[]}} Labelled */

/** The page's form does not have exactly the manifest's contests and choices. */
export class OtherBallot extends Error {}

/**
 * @param {HTMLFormElement} form
 * @param {Labelled} manifest
 * @param {string} group of the voter
 * @param {string} language
 * @throws {OtherBallot}
 */
export function writeLabels(form, { contests }, group, language) {
  const own = contests.filter(({ groups }) => groups.length === 0 || groups.includes(group));
  const fields = elements(form, "[data-contest]");
  if (fields.length !== own.length) throw new OtherBallot("contests");
  own.forEach((contest, i) => {
    const field = fields.find(({ dataset }) => dataset.contest === contest.id);
    if (!field) throw new OtherBallot(contest.id);
    // In the manifest's order, one after the other where the first field stands.
    if (i > 0) fieldOf(form, own[i - 1]).after(field);
    else form.prepend(field);
    writeContest(field, contest, language);
  });
}

/**
 * @param {HTMLFormElement} form
 * @param {Contest} contest
 */
function fieldOf(form, { id }) {
  return element(form, `[data-contest="${id}"]`);
}

/**
 * @param {HTMLElement} field
 * @param {Contest} contest
 * @param {string} language
 */
function writeContest(field, contest, language) {
  const title = inLanguage(contest.title, language);
  element(field, "h2").textContent = title;
  Object.assign(field.dataset, { title, min: String(contest.min), max: String(contest.max) });
  write(field, "[data-description]", inLanguage(contest.description, language));
  const inputs = elements(field, "input", HTMLInputElement);
  const hasBlank = inputs.filter(({ dataset }) => "blank" in dataset).length === Number(contest.blank);
  if (inputs.length !== contest.choices.length + Number(contest.blank) || !hasBlank) throw new OtherBallot(contest.id);
  const ordered = "shuffle" in field.dataset ? shuffled(contest.choices) : contest.choices;
  const list = element(field, "ul");
  for (const choice of ordered.toReversed()) {
    const input = inputs.find(({ value, dataset }) => value === choice.id && !("blank" in dataset));
    const item = input?.closest("li");
    if (!input || !item) throw new OtherBallot(`${contest.id}/${choice.id}`);
    list.prepend(item);
    writeChoice(input, item, choice, language);
  }
}

/**
 * @param {HTMLInputElement} input
 * @param {HTMLElement} item
 * @param {Choice} choice
 * @param {string} language
 */
function writeChoice(input, item, choice, language) {
  input.dataset.name = nameOf(choice, language);
  write(item, ".choice-name", inLanguage(choice.title, language));
  write(item, ".choice-party", inLanguage(choice.party, language));
  write(item, ".choice-statement", inLanguage(choice.statement, language));
}

/**
 * A choice as reviews and openings name it: two people of one name are in two parties.
 *
 * @param {Choice} choice
 * @param {string} language
 * @returns {string}
 */
export function nameOf({ title, party }, language) {
  const [name, group] = [inLanguage(title, language), inLanguage(party, language)];
  return group === "" ? name : `${name} (${group})`;
}

/**
 * @param {HTMLElement} owner
 * @param {string} selector
 * @param {string} text
 */
function write(owner, selector, text) {
  const place = optionalElement(owner, selector);
  if (!place) {
    if (text !== "") throw new OtherBallot(`no place for ${selector}`);
    return;
  }
  place.textContent = text;
  place.hidden = text === "";
}

/**
 * @template Item
 * @param {Item[]} items
 * @returns {Item[]} in an order that this device draws
 */
function shuffled(items) {
  const drawn = crypto.getRandomValues(new Uint32Array(items.length));
  return items.map((item, i) => ({ item, at: drawn[i] })).sort((a, b) => a.at - b.at).map(({ item }) => item);
}
