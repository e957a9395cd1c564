// A trustee's page: shows the next step, and takes it. Keys and checks are in the worker; nothing is sent before the
// key file is saved.

import { csrfToken, dataOf, element, elements } from "../../dom.js";
import { getBytes, getJson, postJson, Refused, Unreachable } from "../../http.js";
import { CryptoWorker, WorkerFailed } from "../crypto-worker.js";
import { withText } from "../render.js";
import { NotOfProgram, readMessage, sharesAddress, textOf } from "./program.js";
import { TakenElsewhere, recall, remember, saveFile } from "./saving.js";
import { stageOf } from "./stage.js";

/** @import { Memory } from "../../crypto/trustees/memory.js" */
/** @import { BoardNumbers } from "../../crypto/trustees/session.js" */
/** @import { Person, TrusteeStage, TrusteeState } from "./stage.js" */

const ASK_AGAIN_MS = 4000;
/** The steps for which the key file is chosen; for the key check it is always chosen anew. */
const NEEDS_FILE = ["shares", "confirm", "key-check", "partial"];
/** The tasks of the worker. @type {Record<string, string>} */
const TASKS = { register: "register", shares: "shares", confirm: "confirm", "key-check": "endorse" };
const MEGABYTE = 1024 * 1024;

class TrusteePage {
  /** The round of the key file that is loaded. @type {string | null} */
  #round = null;
  /** For which stage the file was chosen or made. @type {TrusteeStage | null} */
  #chosenAt = null;
  /** @type {TrusteeState | null} */
  #state = null;
  /** @type {BoardNumbers | null} */
  #numbers = null;
  #busy = false;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.csrfToken = csrfToken(root);
    this.worker = new CryptoWorker(dataOf(root, "worker"));
    const file = element(root, "#key-file", HTMLInputElement);
    file.addEventListener("change", () => this.#run(() => this.#choose(file)));
    const written = element(root, "#program-file", HTMLInputElement);
    written.addEventListener("change", () => this.#run(() => this.#sendOfProgram(written)));
    for (const button of elements(root, "[data-do]")) {
      button.addEventListener("click", () => this.#run(() => this.#step(dataOf(button, "do"))));
    }
    this.#run(() => this.#ask());
    setInterval(() => this.#follow(), ASK_AGAIN_MS);
  }

  /**
   * What the server said last. Only buttons that are hidden until then lead here without it.
   * @returns {TrusteeState}
   */
  get #known() {
    if (!this.#state) throw new Error("nothing is known of the election yet");
    return this.#state;
  }

  /** What the browser remembers of the round. @returns {Memory | null} */
  get #memory() {
    return this.#round === null ? null : recall(this.#round);
  }

  /**
   * Does one thing at a time, and says in words what goes wrong.
   * @param {() => Promise<void>} action
   */
  async #run(action) {
    if (this.#busy) return;
    this.#busy = true;
    const notice = element(this.root, "[data-error]");
    notice.hidden = true;
    try {
      await action();
    } catch (problem) {
      element(notice, "[data-error-words]").textContent = this.#wordsFor(problem);
      notice.hidden = false;
      notice.focus();
    }
    this.#busy = false;
    if (this.#state) await this.#show(this.#state);
  }

  /** @param {unknown} problem */
  #wordsFor(problem) {
    if (problem instanceof Refused && problem.text("message")) return problem.text("message");
    if (problem instanceof Unreachable || problem instanceof Refused) return this.#word("offline");
    if (problem instanceof TakenElsewhere) return this.#word("elsewhere");
    if (problem instanceof NotOfProgram) return this.#word("program");
    if (!(problem instanceof WorkerFailed)) return this.#word("form");
    const { code, detail, number } = problem.failure;
    return this.#word(`${code}-${detail}`, this.#word(code, this.#word("form")))
      .replace("%d", String(number))
      .replace("%s", detail);
  }

  /**
   * @param {string} name
   * @param {string} [otherwise]
   * @returns {string}
   */
  #word(name, otherwise = "") {
    return elements(this.root, "[data-word]").find(({ dataset }) => dataset.word === name)?.textContent ?? otherwise;
  }

  /** The others take their steps meanwhile, so that nobody has to load the page again. */
  #follow() {
    if (!this.#busy && this.#state && stageOf(this.#state).startsWith("wait")) this.#run(() => this.#ask());
  }

  /** @param {TrusteeState} state */
  async #show(state) {
    const stage = stageOf(state);
    const shown = this.#needsFile(stage) ? "unlock" : stage;
    for (const part of elements(this.root, "[data-stage]")) part.hidden = part.dataset.stage !== shown;
    for (const part of elements(this.root, "[data-file-for]")) part.hidden = part.dataset.fileFor !== stage;
    element(this.root, "[data-compare]").hidden = this.#numbers === null;
    this.#showProgram(state, stage);
    await this.#showFingerprint(state);
    element(this.root, "[data-people]").replaceChildren(...state.people.map((person) => this.#person(person)));
  }

  /**
   * @param {TrusteeState} state
   * @param {TrusteeStage} stage
   */
  #showProgram(state, stage) {
    element(this.root, "[data-program]").hidden = !["key-check", "partial"].includes(stage);
    if (stage === "key-check") element(this.root, "[data-shares]", HTMLAnchorElement).href = sharesAddress(state);
  }

  /**
   * The key check is a drill: the saved file is read again, also where this page has it in memory.
   * @param {TrusteeStage} stage
   */
  #needsFile(stage) {
    if (!NEEDS_FILE.includes(stage)) return false;
    return this.#round === null || (["key-check", "partial"].includes(stage) && this.#chosenAt !== stage);
  }

