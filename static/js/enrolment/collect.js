// Liveness pictures from an operator's camera. Each picture goes to the server with the labels of the form.

import { dataOf, element, elements } from "../dom.js";
import { postWithToken, ServerRefused, wordsFor } from "./requests.js";

class Collection {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.form = element(root, "[data-labels]", HTMLFormElement);
    this.label = element(this.form, "[name=label]", HTMLSelectElement);
    this.species = element(this.form, "[name=species]", HTMLSelectElement);
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.label.addEventListener("change", () => this.#matchSpecies());
    root.addEventListener("facevote:photo", (event) => {
      this.#send(/** @type {CustomEvent<{blob: Blob}>} */ (event).detail.blob);
    });
    this.#matchSpecies();
  }

  /** A living person has no species of attack. Everything else needs one. */
  #matchSpecies() {
    const real = this.label.value === "real";
    const field = /** @type {HTMLElement | null} */ (this.species.closest("p"));
    if (field) field.hidden = real;
    if (real) this.species.value = "";
  }

  /** @param {Blob} blob */
  async #send(blob) {
    const form = new FormData(this.form);
    form.append("photo", blob, "frame.jpg");
    try {
      const { words, kept } = await postWithToken(dataOf(this.root, "url"), form);
      this.#say(this.#phrase("so-far").replace("{words}", String(words)).replace("{kept}", String(kept)));
    } catch (error) {
      if (!(error instanceof ServerRefused)) throw error;
      // This page has one phrase for everything that the server did not put into words.
      this.#say("", wordsFor(error, () => this.#phrase("lost")));
    }
  }

  /** @param {string} name */
  #phrase(name) {
    return element(this.root, `[data-word="${name}"]`).textContent.trim();
  }

  /**
   * @param {string} words "" to leave the words from before
   * @param {string} [problem]
   */
  #say(words, problem = "") {
    const alert = element(this.root, "[data-problem]");
    alert.hidden = !problem;
    alert.textContent = problem;
    if (words) element(this.root, "[data-said]").textContent = words;
  }
}

for (const root of elements(document, "[data-collect]")) new Collection(root);
