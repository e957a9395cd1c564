// A trustee's page: which step comes next, and the step. The seed is read from the trustee's own file.

import { fingerprint } from "../crypto/ballot.js";
import { base } from "../crypto/group.js";
import * as trustee from "../crypto/trustee.js";
import { readSeed, saveSeed } from "./seed-file.js";

const ASK_AGAIN_MS = 4000;
const NEEDS_SEED = ["shares", "confirm", "key-check", "partial"];

class TrusteePage {
  #seed = null;
  #state = null;
  #busy = false;

  constructor(root) {
    this.root = root;
    this.token = this.one("[name=csrfmiddlewaretoken]").value;
    this.one("#seed-file").addEventListener("change", ({ target }) => this.#run(() => this.#load(target.files[0])));
    for (const button of root.querySelectorAll("[data-do]")) {
      button.addEventListener("click", () => this.#run(() => this.#step(button.dataset.do)));
    }
    this.#run(() => this.#ask());
    setInterval(() => this.#follow(), ASK_AGAIN_MS);
  }

  one(selector) {
    return this.root.querySelector(selector);
  }

  get ceremony() {
    const { election, threshold, trustees } = this.#state;
    return { election, threshold, trustees };
  }

  // One thing at a time; what goes wrong is said in words.
  async #run(action) {
    if (this.#busy) return;
    this.#busy = true;
    this.one("[data-error]").hidden = true;
    try {
      await action();
    } catch (problem) {
      this.one("[data-error] p").textContent = this.#wordsFor(problem);
      this.one("[data-error]").hidden = false;
    }
    this.#busy = false;
    if (this.#state) this.#show();
  }

  #wordsFor(problem) {
    if (problem instanceof Answered) return problem.message;
    const code = problem instanceof TypeError ? "offline" : (problem.fault ?? problem.message);
    const words = [...this.root.querySelectorAll("[data-word]")];
    const found = words.find(({ dataset }) => dataset.word === code) ?? this.one("[data-word=form]");
    return found.textContent.replace("%d", problem.trustee);
  }

  // Others take their steps meanwhile: nobody has to load the page again.
  #follow() {
    if (!this.#busy && this.#state && this.#stage().startsWith("wait")) this.#run(() => this.#ask());
  }

  #stage() {
    const { state, sent, registrations, shares, key_checked: checked, tally, complaints } = this.#state;
    if (state === "draft") {
      if (complaints.length > 0) return "stopped";
      if (!sent.registration) return "register";
      if (!sent.shares) return registrations.every(Boolean) ? "shares" : "wait-others";
      if (!sent.confirmation) return shares.every(Boolean) ? "confirm" : "wait-others";
    }
    if (state === "frozen" && !checked) return "key-check";
    if (state === "closed" && tally && !sent.partial) return "partial";
    return sent.partial || ["counted", "released"].includes(state) ? "done" : "wait-election";
  }

  #show() {
    const stage = this.#stage();
    const shown = !this.#seed && NEEDS_SEED.includes(stage) ? "unlock" : stage;
    for (const part of this.root.querySelectorAll("[data-stage]")) {
      part.hidden = part.dataset.stage !== shown;
    }
    const { manifest, people } = this.#state;
    this.one("[data-print]").hidden = !manifest;
    if (manifest) this.one("[data-print] code").textContent = fingerprint(manifest);
    this.one("[data-people]").replaceChildren(...people.map((person) => this.#person(person)));
  }

  #person({ name, step }) {
    const item = document.createElement("li");
    const words = this.one(`[data-step="${step}"]`).cloneNode(true);
    words.hidden = false;
    item.append(Object.assign(document.createElement("span"), { textContent: name }), words);
    return item;
  }

  async #load(file) {
    this.#seed = await readSeed(file, this.#state);
  }

  #keyShare() {
    const { index, shares, registrations } = this.#state;
    return trustee.keyShare(this.#seed, this.ceremony, index, shares, registrations);
  }

  async #step(name) {
    const { index, registrations, manifest, tally } = this.#state;
    if (name === "register") {
      this.#seed ??= trustee.newSeed();
      saveSeed(this.#seed, this.#state);
      await this.#send("registration", trustee.register(this.#seed, this.ceremony, index));
    } else if (name === "shares") {
      await this.#send("shares", trustee.makeShares(this.#seed, this.ceremony, index, registrations));
    } else if (name === "confirm") {
      await this.#confirm();
    } else if (name === "key-check") {
      await this.#checkKey();
    } else if (name === "partial") {
      await this.#send("partial", trustee.partialDecryption(manifest, tally, index, this.#keyShare()));
    }
  }

  async #confirm() {
    const { index, shares, registrations } = this.#state;
    const bad = shares.find((share) => !this.#opens(share));
    if (bad) {
      await this.#send("complaint", trustee.complain(this.#seed, this.ceremony, bad, registrations));
      throw new trustee.TrusteeRefused("share", bad.from);
    }
    await this.#send("confirmation", trustee.confirm(this.#keyShare(), this.ceremony, index, registrations));
  }

  #opens(share) {
    try {
      trustee.openShare(this.#seed, this.ceremony, share, this.#state.registrations);
      return true;
    } catch {
      return false;
    }
  }

  // The election that will open has this trustee's part in its key, and the share opens to it.
  async #checkKey() {
    const { index, manifest } = this.#state;
    trustee.checkKey(this.#seed, manifest, index);
    const key = trustee.verificationKey(index, manifest.key.trustees);
    if (!base(this.#keyShare()).equals(key)) throw new trustee.TrusteeRefused("key", index);
    await this.#send("key-check", null);
  }

  async #ask() {
    this.#state = await read(await fetch(this.root.dataset.stateUrl, { credentials: "same-origin" }));
  }

  async #send(kind, message) {
    const response = await fetch(`${this.root.dataset.baseUrl}${kind}/`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.token },
      body: JSON.stringify(message),
      credentials: "same-origin",
    });
    this.#state = await read(response);
  }
}

// What the server said, in its own words.
class Answered extends Error {}

async function read(response) {
  const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
  const answer = isJson ? await response.json() : {};
  if (!response.ok) throw answer.message ? new Answered(answer.message) : new Error("offline");
  return answer;
}

document.querySelector("[data-starting]").remove();
new TrusteePage(document.querySelector("[data-trustee]"));
