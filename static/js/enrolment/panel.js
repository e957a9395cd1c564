// A voter's photos on an official's page: files dropped, chosen or taken, and their states as they change.

import { getPanel, post } from "./server.js";
import { Tiles } from "./tiles.js";
import { Uploads } from "./uploads.js";

const POLL_EVERY = 1500;

class EnrolmentPanel {
  #timer = null;

  constructor(root) {
    this.root = root;
    const word = (name) => root.querySelector(`[data-phrases] [data-word="${name}"]`).textContent.trim();
    this.word = word;
    this.tiles = new Tiles(root, { word, onAction: (button) => this.#act(button) });
    this.uploads = new Uploads(root, {
      word,
      kept: () => this.tiles.count,
      onTaken: () => this.#refresh(),
    });
    this.#show(JSON.parse(root.querySelector("#enrolment-panel").textContent));
    this.#listen();
  }

  #listen() {
    const files = this.root.querySelector("[data-files]");
    files?.addEventListener("change", () => {
      this.uploads.add([...files.files]);
      files.value = "";
    });
    this.#listenToDrops(this.root.querySelector("[data-drop]"));
    this.root.addEventListener("facevote:photo", ({ detail }) => this.uploads.add([detail.blob]));
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && this.#timer) this.#refresh();
    });
  }

  #listenToDrops(zone) {
    if (!zone) return;
    const over = (event, inside) => {
      event.preventDefault();
      zone.classList.toggle("is-over", inside);
    };
    zone.addEventListener("dragover", (event) => over(event, true));
    zone.addEventListener("dragleave", (event) => over(event, zone.contains(event.relatedTarget)));
    zone.addEventListener("drop", (event) => {
      over(event, false);
      this.uploads.add([...event.dataTransfer.files]);
    });
  }

  async #act(button) {
    // Not `disabled`: that would throw the focus of the keyboard away.
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    try {
      await post(button.dataset.url, this.root.dataset.csrfToken);
      this.#problem("");
      await this.#refresh();
    } catch (error) {
      button.removeAttribute("aria-disabled");
      this.#problem(error.words || this.word(error.word ?? "lost"));
    }
  }

  async #refresh() {
    clearTimeout(this.#timer);
    this.#timer = null;
    try {
      this.#show(await getPanel(this.root.dataset.photosUrl));
    } catch {
      this.#again();
    }
  }

  #show({ tiles, waiting, summary }) {
    this.tiles.show(tiles);
    const status = this.root.querySelector("[data-summary]");
    if (status.textContent !== summary) status.textContent = summary;
    const progress = this.root.querySelector("[data-checking]");
    progress.hidden = waiting === 0;
    progress.max = Math.max(1, tiles.length);
    progress.value = tiles.length - waiting;
    if (waiting) this.#again();
  }

  #again() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#refresh(), POLL_EVERY);
  }

  #problem(words) {
    const problem = this.root.querySelector("[data-problem]");
    problem.textContent = words;
    problem.hidden = !words;
  }
}

for (const root of document.querySelectorAll("[data-enrolment]")) new EnrolmentPanel(root);
