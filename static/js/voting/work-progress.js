// A page of the administration: shows how far a worker is, without loading the page again.

import { dataOf, element, optionalElement } from "../dom.js";
import { getJson } from "../http.js";

/** @typedef {{words: string, done: number, total: number, is_running: boolean}} Progress */
/** @typedef {{state: string, progress: Progress}} WorkReport */

const EVERY_MS = 1000;

/**
 * @param {HTMLElement} root
 * @param {Progress} progress
 */
function show(root, { words, done, total, is_running: running }) {
  const line = element(root, "[data-progress-words]");
  const bar = element(root, "[data-progress-bar]", HTMLProgressElement);
  if (line.textContent !== words) line.textContent = words;
  bar.hidden = !running;
  bar.max = total || 1;
  bar.value = done;
}

/** @param {HTMLElement} root */
async function ask(root) {
  const { state, progress } = /** @type {WorkReport} */ (await getJson(dataOf(root, "progress")));
  // In the next state the page has something else to show, and only the server can make it.
  if (state !== dataOf(root, "state")) window.location.reload();
  else show(root, progress);
}

/** @param {HTMLElement} root */
async function follow(root) {
  // A server that does not answer is asked again.
  await ask(root).catch(() => {});
  setTimeout(() => follow(root), EVERY_MS);
}

const root = optionalElement(document, "[data-progress]");
if (root) follow(root);
