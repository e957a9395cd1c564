// The ballot page: form -> review -> encryption -> tracker -> cast or open -> face step -> receipt.
// The encrypted ballot is in this page's memory only; the choices are also kept in the tab.

import { csrfToken, dataOf, element, elements, optionalElement } from "../dom.js";
import { Refused, Unreachable } from "../http.js";
import { CryptoWorker, WorkerFailed } from "./crypto-worker.js";
import { failureOf, mayHaveArrived, wordsFor } from "./failures.js";
import { KeptSelections } from "./kept-selections.js";
import { LetterCodes } from "./letter-codes.js";
import { isAsFilledIn, readOpened } from "./opened-ballot.js";
import { showQr } from "./qr.js";
import { showProblems, showSelections, showTracker } from "./render.js";
import { askStanding, postBallot, postOpening } from "./requests.js";
import { problemsOf, readSelections, summaryOf, watchSelections } from "./selections.js";
import { Steps } from "./steps.js";
import { showWithoutBallot, verifiedElection } from "./verified-election.js";

/** @import { MadeBallot } from "../crypto/ballot.js" */
/** @import { VerifiedElection } from "./verified-election.js" */

/**
 * Which of the steps at the head of the page a state belongs to. All others belong to "review".
 * @type {Record<string, string>}
 */
const STEP = { filling: "ballot", unusable: "ballot", face: "face", casting: "face" };

/** The states that are steps of the voter, each with an entry in the browser's history. */
const ENTRIES = ["filling", "review", "encrypted", "face"];

/** In these steps there is a ballot that is encrypted and not cast. */
const WITH_BALLOT = ["encrypted", "face"];

/** After these refusals the same ballot can still be cast. */
const CAN_BE_CAST_LATER = ["busy", "verify-again", "not-open", "details-first", "another-voter"];

class BallotPage {
  /** Its seed is "" once the ballot was on its way. @type {MadeBallot | null} */
  #made = null;
  #busy = false;
  /** The tracker for which a face step was passed and is not used up, as far as this page knows. */
  #seenFor = "";
  /** Whether leaving the page can no longer lose anything. */
  #done = false;

  /**
   * @param {HTMLElement} root
   * @param {CryptoWorker} worker
   * @param {VerifiedElection} election
   */
  constructor(root, worker, election) {
    this.root = root;
    this.worker = worker;
    this.election = election;
    this.form = element(root, "[data-form]", HTMLFormElement);
    const { manifest, voter, registrars } = election;
    const points = [voter.credential, ...voter.keys];
    this.codes = new LetterCodes(root, worker, { election: manifest.id, points, registrars });
    this.site = document.title.split(" · ").at(-1);
    this.kept = new KeptSelections(this.form, dataOf(root, "owner"));
    element(root, "[data-kept]").hidden = !this.kept.restore();
    watchSelections(this.form);
    this.steps = new Steps("filling", (step) => this.#moveTo(step));
    this.#listen();
    element(document, "[data-starting]").remove();
    root.hidden = false;
  }

  /** @param {string} name */
  #word(name) {
    return element(this.root, `[data-word-${name}]`).textContent;
  }

