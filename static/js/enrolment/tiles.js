// One <li> for each photo, made from the page's template and kept in step with the server's list.

import { changes, neighbour } from "./changes.js";

const PARTS = { reason_words: "[data-reason-words]", advice: "[data-advice]" };

export class Tiles {
  #shown = [];

  constructor(root, { onAction, word }) {
    this.list = root.querySelector("[data-tiles]");
    this.template = root.querySelector("[data-tile-template]");
    this.word = word;
    this.list.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-do]");
      if (button) onAction(button);
    });
  }

  get count() {
    return this.#shown.length;
  }

  show(tiles) {
    const { added, altered, removed } = changes(this.#shown, tiles);
    for (const tile of removed) this.#remove(tile);
    for (const tile of added) this.list.append(this.#make(tile));
    for (const tile of altered) this.#fill(this.#of(tile), tile);
    this.#shown = tiles;
    this.#number();
  }

  #of({ id }) {
    return this.list.querySelector(`[data-id="${id}"]`);
  }

  #remove(tile) {
    const element = this.#of(tile);
    if (element.contains(document.activeElement)) {
      const next = neighbour(this.#shown, tile.id);
      (next ? this.#of({ id: next }) : this.list.closest("[data-enrolment]").querySelector("input")).focus();
    }
    element.remove();
  }

  #make(tile) {
    const element = this.template.content.firstElementChild.cloneNode(true);
    element.dataset.id = tile.id;
    this.#fill(element, tile);
    return element;
  }

  #fill(element, tile) {
    element.dataset.state = tile.state;
    for (const icon of element.querySelectorAll("[data-icon]")) {
      icon.toggleAttribute("hidden", icon.dataset.icon !== tile.state);
    }
    element.querySelector("[data-state-words]").textContent = tile.state_words;
    for (const [name, selector] of Object.entries(PARTS)) {
      const part = element.querySelector(selector);
      part.textContent = tile[name];
      part.hidden = !tile[name];
    }
    const resembles = element.querySelector("[data-resembles]");
    resembles.textContent = resembles.dataset.resembles.replace("{name}", tile.resembles);
    resembles.hidden = !tile.resembles;
    this.#picture(element, tile);
    this.#buttons(element, tile);
  }

  #picture(element, { thumbnail_url: url }) {
    const image = element.querySelector("[data-thumbnail]");
    image.hidden = !url;
    element.querySelector("[data-blank]").hidden = Boolean(url);
    if (url && image.getAttribute("src") !== url) image.src = url;
  }

  #buttons(element, tile) {
    for (const button of element.querySelectorAll("[data-do]")) {
      const url = tile[`${button.dataset.do}_url`];
      button.dataset.url = url;
      const hidden = !url || (button.dataset.do === "encode" && tile.state === "waiting");
      if (hidden && button === document.activeElement) element.focus();
      button.hidden = hidden;
      button.removeAttribute("aria-disabled");
    }
  }

  #number() {
    [...this.list.children].forEach((element, index) => {
      element.querySelector("img").alt = this.word("alt").replace("{number}", index + 1);
      for (const which of element.querySelectorAll("[data-which]")) {
        which.textContent = which.dataset.which.replace("{number}", index + 1);
      }
    });
  }
}
