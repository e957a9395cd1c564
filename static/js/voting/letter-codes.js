// The codes of registrars' letters, typed or brought by a letter's QR code. They are never sent and never stored with
// the selections; WebAssembly checks them in the worker.

import { element, elements } from "../dom.js";
import { WorkerFailed } from "./crypto-worker.js";

/** @import { CryptoWorker } from "./crypto-worker.js" */

// js/letter-code.js keeps them here from the address of a letter.
const KEY = "facevote.letter-code-";

export class LetterCodes {
  #fields;
  #worker;
  #points;
  #election;

  /**
   * @param {HTMLElement} root
   * @param {CryptoWorker} worker
   * @param {{election: string, points: string[], registrars: number}} voter `points` on the roll
   */
  constructor(root, worker, { election, points, registrars }) {
    this.#worker = worker;
    this.#election = election;
    this.#points = points;
    this.#fields = elements(root, "[data-code]").slice(0, registrars);
    element(root, "[data-codes]").hidden = registrars === 0;
    this.#fields.forEach((field, i) => {
      field.hidden = false;
      const input = inputOf(field);
      input.value = sessionStorage.getItem(KEY + (i + 1)) ?? "";
      input.addEventListener("change", () => this.#check(i));
    });
  }

  /** @returns {string[]} as typed */
  get typed() {
    return this.#fields.map((field) => inputOf(field).value);
  }

  /**
   * Checks all codes, and shows what is wrong with each.
   *
   * @returns {Promise<boolean>} whether all are the voter's
   * @throws {WorkerFailed} if the worker does not answer
   */
  async areRight() {
    let right = true;
    for (const [i, field] of this.#fields.entries()) {
      if (await this.#check(i)) continue;
      if (right) inputOf(field).focus();
      right = false;
    }
    return right;
  }

  /** The ballot is cast: nothing of the codes stays in this tab. */
  forget() {
    for (const [i, field] of this.#fields.entries()) {
      sessionStorage.removeItem(KEY + (i + 1));
      inputOf(field).value = "";
    }
  }

  /** @param {number} i */
  async #check(i) {
    const fault = await this.#faultOf(i);
    for (const words of elements(this.#fields[i], "[data-fault]")) words.hidden = words.dataset.fault !== fault;
    inputOf(this.#fields[i]).setAttribute("aria-invalid", String(fault !== ""));
    return fault === "";
  }

  /**
   * @param {number} i
   * @returns {Promise<string>} "" if the code is the voter's
   */
  async #faultOf(i) {
    const typed = inputOf(this.#fields[i]).value;
    const input = { election: this.#election, registrar: i + 1, typed, point: this.#points[i] };
    try {
      const { fits } = await this.#worker.ask("code", input);
      return fits ? "" : "another";
    } catch (error) {
      if (error instanceof WorkerFailed && error.failure.code === "code") return error.failure.detail;
      throw error;
    }
  }
}

/** @param {HTMLElement} field */
function inputOf(field) {
  return element(field, "textarea", HTMLTextAreaElement);
}
