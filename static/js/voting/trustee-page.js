// A trustee's page: shows the next step, and takes it. The seed is read from the trustee's own file.

import { partialDecryption } from "../crypto/decryption.js";
import { multiplyBase } from "../crypto/group.js";
import { fingerprint } from "../crypto/manifest.js";
import { verificationKey } from "../crypto/trustee-statements.js";
import * as trustee from "../crypto/trustee.js";
import { csrfToken, dataOf, element, elements } from "../dom.js";
import { getJson, postJson, Refused, Unreachable } from "../http.js";
import { NotTheKeyFile, readSeed, saveSeed } from "./seed-file.js";
import { stageOf } from "./trustee-stage.js";
import { withText } from "./render.js";

/** @import { Manifest } from "../crypto/manifest.js" */
/** @import { Registration, SealedShare } from "../crypto/trustee.js" */
/** @import { Person, TrusteeState } from "./trustee-stage.js" */

const ASK_AGAIN_MS = 4000;
const NEEDS_SEED = ["shares", "confirm", "key-check", "partial"];

class TrusteePage {
  /** @type {Uint8Array | null} */
  #seed = null;
  /** @type {TrusteeState | null} */
  #state = null;
  #busy = false;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.csrfToken = csrfToken(root);
    const file = element(root, "#seed-file", HTMLInputElement);
    file.addEventListener("change", () => this.#run(() => this.#load(file.files?.[0])));
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

  /** @returns {Uint8Array} */
  get #ownSeed() {
    if (!this.#seed) throw new NotTheKeyFile("no key file was read");
    return this.#seed;
  }

  /** @returns {Manifest} */
  get #manifest() {
    const { manifest } = this.#known;
    if (!manifest) throw new trustee.TrusteeRefused("form");
    return manifest;
  }

