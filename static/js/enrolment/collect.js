// Liveness data from an operator's camera: each picture goes to the server with the labels of the form.

import { ServerRefused, send } from "./server.js";

class Collection {
  constructor(root) {
    this.root = root;
    this.form = root.querySelector("[data-labels]");
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.elements.label.addEventListener("change", () => this.#matchSpecies());
    root.addEventListener("facevote:photo", ({ detail }) => this.#send(detail.blob));
    this.#matchSpecies();
  }

  /** A living person has no kind; everything else needs one. */
  #matchSpecies() {
    const { label, species } = this.form.elements;
    const real = label.value === "real";
    species.closest("p").hidden = real;
    if (real) species.value = "";
  }

  async #send(blob) {
    const body = new FormData(this.form);
    body.append("photo", blob, "frame.jpg");
    try {
      const answer = await send(this.root.dataset.url, body);
      this.#say(this.#word("so-far").replace("{words}", answer.words).replace("{kept}", answer.kept));
    } catch (error) {
      if (!(error instanceof ServerRefused)) throw error;
      this.#say("", error.words || this.#word("lost"));
    }
  }

  #word(name) {
    return this.root.querySelector(`[data-word="${name}"]`).textContent.trim();
  }

  #say(words, problem = "") {
    const alert = this.root.querySelector("[data-problem]");
    alert.hidden = !problem;
    alert.textContent = problem;
    if (words) this.root.querySelector("[data-said]").textContent = words;
  }
}

for (const root of document.querySelectorAll("[data-collect]")) new Collection(root);
