// A trustee's page: which step comes next, and the step. The seed is read from the trustee's own file.

import { base } from "../ballot/group.js";
import * as trustee from "../ballot/trustee.js";

const FORMAT = "facevote-trustee-seed-1";

class TrusteePage {
  #seed = null;
  #state = null;

  constructor(root) {
    this.root = root;
    this.token = root.querySelector("[name=csrfmiddlewaretoken]").value;
    root.querySelector("#seed-file").addEventListener("change", ({ target }) => this.#run(() => this.#load(target.files[0])));
    for (const button of root.querySelectorAll("[data-do]")) {
      button.addEventListener("click", () => this.#run(() => this.#step(button.dataset.do)));
    }
    this.#run(async () => {
      const response = await fetch(root.dataset.stateUrl, { credentials: "same-origin" });
      this.#state = await response.json();
    });
  }

  get ceremony() {
    const { election, threshold, trustees } = this.#state;
    return { election, threshold, trustees };
  }

  async #run(action) {
    const error = this.root.querySelector("[data-error]");
    error.hidden = true;
    try {
      await action();
    } catch (problem) {
      error.querySelector("p").textContent = problem.message;
      error.hidden = false;
    }
    if (this.#state) this.#show();
  }

  #stage() {
    const { state, sent, registrations, shares, key_checked: checked, tally } = this.#state;
    if (state === "draft") {
      if (!sent.registration) return "register";
      if (!sent.shares && registrations.every(Boolean)) return "shares";
      if (sent.shares && !sent.confirmation && shares.every(Boolean)) return "confirm";
    }
    if (state === "frozen" && !checked) return "key-check";
    if (state === "closed" && tally && !sent.partial) return "partial";
    return "wait";
  }

  #show() {
    const stage = this.#stage();
    const locked = !this.#seed && !["register", "wait"].includes(stage);
    for (const part of this.root.querySelectorAll("[data-stage]")) {
      part.hidden = part.dataset.stage !== (locked ? "unlock" : stage);
    }
  }

  async #load(file) {
    const saved = JSON.parse(await file.text());
    if (saved.format !== FORMAT || saved.election !== this.#state.election) throw new Error("?");
    this.#seed = Uint8Array.from(saved.seed.match(/../g), (pair) => parseInt(pair, 16));
  }

  #save() {
    const seed = [...this.#seed].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const { election, index } = this.#state;
    const text = JSON.stringify({ election, format: FORMAT, index, seed });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    link.download = `trustee-${index}-${election}.json`;
    link.click();
  }

  #keyShare() {
    const { index, shares, registrations } = this.#state;
    return trustee.keyShare(this.#seed, this.ceremony, index, shares, registrations);
  }

  async #step(name) {
    const { index, registrations, manifest, tally } = this.#state;
    if (name === "register") {
      this.#seed = trustee.newSeed();
      this.#save();
      await this.#send("registration", trustee.register(this.#seed, this.ceremony, index));
    } else if (name === "shares") {
      await this.#send("shares", trustee.makeShares(this.#seed, this.ceremony, index, registrations));
    } else if (name === "confirm") {
      await this.#confirm();
    } else if (name === "key-check") {
      const key = trustee.verificationKey(index, manifest.key.trustees);
      if (!base(this.#keyShare()).equals(key)) throw new trustee.TrusteeRefused("share", index);
      await this.#send("key-check", null);
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

  async #send(kind, message) {
    const response = await fetch(`${this.root.dataset.baseUrl}${kind}/`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.token },
      body: JSON.stringify(message),
      credentials: "same-origin",
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.message);
    this.#state = answer;
  }
}

new TrusteePage(document.querySelector("[data-trustee]"));
