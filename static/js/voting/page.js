// The ballot page: form -> review -> encryption -> tracker -> cast or open -> face step -> receipt.
// The choices and the encrypted ballot are kept in this page's memory only.

import { auditFile, checkOpening } from "../crypto/audit.js";
import { csrfToken, dataOf, element, elements, embeddedJson, optionalElement } from "../dom.js";
import { Refused } from "../http.js";
import { encrypt } from "./encryption.js";
import { showProblems, showSelections, showTracker } from "./render.js";
import { postBallot, postOpening } from "./requests.js";
import { problemsOf, readSelections, summaryOf, watchSelections } from "./selections.js";

/** @import { Ballot, Opening } from "../crypto/ballot.js" */
/** @import { Manifest } from "../crypto/manifest.js" */
/** @import { EncryptedBallot } from "../crypto/worker.js" */

/**
 * Which of the steps at the head of the page a state belongs to. All others belong to "review".
 * @type {Record<string, string>}
 */
const STEP = { filling: "ballot", unusable: "ballot", face: "face", casting: "face" };

/** After these refusals the same ballot can still be cast. */
const CAN_BE_CAST_LATER = ["busy", "verify-again", "not-open"];

class BallotPage {
  /** @type {EncryptedBallot | null} */
  #made = null;
  #busy = false;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.form = element(root, "[data-form]", HTMLFormElement);
    this.manifest = /** @type {Manifest} */ (embeddedJson(document, "#manifest"));
    this.csrfToken = csrfToken(root);
    watchSelections(this.form);
    this.#listen();
    element(document, "[data-starting]").remove();
    root.hidden = false;
  }

  /** @param {string} name */
  #word(name) {
    return element(this.root, `[data-word-${name}]`).textContent;
  }

  #listen() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#review();
    });
    this.#onClick("[data-change]", () => this.#change());
    this.#onClick("[data-encrypt]", () => this.#encrypt());
    this.#onClick("[data-cast]", () => this.#present());
    this.#onClick("[data-again]", () => this.#present());
    this.#onClick("[data-let-in]", () => this.#castAsLetIn());
    this.#onClick("[data-open]", () => this.#open());
    this.root.addEventListener("facevote:verified", () => this.#cast());
    // A page that the back button brings back may be older than a ballot that was cast.
    window.addEventListener("pageshow", ({ persisted }) => persisted && window.location.reload());
  }

  /**
   * Does one thing at a time, so that a double click starts nothing twice.
   *
   * @param {string} selector
   * @param {() => void | Promise<void>} action
   */
  #onClick(selector, action) {
    for (const button of elements(this.root, selector)) {
      button.addEventListener("click", async () => {
        if (this.#busy) return;
        this.#busy = true;
        try {
          await action();
        } finally {
          this.#busy = false;
        }
      });
    }
  }

  /** @param {string} state */
  #show(state) {
    for (const section of elements(this.root, "[data-state]")) {
      if (section.closest("[data-capture]")) continue;
      section.hidden = section.dataset.state !== state;
    }
    for (const steps of elements(this.root, "[data-steps]")) {
      steps.hidden = steps.dataset.steps !== (STEP[state] ?? "review");
    }
    element(this.root, `[data-state="${state}"] h1`).focus();
  }

  #review() {
    const problems = problemsOf(this.form, { few: this.#word("few"), many: this.#word("many") });
    const notice = element(this.root, "[data-problems]");
    notice.hidden = problems.length === 0;
    showProblems(element(this.root, "[data-problem-list]"), problems);
    if (problems.length > 0) {
      // The button is below the last contest, so the notice has to come into view.
      notice.focus();
      return;
    }
    showSelections(element(this.root, "[data-summary]"), summaryOf(this.form), this.#word("none"));
    this.#show("review");
  }

  #change() {
    this.#stopCamera();
    this.#made = null;
    this.#show("filling");
  }

  #stopCamera() {
    optionalElement(this.root, "[data-capture] [data-stop]")?.click();
  }

  async #encrypt() {
    const bar = element(this.root, "[data-progress]", HTMLProgressElement);
    bar.value = 0;
    this.#show("encrypting");
    const selections = readSelections(this.form);
    const task = { manifest: this.manifest, credential: dataOf(this.root, "credential"), selections };
    try {
      this.#made = await encrypt(dataOf(this.root, "worker"), task, (share) => {
        bar.value = share;
      });
    } catch {
      this.#show("unusable");
      return;
    }
    for (const place of elements(this.root, "[data-tracker]")) showTracker(place, this.#made.short);
    this.#show("encrypted");
  }

  /** Goes to the face step, or casts at once where none is needed. */
  async #present() {
    const widget = optionalElement(this.root, "[data-capture]");
    if (this.root.dataset.face !== "yes" || !widget) {
      await this.#cast();
      return;
    }
    if (!this.#made) return;
    widget.dataset.boundTo = this.#made.tracker;
    this.#show("face");
  }

  /** Two officials stand in for the face step. The server knows whether they do. */
  async #castAsLetIn() {
    this.#stopCamera();
    await this.#cast({ needed: this.#word("not-let-in") });
  }

  /** @param {{needed?: string}} [words] `needed`: what to say if the server knows of no face step and no two officials */
  async #cast({ needed = "" } = {}) {
    if (!this.#made) return;
    this.#show("casting");
    try {
      const receipt = await postBallot(dataOf(this.root, "castUrl"), this.csrfToken, this.#made.ballot);
      window.location.replace(receipt);
    } catch (error) {
      this.#refuse(error, needed);
    }
  }

  async #open() {
    if (!this.#made) return;
    const { ballot, opening, tracker } = this.#made;
    try {
      // The board learns first that this ballot is spoiled. Only then may anybody read it.
      await postOpening(dataOf(this.root, "openUrl"), this.csrfToken, tracker);
    } catch (error) {
      this.#refuse(error);
      return;
    }
    /** @type {Ballot} */
    const encrypted = JSON.parse(ballot);
    const right = this.#showOpened(encrypted, opening);
    element(this.root, "[data-opened-right]").hidden = !right;
    element(this.root, "[data-opened-wrong]").hidden = right;
    const file = new Blob([auditFile(this.manifest, encrypted, opening)], { type: "application/json" });
    element(this.root, "[data-save]", HTMLAnchorElement).href = URL.createObjectURL(file);
    this.#made = null;
    this.#show("opened");
  }

  /**
   * @param {Ballot} encrypted
   * @param {Opening} opening
   * @returns {boolean} whether the ballot says what the voter filled in
   */
  #showOpened(encrypted, opening) {
    try {
      const titles = checkOpening(this.manifest, encrypted, opening);
      /** @type {[string, string[]][]} */
      const rows = this.manifest.contests.map(({ id, title }) => [title, titles[id]]);
      showSelections(element(this.root, "[data-opened]"), rows, this.#word("blank"));
      return this.#matches(opening);
    } catch {
      return false;
    }
  }

  /** @param {Opening} opening */
  #matches(opening) {
    const selections = readSelections(this.form);
    return this.manifest.contests.every((contest, number) => {
      const bits = opening.contests[number].selections;
      const selected = selections[contest.id];
      const expected = contest.choices.map(({ id }) => Number(selected?.includes(id) ?? false));
      if (contest.blank) expected.push(Number(selected === null));
      return bits.length === expected.length && bits.every((bit, place) => bit === expected[place]);
    });
  }

  /**
   * @param {unknown} error
   * @param {string} [needed] the words for a face step that is missing
   */
  #refuse(error, needed = "") {
    // Without words from the server nobody knows whether the ballot arrived.
    const said = error instanceof Refused ? error.text("message") : "";
    const code = error instanceof Refused ? error.text("code") : "";
    const words = (code === "verify-again" && needed) || said;
    element(this.root, "[data-message]").textContent = said ? words : this.#word("offline");
    element(this.root, "[data-unsent]").hidden = said !== "";
    const lost = said !== "" && !CAN_BE_CAST_LATER.includes(code);
    element(this.root, "[data-again]").hidden = lost || !this.#made;
    this.#show("refused");
  }
}

new BallotPage(element(document, "[data-ballot]"));
