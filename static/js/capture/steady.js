// A value that may change only every so often, so that words can be read and heard to their end. Pure.

export class Steady {
  #minimum;
  #current = null;
  #changedAt = -Infinity;

  /** @param {number} minimum milliseconds that a value stays at least */
  constructor(minimum) {
    this.#minimum = minimum;
  }

  /** The value to show now; a new one is taken only when the old one has stood long enough. */
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
