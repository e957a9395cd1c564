// The steps of the ballot page in the browser's history. Each is an entry of its own, so that Back leads to the
// step before it and not out of the page.

/** @typedef {{step: string, depth: number}} Entry `depth`: how many entries of this page lie below it */

// A browser that does not go back within this time has nowhere to go back to.
const UNWIND_MS = 500;

export class Steps {
  #first;
  #current;
  #depth;

  /**
   * @param {string} first the step that the page begins with
   * @param {(step: string) => void} onMove the voter went back or forward to this step
   */
  constructor(first, onMove) {
    this.#first = first;
    this.#current = first;
    // After a reload the entries of the time before it are still there.
    this.#depth = entryOf(window.history.state)?.depth ?? 0;
    window.history.replaceState(this.#entry(), "");
    window.addEventListener("popstate", ({ state }) => this.#moved(state, onMove));
  }

  /** @returns {string} the step of the entry on which the voter is */
  get current() {
    return this.#current;
  }

  /** @param {string} step */
  go(step) {
    if (step === this.#current) return;
    this.#current = step;
    this.#depth += 1;
    window.history.pushState(this.#entry(), "");
  }

  /**
   * The entry stands for another step from now on.
   *
   * @param {string} step
   */
  become(step) {
    this.#current = step;
    window.history.replaceState(this.#entry(), "");
  }

  /**
   * Opens another page in the place of all entries of this one.
   *
   * @param {string} url
   */
  leaveFor(url) {
    const leave = () => window.location.replace(url);
    if (this.#depth === 0) {
      leave();
      return;
    }
    const timer = setTimeout(leave, UNWIND_MS);
    window.addEventListener("popstate", () => {
      clearTimeout(timer);
      leave();
    });
    window.history.go(-this.#depth);
  }

  /** @returns {Entry} */
  #entry() {
    return { step: this.#current, depth: this.#depth };
  }

  /**
   * @param {unknown} state
   * @param {(step: string) => void} onMove
   */
  #moved(state, onMove) {
    const entry = entryOf(state);
    // A link to a part of the page makes an entry without a step; only the first step has such links.
    const step = entry?.step ?? this.#first;
    this.#depth = entry?.depth ?? this.#depth;
    if (step === this.#current) return;
    this.#current = step;
    onMove(step);
  }
}

/**
 * @param {any} state what the browser keeps with an entry
 * @returns {Entry | null} null if it is none of this page's steps
 */
function entryOf(state) {
  return typeof state?.step === "string" && Number.isInteger(state.depth) ? state : null;
}
