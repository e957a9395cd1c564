// Which words tell the voter why a request failed. The words are in templates/voting/_failures.html.

import { element } from "../dom.js";
import { Refused, Unreachable } from "../http.js";

/** @type {Record<number, string>} */
const BY_STATUS = {
  401: "signed-out",
  403: "page-too-old",
  413: "too-large",
  429: "too-many",
  502: "busy",
  503: "busy",
  504: "busy",
};

/**
 * Pure.
 *
 * @param {unknown} error what a request has thrown
 * @returns {string} which words fit
 */
export function failureOf(error) {
  if (error instanceof Unreachable) return "unreachable";
  if (!(error instanceof Refused)) return "fault-here";
  return BY_STATUS[error.status] ?? (error.status >= 500 ? "fault-there" : "unexpected");
}

/**
 * Whether a request that failed like this may have been carried out all the same. Pure.
 *
 * @param {unknown} error
 * @returns {boolean}
 */
export function mayHaveArrived(error) {
  if (error instanceof Refused) return error.status >= 500 || error.status < 400;
  return error instanceof Unreachable;
}

/**
 * @param {ParentNode} root has the words
 * @param {unknown} error
 * @returns {string} the server's own sentence if it gave one
 */
export function wordsFor(root, error) {
  const said = error instanceof Refused ? error.text("message") : "";
  return said || element(root, `[data-failure="${failureOf(error)}"]`).textContent;
}
