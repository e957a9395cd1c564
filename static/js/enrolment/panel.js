// A voter's photos on an official's page: files dropped, chosen or taken, and their states as they change.

import { dataOf, element, elements, embeddedJson, optionalElement } from "../dom.js";
import { getPanel, post, wordsFor } from "./requests.js";
import { Tiles } from "./tiles.js";
import { Uploads } from "./uploads.js";

/** @import { Tile } from "./changes.js" */

/** @typedef {{tiles: Tile[], waiting: number, enrolled: boolean, summary: string}} PanelReport */

const POLL_EVERY_MS = 1500;

class EnrolmentPanel {
  /** @type {ReturnType<typeof setTimeout> | null} */
  #timer = null;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    /** @param {string} name */
    const phrase = (name) => element(root, `[data-phrases] [data-word="${name}"]`).textContent.trim();
    this.phrase = phrase;
    this.tiles = new Tiles(root, { phrase, onAction: (button) => this.#act(button) });
    this.uploads = new Uploads(root, {
      phrase,
      kept: () => this.tiles.count,
      onTaken: () => this.#refresh(),
    });
    this.#show(embeddedJson(root, "#enrolment-panel"));
    this.#listen();
  }

  #listen() {
    const picker = optionalElement(this.root, "[data-files]", HTMLInputElement);
    picker?.addEventListener("change", () => {
      this.uploads.add([...(picker.files ?? [])]);
      picker.value = "";
    });
    const zone = optionalElement(this.root, "[data-drop]");
    if (zone) this.#listenToDrops(zone);
    this.root.addEventListener("facevote:photo", (event) => {
      this.uploads.add([/** @type {CustomEvent<{blob: Blob}>} */ (event).detail.blob]);
    });
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && this.#timer) this.#refresh();
    });
  }

  /** @param {HTMLElement} zone */
  #listenToDrops(zone) {
    /**
     * @param {DragEvent} event
     * @param {boolean} inside
     */
    const over = (event, inside) => {
      event.preventDefault();
      zone.classList.toggle("is-over", inside);
    };
    zone.addEventListener("dragover", (event) => over(event, true));
    zone.addEventListener("dragleave", (event) => {
      over(event, event.relatedTarget instanceof Node && zone.contains(event.relatedTarget));
    });
    zone.addEventListener("drop", (event) => {
      over(event, false);
      this.uploads.add([...(event.dataTransfer?.files ?? [])]);
    });
  }

  /** @param {HTMLElement} button */
  async #act(button) {
    // Not `disabled`: that would take the keyboard's focus away.
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    try {
      const { proposed } = await post(dataOf(button, "url"), dataOf(this.root, "csrfToken"));
      this.#showProblem(String(proposed ?? ""));
      await this.#refresh();
    } catch (error) {
      button.removeAttribute("aria-disabled");
      this.#showProblem(wordsFor(error, this.phrase));
    }
  }

  async #refresh() {
    this.#stopTimer();
    try {
      this.#show(await getPanel(dataOf(this.root, "photosUrl")));
    } catch {
      this.#refreshLater();
    }
  }

  /** @param {unknown} answer */
  #show(answer) {
    const { tiles, waiting, summary } = /** @type {PanelReport} */ (answer);
    this.tiles.show(tiles);
    const status = element(this.root, "[data-summary]");
    if (status.textContent !== summary) status.textContent = summary;
    const progress = element(this.root, "[data-checking]", HTMLProgressElement);
    progress.hidden = waiting === 0;
    progress.max = Math.max(1, tiles.length);
    progress.value = tiles.length - waiting;
    if (waiting) this.#refreshLater();
  }

  #refreshLater() {
    this.#stopTimer();
    this.#timer = setTimeout(() => this.#refresh(), POLL_EVERY_MS);
  }

  #stopTimer() {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** @param {string} words "" for none */
  #showProblem(words) {
    const problem = element(this.root, "[data-problem]");
    problem.textContent = words;
    problem.hidden = !words;
  }
}

for (const root of elements(document, "[data-enrolment]")) new EnrolmentPanel(root);
