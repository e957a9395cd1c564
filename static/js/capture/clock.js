// The time that is left to be recognised, and the help that comes when it takes long.

import { dataOf, elements, optionalElement } from "../dom.js";

const TICK_MS = 250;

/** Shows `[data-clock]`, and each `[data-help="10"]` once so many seconds have passed. */
export class Clock {
  #startedAt = 0;
  #seconds = 0;
  #held = false;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #ticking;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
  }

  /** @param {number} seconds in which the person must be recognised */
  start(seconds) {
    this.stop();
    [this.#startedAt, this.#seconds] = [performance.now(), seconds];
    this.#ticking = setInterval(() => this.#show(), TICK_MS);
    this.#show();
  }

  /**
   * A movement has a time of its own, so this one is not shown meanwhile.
   * @param {boolean} held
   */
  hold(held) {
    this.#held = held;
  }

  stop() {
    clearInterval(this.#ticking);
    this.#ticking = undefined;
    this.#held = false;
    this.#show();
  }

  #show() {
    const shown = this.#ticking !== undefined && !this.#held;
    const passed = (performance.now() - this.#startedAt) / 1000;
    const clock = optionalElement(this.root, "[data-clock]");
    if (clock) {
      clock.hidden = !shown;
      const seconds = Math.max(0, Math.ceil(this.#seconds - passed));
      clock.textContent = dataOf(clock, "clock").replace("{seconds}", String(seconds));
    }
    for (const help of elements(this.root, "[data-help]")) {
      help.hidden = !shown || passed < Number(help.dataset.help);
    }
  }
}
