// The ballot page: form -> review -> encryption -> tracker -> cast or open -> face step -> receipt.
// The choices and the encrypted ballot live in this page's memory only.

import { auditFile, checkOpening } from "../crypto/audit.js";
import { encrypt } from "./encryption.js";
import { list, problemLinks, showTracker } from "./render.js";
import * as selections from "./selections.js";
import { postBallot, postOpening, Refused } from "./server.js";

const STEP = { filling: "ballot", unusable: "ballot", face: "face", casting: "face" };

class BallotPage {
  #made = null;
  #chosen = null;
  #busy = false;

  constructor(root) {
    this.root = root;
    this.form = this.one("[data-form]");
    this.manifest = JSON.parse(document.getElementById("manifest").textContent);
    this.token = this.one("[name=csrfmiddlewaretoken]").value;
    selections.watch(this.form);
    this.#listen();
    document.querySelector("[data-starting]").remove();
    root.hidden = false;
  }

  one(selector) {
    return this.root.querySelector(selector);
  }

  #word(name) {
    return this.one(`[data-word-${name}]`).textContent;
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
    // A page brought back by the back button may be older than a ballot that is cast.
    window.addEventListener("pageshow", ({ persisted }) => persisted && window.location.reload());
  }

  // One thing at a time: a double click starts nothing twice.
  #onClick(selector, action) {
    for (const button of this.root.querySelectorAll(selector)) {
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

  #show(state) {
    for (const section of this.root.querySelectorAll("[data-state]")) {
      if (section.closest("[data-capture]")) continue;
      section.hidden = section.dataset.state !== state;
    }
    for (const steps of this.root.querySelectorAll("[data-steps]")) {
      steps.hidden = steps.dataset.steps !== (STEP[state] ?? "review");
    }
    this.one(`[data-state="${state}"] h1`).focus();
  }

  #review() {
    const words = { few: this.#word("few"), many: this.#word("many") };
    const found = selections.problems(this.form, words);
    const notice = this.one("[data-problems]");
    notice.hidden = found.length === 0;
    problemLinks(this.one("[data-problem-list]"), found);
    if (found.length > 0) {
      // The button is below the last contest: what is wrong must come into view by itself.
      notice.focus();
      return;
    }
    this.#chosen = selections.summary(this.form);
    list(this.one("[data-summary]"), this.#chosen, this.#word("none"));
    this.#show("review");
  }

  #change() {
    this.one("[data-capture] [data-stop]")?.click();
    this.#made = null;
    this.#show("filling");
  }

  async #encrypt() {
    const bar = this.one("[data-progress]");
    bar.value = 0;
    this.#show("encrypting");
    const { credential, worker } = this.root.dataset;
    const task = { manifest: this.manifest, credential, selections: selections.read(this.form) };
    try {
      this.#made = await encrypt(worker, task, (share) => (bar.value = share));
    } catch {
      this.#show("unusable");
      return;
    }
    for (const place of this.root.querySelectorAll("[data-tracker]")) showTracker(place, this.#made.short);
    this.#show("encrypted");
  }

  async #present() {
    const widget = this.one("[data-capture]");
    if (this.root.dataset.face !== "yes" || !widget) {
      await this.#cast();
      return;
    }
    widget.dataset.boundTo = this.#made.tracker;
    this.#show("face");
  }

  /** Two officials stand in for the face step: the server knows whether they do. */
  async #castAsLetIn() {
    this.one("[data-capture] [data-stop]")?.click();
    await this.#cast({ needed: this.#word("not-let-in") });
  }

  /** `needed` says what is missing where the server saw neither a face nor two officials. */
  async #cast({ needed = "" } = {}) {
    if (!this.#made) return;
    this.#show("casting");
    try {
      const { receipt } = await postBallot(this.root.dataset.castUrl, this.token, this.#made.ballot);
      window.location.replace(receipt);
    } catch (error) {
      this.#refuse(error, error.code === "verify-again" ? needed : "");
    }
  }

  async #open() {
    const { ballot, opening, tracker } = this.#made;
    try {
      // The board learns first that this ballot is spoiled: only then may it be readable.
      await postOpening(this.root.dataset.openUrl, this.token, tracker);
    } catch (error) {
      this.#refuse(error);
      return;
    }
    const encrypted = JSON.parse(ballot);
    const right = this.#showOpened(encrypted, opening);
    this.one("[data-opened-right]").hidden = !right;
    this.one("[data-opened-wrong]").hidden = right;
    const file = new Blob([auditFile(this.manifest, encrypted, opening)], { type: "application/json" });
    this.one("[data-save]").href = URL.createObjectURL(file);
    this.#made = null;
    this.#show("opened");
  }

  #showOpened(encrypted, opening) {
    try {
      const titles = checkOpening(this.manifest, encrypted, opening);
      const rows = this.manifest.contests.map(({ id, title }) => [title, titles[id]]);
      list(this.one("[data-opened]"), rows, this.#word("blank"));
      return this.#matches(opening);
    } catch {
      return false;
    }
  }

  #matches(opening) {
    const wanted = selections.read(this.form);
    return this.manifest.contests.every((contest, number) => {
      const bits = opening.contests[number].selections;
      const expected = contest.choices.map(({ id }) => Number(wanted[contest.id]?.includes(id) ?? false));
      if (contest.blank) expected.push(Number(wanted[contest.id] === null));
      return bits.length === expected.length && bits.every((bit, place) => bit === expected[place]);
    });
  }

  #refuse(error, words = "") {
    const answered = error instanceof Refused && error.message !== "";
    this.one("[data-message]").textContent = answered ? words || error.message : this.#word("offline");
    this.one("[data-unsent]").hidden = answered;
    const lost = answered && !["verify-again", "not-open"].includes(error.code);
    this.one("[data-again]").hidden = lost || !this.#made;
    this.#show("refused");
  }
}

new BallotPage(document.querySelector("[data-ballot]"));
