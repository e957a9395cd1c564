// A value that changes only after a while, so that words can be read and heard to their end. Pure.

/** @template Value */
export class Steady {
  #minimum;
  /** @type {Value | null} */
  #current = null;
  #changedAt = -Infinity;

  /** @param {number} minimum milliseconds that a value stays at least */
  constructor(minimum) {
    this.#minimum = minimum;
  }

  /**
   * The value to show now. A new one is taken only when the old one has been shown long enough.
   *
   * @param {Value} value
   * @param {number} now milliseconds
   * @returns {Value | null} null before the first value is taken
   */
  offer(value, now) {
    if (value !== this.#current && now - this.#changedAt >= this.#minimum) {
      this.#current = value;
      this.#changedAt = now;
    }
    return this.#current;
  }

  reset() {
    this.#current = null;
    this.#changedAt = -Infinity;
  }
}
