// Keeps what the voter has selected in this tab alone, so that Back, a reload or a new sign-in loses nothing.
// Closing the tab, signing out and casting the ballot end it.

import { elements } from "../dom.js";

/** @typedef {{owner: string, at: number, chosen: [name: string, value: string][]}} Kept */

const KEY = "facevote.selections";
// As long as a session.
const LIFE_MS = 2 * 60 * 60 * 1000;

export class KeptSelections {
  #form;
  #owner;

  /**
   * @param {HTMLFormElement} form
   * @param {string} owner whose ballot it is in which election: nobody else gets the selections
   */
  constructor(form, owner) {
    this.#form = form;
    this.#owner = owner;
  }

  /** @returns {boolean} whether anything was kept and is in the form now */
  restore() {
    const kept = read();
    if (kept?.owner !== this.#owner || Date.now() - kept.at > LIFE_MS) {
      this.forget();
      return false;
    }
    for (const input of inputsOf(this.#form)) {
      input.checked = kept.chosen.some(([name, value]) => name === input.name && value === input.value);
    }
    return this.isAny();
  }

  keep() {
    /** @type {Kept} */
    const kept = { owner: this.#owner, at: Date.now(), chosen: [] };
    for (const { checked, name, value } of inputsOf(this.#form)) if (checked) kept.chosen.push([name, value]);
    try {
      sessionStorage.setItem(KEY, JSON.stringify(kept));
    } catch {
      // A browser that keeps nothing: the voter is warned before leaving all the same.
    }
  }

  forget() {
    forgetSelections();
  }

  /** @returns {boolean} whether the voter has selected anything */
  isAny() {
    return inputsOf(this.#form).some(({ checked }) => checked);
  }
}

/** Drops the selections, whoever's they are. */
export function forgetSelections() {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Nothing is kept.
  }
}

/** @returns {Kept | null} */
function read() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    return Array.isArray(kept?.chosen) ? kept : null;
  } catch {
    return null;
  }
}

/** @param {HTMLFormElement} form */
function inputsOf(form) {
  return elements(form, "[data-contest] input", HTMLInputElement);
}
