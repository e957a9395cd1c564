// The encoding queue: numbers and the progress bar follow the server while there is work.

import { copyOfTemplate, dataOf, element, elements, embeddedJson } from "../dom.js";
import { getPanel } from "./requests.js";

/** @typedef {{url: string, words: string, when: string}} QueueProblem a photo that was refused */

/**
 * @typedef {object} QueueReport
 * @property {number} waiting
 * @property {number} outdated
 * @property {number} refused
 * @property {number} settled
 * @property {number} lost
 * @property {number} percent
 * @property {string} summary
 * @property {QueueProblem[]} problems
 */

const BUSY_EVERY_MS = 1500;
const IDLE_EVERY_MS = 10_000;

const root = element(document, "[data-queue]");

/** @param {QueueReport} report */
function show(report) {
  for (const part of elements(root, "[data-count]")) {
    const name = /** @type {keyof QueueReport} */ (dataOf(part, "count"));
    part.textContent = String(report[name]);
  }
  element(root, "progress", HTMLProgressElement).value = report.percent;
  element(root, "[data-percent]").textContent = `${report.percent} %`;
  const summary = element(root, "[data-summary]");
  if (summary.textContent !== report.summary) summary.textContent = report.summary;
  element(root, "[data-problems]").replaceChildren(...report.problems.map(lineFor));
  element(root, "[data-no-problems]").hidden = report.problems.length > 0;
}

/** @param {QueueProblem} problem */
function lineFor({ url, words, when }) {
  const item = copyOfTemplate(root, "[data-problem-template]");
  element(item, "a", HTMLAnchorElement).href = url;
  element(item, "[data-what]").textContent = words;
  element(item, "[data-when]").textContent = when;
  return item;
}

/** @returns {Promise<number>} milliseconds until the server is asked again */
async function ask() {
  const report = reportFrom(await getPanel(dataOf(root, "queueUrl")));
  show(report);
  return report.waiting + report.outdated > 0 ? BUSY_EVERY_MS : IDLE_EVERY_MS;
}

async function follow() {
  // A server that does not answer is asked again; so is one whose page nobody looks at.
  const wait = document.hidden ? IDLE_EVERY_MS : await ask().catch(() => IDLE_EVERY_MS);
  setTimeout(follow, wait);
}

/** @param {unknown} answer */
function reportFrom(answer) {
  return /** @type {QueueReport} */ (answer);
}

show(reportFrom(embeddedJson(document, "#queue-report")));
setTimeout(follow, BUSY_EVERY_MS);
