// Photos that voters took: an official decides on one after the other, with keys too, without loading the page.
//
// Without this script each form is sent by itself, and the page comes again.

import { dataOf, element, elements, optionalElement } from "../dom.js";
import { postForm, Refused } from "../http.js";

const REVIEW = "[data-review]";

/** @param {HTMLElement} list */
function cards(list) {
  return elements(list, "[data-voter]");
}

/**
 * @param {HTMLElement} list
 * @param {number} by 1 for the next card, -1 for the one before
 */
function go(list, by) {
  const all = cards(list);
  const at = all.findIndex((card) => card.contains(document.activeElement));
  all[Math.min(Math.max(at + by, 0), all.length - 1)]?.focus();
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} button that decides
 */
async function decide(form, button) {
  const list = /** @type {HTMLElement} */ (form.closest(REVIEW));
  const card = /** @type {HTMLElement} */ (form.closest("[data-voter]"));
  const words = element(form, "[data-words]");
  const body = new URLSearchParams(/** @type {Record<string, string>} */ (Object.fromEntries(new FormData(form))));
  body.set("decision", button?.getAttribute("value") ?? "");
  try {
    words.textContent = String((await postForm(form.action, body)).words);
    for (const control of elements(form, "button, select")) control.setAttribute("disabled", "");
    card.classList.add("is-decided");
    go(list, 1);
  } catch (error) {
    const told = error instanceof Refused ? error.text("words") || error.text("error") : "";
    words.textContent = told || dataOf(list, "failed");
  }
}

/**
 * @param {HTMLElement} card
 * @param {string} key
 * @returns {boolean} whether the key means something here
 */
function press(card, key) {
  if (key === "a") optionalElement(card, "[data-approve]")?.click();
  else if (key === "r") element(card, "[data-reason]").focus();
  else return false;
  return true;
}

/**
 * @param {HTMLElement} list
 * @param {string} key
 * @returns {boolean} whether the key means something here
 */
function step(list, key) {
  if (key === "j") go(list, 1);
  else if (key === "k") go(list, -1);
  else return false;
  return true;
}

/**
 * While a reason is chosen, letters choose among the reasons.
 *
 * @param {HTMLElement | null} card
 * @param {string} key
 * @returns {boolean} whether the key means something here
 */
function refuseWith(card, key) {
  if (key !== "enter" || !card) return false;
  element(card, "[data-refuse]").click();
  return true;
}

/**
 * @param {HTMLElement} list
 * @param {KeyboardEvent} event
 */
function take(list, event) {
  const key = event.key.toLowerCase();
  const target = /** @type {HTMLElement} */ (event.target);
  const card = /** @type {HTMLElement | null} */ (target.closest("[data-voter]"));
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const meant = target.localName === "select" ? refuseWith(card, key) : step(list, key) || (card && press(card, key));
  if (meant) event.preventDefault();
}

for (const list of elements(document, REVIEW)) {
  document.addEventListener("keydown", (event) => take(list, event));
  for (const form of elements(list, "[data-decide]", HTMLFormElement)) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      decide(form, event.submitter);
    });
  }
  cards(list)[0]?.focus();
}