  #listen() {
    this.form.addEventListener("change", () => this.kept.keep());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#review();
    });
    this.#onClick("[data-change]", () => this.#change());
    this.#onClick("[data-encrypt]", () => this.#encrypt());
    this.#onClick("[data-cast]", () => this.#present());
    this.#onClick("[data-again]", () => this.#again());
    this.#onClick("[data-let-in]", () => this.#castAsLetIn());
    this.#onClick("[data-open]", () => this.#open());
    this.root.addEventListener("facevote:verified", () => {
      this.#seenFor = this.#made?.tracker ?? "";
      this.#alone(() => this.#cast());
    });
    window.addEventListener("beforeunload", (event) => {
      if (!this.#done && this.kept.isAny()) event.preventDefault();
    });
    // A page that the back button brings back may be older than a ballot that was cast.
    window.addEventListener("pageshow", ({ persisted }) => persisted && window.location.reload());
  }

  /**
   * @param {string} selector
   * @param {() => void | Promise<void>} action
   */
  #onClick(selector, action) {
    for (const button of elements(this.root, selector)) {
      button.addEventListener("click", () => this.#alone(action));
    }
  }

  /**
   * Does one thing at a time, so that a double click starts nothing twice.
   *
   * @param {() => void | Promise<void>} action
   */
  async #alone(action) {
    if (this.#busy) return;
    this.#busy = true;
    try {
      await action();
    } finally {
      this.#busy = false;
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
    if (ENTRIES.includes(state)) this.steps.go(state);
    const heading = element(this.root, `[data-state="${state}"] h1:not([hidden])`);
    document.title = `${heading.textContent} · ${this.site}`;
    heading.focus();
  }

  /**
   * The voter went back or forward in the browser.
   *
   * @param {string} step
   */
  #moveTo(step) {
    if (this.#done) return;
    if (this.#busy) {
      // What has begun ends first: its end shows the next step.
      this.steps.go(this.#made ? "encrypted" : "review");
      return;
    }
    this.#stopCamera();
    if (!WITH_BALLOT.includes(step)) this.#made = null;
    if (step === "filling") this.#show("filling");
    else if (this.#made) this.#show(step);
    else {
      this.steps.become("review");
      this.#review();
    }
  }

  #review() {
    const problems = problemsOf(this.form, { few: this.#word("few"), many: this.#word("many") });
    const notice = element(this.root, "[data-problems]");
    notice.hidden = problems.length === 0;
    showProblems(element(this.root, "[data-problem-list]"), problems);
    if (problems.length > 0) {
      this.#show("filling");
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

  /** Whoever was signed out hears it before the work of encrypting; without a network it can be done all the same. */
  async #encrypt() {
    try {
      await this.#renew();
    } catch (error) {
      const { status = 0 } = error instanceof Refused ? error : {};
      if (!(error instanceof Unreachable) && status < 500) {
        this.#refuse(error, { sent: false });
        return;
      }
    }
    const bar = element(this.root, "[data-progress]", HTMLProgressElement);
    bar.value = 0;
    const { manifest, voter } = this.election;
    const task = { manifest, voter: { ...voter, codes: this.codes.typed }, selections: readSelections(this.form) };
    try {
      if (!(await this.codes.areRight())) return;
      this.#show("encrypting");
      this.#made = await this.worker.ask("encrypt", task, (share) => {
        bar.value = share;
      });
    } catch {
      this.#show("unusable");
      return;
    }
    if (!this.#made) return;
    element(this.root, "[data-may-open]").hidden = false;
    for (const place of elements(this.root, "[data-tracker]")) showTracker(place, this.#made.short);
    this.#show("encrypted");
  }

  /**
   * A new sign-in has made the page's token useless: for the ballot, the face step and signing out.
   *
   * @throws {Unreachable | Refused}
   */
  async #renew() {
    const standing = await askStanding(dataOf(this.root, "standingUrl"));
    if (standing.credential !== this.election.voter.credential) {
      throw new Refused(409, { code: "another-voter", message: this.#word("another-voter") });
    }
    for (const place of elements(document, "[name=csrfmiddlewaretoken]", HTMLInputElement)) {
      place.value = standing.csrfToken;
    }
  }

  async #again() {
    await (this.#made ? this.#present() : this.#encrypt());
  }

  /** Goes to the face step, or casts at once where none is needed or this ballot's was passed. */
  async #present() {
    if (!this.#made) return;
    const widget = optionalElement(this.root, "[data-capture]");
    if (this.root.dataset.face !== "yes" || !widget || this.#seenFor === this.#made.tracker) {
      await this.#cast();
      return;
    }
    try {
      await this.#renew();
    } catch (error) {
      this.#refuse(error, { sent: false });
      return;
    }
    widget.dispatchEvent(new Event("facevote:anew"));
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
    let sent = false;
    try {
      await this.#renew();
      sent = true;
      // A ballot that is cast can never be opened: what would open it is forgotten before it goes.
      this.#made = { ...this.#made, seed: "" };
      element(this.root, "[data-may-open]").hidden = true;
      const receipt = await postBallot(dataOf(this.root, "castUrl"), csrfToken(this.root), this.#made.text);
      this.#done = true;
      this.kept.forget();
      this.codes.forget();
      this.steps.leaveFor(receipt);
    } catch (error) {
      this.#refuse(error, { sent, needed });
    }
  }

  async #open() {
    if (!this.#made?.seed) return;
    const made = this.#made;
    try {
      await this.#renew();
      // The board learns first that this ballot is spoiled. Only then may anybody read it.
      await postOpening(dataOf(this.root, "openUrl"), csrfToken(this.root), made.tracker);
    } catch (error) {
      this.#refuse(error, { sent: false });
      return;
    }
    this.#made = null;
    await this.#showOpened(made);
    this.#show("opened");
  }

  /** @param {MadeBallot} made */
  async #showOpened(made) {
    const { manifest, voter, language } = this.election;
    const selections = readSelections(this.form);
    let right = false;
    try {
      const task = { manifest, credential: voter.credential, made, selections };
      const { opening, file, rows } = await this.worker.ask("open", task);
      showSelections(element(this.root, "[data-opened]"), readOpened(manifest, rows, language), this.#word("blank"));
      right = isAsFilledIn(manifest, rows, selections);
      const fits = showQr(element(this.root, "[data-qr]"), opening, this.#word("qr"));
      element(this.root, "[data-by-code]").hidden = !fits;
      element(this.root, "[data-by-file]").hidden = fits;
      const blob = new Blob([file], { type: "application/json" });
      element(this.root, "[data-save]", HTMLAnchorElement).href = URL.createObjectURL(blob);
    } catch (error) {
      if (!(error instanceof WorkerFailed)) throw error;
    }
    element(this.root, "[data-opened-right]").hidden = !right;
    element(this.root, "[data-opened-wrong]").hidden = right;
  }

  /**
   * @param {unknown} error
   * @param {string} code
   * @returns {string} what the voter has to do in another tab before the next try
   */
  #firstNeeded(error, code) {
    if (failureOf(error) === "signed-out" || code === "another-voter") return "sign-in";
    return code === "details-first" ? "details" : "";
  }

  /**
   * @param {unknown} error
   * @param {object} about
   * @param {boolean} about.sent whether the ballot was on its way
   * @param {string} [about.needed] the words for a face step that is missing
   */
  #refuse(error, { sent, needed = "" }) {
    const code = error instanceof Refused ? error.text("code") : "";
    if (code === "verify-again") this.#seenFor = "";
    const unsure = sent && mayHaveArrived(error);
    const words = (code === "verify-again" && needed) || wordsFor(this.root, error);
    element(this.root, "[data-message]").textContent = words;
    for (const part of elements(this.root, "[data-unsent]")) part.hidden = !unsure;
    element(this.root, "[data-not-cast]").hidden = unsure;
    const first = this.#firstNeeded(error, code);
    element(this.root, "[data-sign-in]").hidden = first !== "sign-in";
    element(this.root, "[data-details]").hidden = first !== "details";
    const again = element(this.root, "[data-again]");
    again.hidden = code !== "" && !CAN_BE_CAST_LATER.includes(code);
    again.classList.toggle("button--secondary", first !== "");
    this.#show("refused");
  }
}

const page = element(document, "[data-ballot]");
const cryptography = new CryptoWorker(dataOf(page, "worker"));
verifiedElection(page, cryptography).then(
  (election) => new BallotPage(page, cryptography, election),
  (error) => {
    element(document, "[data-starting]").remove();
    const isBrowser = error instanceof WorkerFailed && error.failure.code === "worker";
    showWithoutBallot(page, isBrowser ? "unusable" : "untrue");
  },
);