  /** @returns {trustee.Ceremony} */
  get #ceremony() {
    const { election, threshold, trustees } = this.#known;
    return { election, threshold, trustees };
  }

  /**
   * All registrations. It is called in steps that come after the last one.
   * @returns {Registration[]}
   */
  get #registrations() {
    return complete(this.#known.registrations);
  }

  /**
   * All shares for this trustee. It is called in steps that come after the last one.
   * @returns {SealedShare[]}
   */
  get #shares() {
    return complete(this.#known.shares);
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
    }
    this.#busy = false;
    if (this.#state) this.#show(this.#state);
  }

  /** @param {unknown} problem */
  #wordsFor(problem) {
    if (problem instanceof Refused && problem.text("message")) return problem.text("message");
    const code = codeOf(problem);
    const words = elements(this.root, "[data-word]");
    const found = words.find(({ dataset }) => dataset.word === code) ?? element(this.root, "[data-word=form]");
    const number = problem instanceof trustee.TrusteeRefused ? String(problem.trustee) : "";
    return found.textContent.replace("%d", number);
  }

  /** The others take their steps meanwhile, so that nobody has to load the page again. */
  #follow() {
    if (!this.#busy && this.#state && stageOf(this.#state).startsWith("wait")) this.#run(() => this.#ask());
  }

  /** @param {TrusteeState} state */
  #show(state) {
    const stage = stageOf(state);
    const shown = !this.#seed && NEEDS_SEED.includes(stage) ? "unlock" : stage;
    for (const part of elements(this.root, "[data-stage]")) {
      part.hidden = part.dataset.stage !== shown;
    }
    const { manifest, people } = state;
    const print = element(this.root, "[data-print]");
    print.hidden = !manifest;
    if (manifest) element(print, "[data-fingerprint]").textContent = fingerprint(manifest);
    element(this.root, "[data-people]").replaceChildren(...people.map((person) => this.#person(person)));
  }

  /** @param {Person} person */
  #person({ name, step }) {
    const item = document.createElement("li");
    const words = /** @type {HTMLElement} */ (element(this.root, `[data-step="${step}"]`).cloneNode(true));
    words.hidden = false;
    item.append(withText("span", name), words);
    return item;
  }

  /** @param {Blob | undefined} file */
  async #load(file) {
    if (!file) throw new NotTheKeyFile("no file was chosen");
    this.#seed = await readSeed(file, this.#known);
  }

  #keyShare() {
    return trustee.keyShare(this.#ownSeed, this.#ceremony, this.#known.index, this.#shares, this.#registrations);
  }

  /** @param {string} name */
  async #step(name) {
    switch (name) {
      case "register":
        await this.#register();
        break;
      case "shares":
        await this.#sendShares();
        break;
      case "confirm":
        await this.#confirm();
        break;
      case "key-check":
        await this.#checkKey();
        break;
      case "partial":
        await this.#decrypt();
        break;
    }
  }

  async #register() {
    const { index } = this.#known;
    this.#seed ??= trustee.newSeed();
    saveSeed(this.#seed, this.#known);
    await this.#send("registration", trustee.register(this.#seed, this.#ceremony, index));
  }

  async #sendShares() {
    const { index } = this.#known;
    await this.#send("shares", trustee.makeShares(this.#ownSeed, this.#ceremony, index, this.#registrations));
  }

  async #confirm() {
    const bad = this.#shares.find((share) => !this.#opens(share));
    if (bad) {
      await this.#send("complaint", trustee.complain(this.#ownSeed, this.#ceremony, bad, this.#registrations));
      throw new trustee.TrusteeRefused("share", bad.from);
    }
    const { index } = this.#known;
    const confirmation = trustee.confirm(this.#keyShare(), this.#ceremony, index, this.#registrations);
    await this.#send("confirmation", confirmation);
  }

  /** @param {SealedShare} share */
  #opens(share) {
    try {
      trustee.openShare(this.#ownSeed, this.#ceremony, share, this.#registrations);
      return true;
    } catch {
      return false;
    }
  }

  /** Checks that the election that will open has this trustee's part in its key, and that the share opens to it. */
  async #checkKey() {
    const { index } = this.#known;
    trustee.checkKey(this.#ownSeed, this.#manifest, index);
    const key = verificationKey(index, this.#manifest.key.trustees);
    if (!multiplyBase(this.#keyShare()).equals(key)) throw new trustee.TrusteeRefused("key", index);
    await this.#send("key-check", null);
  }

  async #decrypt() {
    const { index, tally } = this.#known;
    if (!tally) throw new trustee.TrusteeRefused("form");
    await this.#send("partial", partialDecryption(this.#manifest, tally, index, this.#keyShare()));
  }

  async #ask() {
    this.#state = stateFrom(await getJson(dataOf(this.root, "stateUrl")));
  }

  /**
   * @param {string} kind
   * @param {unknown} message
   */
  async #send(kind, message) {
    const url = `${dataOf(this.root, "baseUrl")}${kind}/`;
    this.#state = stateFrom(await postJson(url, message, { csrfToken: this.csrfToken }));
  }
}

/** @param {Record<string, unknown>} answer */
function stateFrom(answer) {
  return /** @type {TrusteeState} */ (/** @type {unknown} */ (answer));
}

/**
 * @template Message
 * @param {(Message | null)[]} messages
 * @returns {Message[]}
 * @throws {trustee.TrusteeRefused} if one is missing
 */
function complete(messages) {
  return messages.map((message) => {
    if (message === null) throw new trustee.TrusteeRefused("incomplete");
    return message;
  });
}

/**
 * The name of the words on the page that go with a problem.
 * @param {unknown} problem
 */
function codeOf(problem) {
  if (problem instanceof trustee.TrusteeRefused) return problem.fault;
  if (problem instanceof NotTheKeyFile) return "file";
  return problem instanceof Unreachable || problem instanceof Refused ? "offline" : "form";
}

element(document, "[data-starting]").remove();
new TrusteePage(element(document, "[data-trustee]"));
