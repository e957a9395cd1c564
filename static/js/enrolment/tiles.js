// One <li> for each photo, made from the page's template and kept the same as the server's list.

import { copyOfTemplate, dataOf, element, elements, optionalElement } from "../dom.js";
import { changes, neighbour } from "./changes.js";

/** @import { Tile } from "./changes.js" */

export class Tiles {
  /** @type {Tile[]} */
  #shown = [];

  /**
   * @param {HTMLElement} root
   * @param {{phrase: (name: string) => string, onAction: (button: HTMLElement) => void}} options
   */
  constructor(root, { phrase, onAction }) {
    this.root = root;
    this.list = element(root, "[data-tiles]");
    this.phrase = phrase;
    this.list.addEventListener("click", ({ target }) => {
      const button = target instanceof Element ? target.closest("button[data-do]") : null;
      if (button instanceof HTMLElement) onAction(button);
    });
  }

  get count() {
    return this.#shown.length;
  }

  /** @param {Tile[]} tiles */
  show(tiles) {
    const { added, altered, removed } = changes(this.#shown, tiles);
    for (const tile of removed) this.#remove(tile);
    for (const tile of added) this.list.append(this.#make(tile));
    for (const tile of altered) fill(this.#elementOf(tile), tile);
    this.#shown = tiles;
    this.#number();
  }

  /** @param {{id: string}} tile */
  #elementOf({ id }) {
    return element(this.list, `[data-id="${id}"]`);
  }

  /** @param {Tile} tile */
  #remove(tile) {
    const removed = this.#elementOf(tile);
    if (removed.contains(document.activeElement)) {
      const next = neighbour(this.#shown, tile.id);
      (next ? this.#elementOf({ id: next }) : optionalElement(this.root, "input"))?.focus();
    }
    removed.remove();
  }

  /** @param {Tile} tile */
  #make(tile) {
    const made = copyOfTemplate(this.root, "[data-tile-template]");
    made.dataset.id = tile.id;
    fill(made, tile);
    return made;
  }

  #number() {
    elements(this.list, ":scope > li").forEach((item, index) => {
      const number = String(index + 1);
      element(item, "img", HTMLImageElement).alt = this.phrase("alt").replace("{number}", number);
      for (const which of elements(item, "[data-which]")) {
        which.textContent = dataOf(which, "which").replace("{number}", number);
      }
    });
  }
}

/**
 * @param {HTMLElement} item
 * @param {Tile} tile
 */
function fill(item, tile) {
  item.dataset.state = tile.state;
  for (const icon of elements(item, "[data-icon]", SVGElement)) {
    icon.toggleAttribute("hidden", icon.dataset.icon !== tile.state);
  }
  element(item, "[data-state-words]").textContent = tile.state_words;
  showText(element(item, "[data-reason-words]"), tile.reason_words);
  showText(element(item, "[data-advice]"), tile.advice);
  const resembles = element(item, "[data-resembles]");
  resembles.textContent = dataOf(resembles, "resembles").replace("{name}", tile.resembles);
  resembles.hidden = !tile.resembles;
  showPicture(item, tile);
  fillButtons(item, tile);
}

/**
 * @param {HTMLElement} part
 * @param {string} text "" hides it
 */
function showText(part, text) {
  part.textContent = text;
  part.hidden = !text;
}

/**
 * @param {HTMLElement} item
 * @param {Tile} tile
 */
function showPicture(item, { thumbnail_url: url }) {
  const image = element(item, "[data-thumbnail]", HTMLImageElement);
  image.hidden = !url;
  element(item, "[data-blank]").hidden = Boolean(url);
  if (url && image.getAttribute("src") !== url) image.src = url;
}

/**
 * @param {HTMLElement} item
 * @param {Tile} tile
 */
function fillButtons(item, tile) {
  /** @type {Record<string, string>} */
  const urls = { accept: tile.accept_url, encode: tile.encode_url, remove: tile.remove_url };
  for (const button of elements(item, "[data-do]")) {
    const action = dataOf(button, "do");
    button.dataset.url = urls[action];
    const hidden = !urls[action] || (action === "encode" && tile.state === "waiting");
    if (hidden && button === document.activeElement) item.focus();
    button.hidden = hidden;
    button.removeAttribute("aria-disabled");
  }
}
