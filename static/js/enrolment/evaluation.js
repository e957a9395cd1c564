// The comparison of all enrolled voters: started without leaving the page, and followed until it is done.

import { csrfToken, dataOf, element, optionalElement } from "../dom.js";
import { getPanel, post } from "./requests.js";

/** @typedef {{busy: boolean, status: string, figures: string}} EvaluationReport `figures` is HTML of the server */

const BUSY_EVERY_MS = 1500;

const root = element(document, "[data-evaluation]");
// Only officials who may start it have the form.
const form = optionalElement(root, "[data-ask]", HTMLFormElement);
const url = dataOf(root, "evaluationUrl");
let following = false;

/**
 * @param {Record<string, unknown>} answer
 * @returns {boolean} whether the comparison is still running
 */
function show(answer) {
  const { busy, status, figures } = /** @type {EvaluationReport} */ (answer);
  const line = element(root, "[data-status]");
  if (line.textContent.trim() !== status) line.textContent = status;
  if (form) buttonOf(form).disabled = busy;
  const page = new DOMParser().parseFromString(figures, "text/html");
  if (!busy) element(root, "[data-figures]").replaceChildren(...page.body.childNodes);
  showProblem(false);
  return busy;
}

/** @param {boolean} there */
function showProblem(there) {
  element(root, "[data-problem]").hidden = !there;
}

/** @param {HTMLFormElement} owner */
function buttonOf(owner) {
  return element(owner, "button", HTMLButtonElement);
}

async function follow() {
  following = true;
  let busy = true;
  while (busy) {
    await new Promise((done) => {
      setTimeout(done, BUSY_EVERY_MS);
    });
    if (document.hidden) continue;
    try {
      busy = show(await getPanel(url));
    } catch {
      showProblem(true);
    }
  }
  following = false;
}

/** @param {HTMLFormElement} asked */
async function ask(asked) {
  try {
    const busy = show(await post(url, csrfToken(asked)));
    if (busy && !following) follow();
  } catch {
    showProblem(true);
  }
}

if (form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(form);
  });
  if (buttonOf(form).disabled) follow();
}