  /** @param {TrusteeState} state */
  async #showFingerprint({ manifest }) {
    const print = element(this.root, "[data-print]");
    if (!manifest || !print.hidden) return;
    const { full, short } = await this.worker.ask("fingerprint", { manifest });
    element(print, "[data-short]").replaceChildren(...short.split("-").map((/** @type {string} */ part) => withText("span", part)));
    element(print, "[data-fingerprint]").textContent = full;
    print.hidden = false;
  }

  /** @param {Person} person */
  #person({ name, step }) {
    const item = document.createElement("li");
    const words = /** @type {HTMLElement} */ (element(this.root, `[data-step="${step}"]`).cloneNode(true));
    words.hidden = false;
    item.append(withText("span", name), words);
    return item;
  }

  /** @param {HTMLInputElement} input */
  async #choose(input) {
    const [file] = input.files ?? [];
    if (!file) return;
    // The same file can be chosen again after a refusal.
    const text = file.size < MEGABYTE ? await file.text() : "";
    input.value = "";
    await this.#ask();
    const { round } = await this.worker.ask("choose", { text, shown: this.#known });
    this.#round = round;
    this.#chosenAt = stageOf(this.#known);
  }

  /** @param {string} name */
  async #step(name) {
    if (name === "partial") await this.#checkBoard();
    else if (name === "decrypt") await this.#decrypt();
    else await this.#send(TASKS[name], { shown: this.#known });
  }

  /** Reads and verifies the whole board, and shows what trustees compare before they go on. */
  async #checkBoard() {
    this.#numbers = null;
    const { board } = this.#known;
    if (!board) return;
    const bar = element(this.root, "[data-progress]", HTMLProgressElement);
    bar.hidden = false;
    try {
      const bytes = await getBytes(board);
      const numbers = await this.worker.ask("board", { bytes, memory: this.#memory }, (share) => {
        bar.value = share;
      });
      this.#showNumbers(numbers);
    } finally {
      bar.hidden = true;
    }
  }

  /** @param {BoardNumbers} numbers */
  #showNumbers(numbers) {
    this.#numbers = numbers;
    element(this.root, "[data-close]").textContent = numbers.close;
    element(this.root, "[data-counted]").textContent = String(numbers.counted);
    element(this.root, "[data-ballots]").textContent = String(numbers.ballots);
    element(this.root, "[data-withheld]").hidden = numbers.withheld === 0;
  }

  async #decrypt() {
    await this.#send("decrypt", {});
    this.#numbers = null;
  }

  /**
   * Has the worker make a message, remembers the step and saves the file, and only then sends the message.
   * @param {string} task
   * @param {object} question
   */
  async #send(task, question) {
    const before = this.#memory;
    const outcome = await this.worker.ask(task, { ...question, memory: before });
    const { kind, message, round, memory, accused } = outcome;
    remember(round, before && round === this.#round ? before : recall(round), memory);
    this.#round = round;
    saveFile(outcome, this.#known);
    await this.#post(kind, message);
    if (accused > 0) throw new WorkerFailed({ code: "share", detail: "", number: accused });
  }

  /** @param {HTMLInputElement} input */
  async #sendOfProgram(input) {
    const [file] = input.files ?? [];
    if (!file) return;
    const text = await textOf(file);
    input.value = "";
    const { kind, message } = readMessage(text, stageOf(this.#known), this.#known.index);
    await this.#post(kind, message);
  }

  /**
   * @param {string} kind
   * @param {unknown} message
   */
  async #post(kind, message) {
    const url = `${dataOf(this.root, "baseUrl")}${kind}/`;
    this.#state = stateFrom(await postJson(url, message, { csrfToken: this.csrfToken }));
  }

  async #ask() {
    this.#state = stateFrom(await getJson(dataOf(this.root, "stateUrl")));
  }
}

/** @param {Record<string, unknown>} answer */
function stateFrom(answer) {
  return /** @type {TrusteeState} */ (/** @type {unknown} */ (answer));
}

element(document, "[data-starting]").remove();
new TrusteePage(element(document, "[data-trustee]"));
