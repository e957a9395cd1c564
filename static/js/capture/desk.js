// The desk's part of a hand-off to a phone: shows the QR code and the signs, and asks how far the phone is.

import { csrfToken, dataOf, element, elements } from "../dom.js";
import { postJson, Refused } from "../http.js";
import { refusalOf } from "./socket.js";

/** @import { TicketRefused } from "./socket.js" */

const ASK_MS = 700;
/** How far the phone may be when this page was loaded anew and still goes on. */
const ON_THE_PHONE = ["scanned", "confirmed", "verified"];

/**
 * @typedef {object} DeskOptions
 * @property {() => {purpose: string, bound_to: string}} matter what the face step is for
 * @property {() => void} onVerified
 * @property {(refusal: TicketRefused) => void} onRefused there is no face step for this account now
 */

export class Desk {
  #running = new AbortController();

  /**
   * @param {HTMLElement} root the capture widget
   * @param {DeskOptions} options
   */
  constructor(root, options) {
    this.root = root;
    this.options = options;
  }

  get #section() {
    return element(this.root, "[data-state=phone]");
  }

  /** Shows a new code, in place of the one before. */
  async start() {
    this.stop();
    const run = (this.#running = new AbortController());
    this.#show("loading");
    try {
      const shown = await this.#post("showUrl");
      if (run.signal.aborted) return;
      this.#showCode(shown);
      this.#poll(run);
    } catch (error) {
      if (!run.signal.aborted) this.#failed(error);
    }
  }

  /**
   * After this page was loaded anew: goes on where the phone is at work already.
   * @returns {Promise<boolean>} whether it is
   */
  async resume() {
    const run = (this.#running = new AbortController());
    try {
      const answer = await this.#post("askUrl");
      if (run.signal.aborted || !ON_THE_PHONE.includes(String(answer.state))) return false;
      this.#writeSigns(answer);
      this.#poll(run);
      return true;
    } catch {
      return false;
    }
  }

  stop() {
    this.#running.abort();
  }

  /** The voter does it in another way: no phone goes on for this page. */
  async giveUp() {
    this.stop();
    await this.#post("endUrl").catch(() => null);
  }

  /** @param {AbortController} run */
  async #poll(run) {
    while (!run.signal.aborted) {
      let answer;
      try {
        answer = await this.#post("askUrl");
      } catch (error) {
        if (run.signal.aborted) return;
        // A broken line mends; whoever is signed out is told so.
        if (error instanceof Refused && error.status < 500) {
          this.#failed(error);
          return;
        }
      }
      if (run.signal.aborted) return;
      if (answer && !this.#goOn(String(answer.state))) return;
      await new Promise((resolve) => {
        setTimeout(resolve, ASK_MS);
      });
    }
  }

  /**
   * @param {string} state
   * @returns {boolean} whether there is more to ask for
   */
  #goOn(state) {
    if (state === "verified") {
      this.options.onVerified();
      return false;
    }
    this.#show(state);
    return state !== "ended";
  }

  /** @param {unknown} error */
  #failed(error) {
    if (error instanceof Refused && error.status < 500) {
      this.options.onRefused(refusalOf(error.status, error.body));
    } else {
      this.#show("lost");
    }
  }

  /** @param {Record<string, unknown>} shown */
  #showCode(shown) {
    element(this.#section, "[data-phone-qr]", HTMLImageElement).src = String(shown.qr);
    this.#writeSigns(shown);
    this.#show("shown");
  }

  /** @param {Record<string, unknown>} answer */
  #writeSigns({ code }) {
    element(this.#section, "[data-phone-signs]").textContent = [...String(code)].join(" ");
  }

  /** @param {string} at */
  #show(at) {
    for (const part of elements(this.#section, "[data-phone-at]")) {
      part.hidden = !dataOf(part, "phoneAt").split(" ").includes(at);
    }
  }

  /** @param {"showUrl" | "askUrl" | "endUrl"} name */
  #post(name) {
    return postJson(dataOf(this.#section, name), this.options.matter(), {
      csrfToken: csrfToken(this.root),
      signal: this.#running.signal.aborted ? undefined : this.#running.signal,
    });
  }
}
