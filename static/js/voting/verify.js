// Checks a receipt against the downloaded board file, on this device alone. A worker verifies the whole board.

import { trackerPrefix } from "../crypto/tracker.js";
import { dataOf, element, elements } from "../dom.js";
import { CryptoWorker, WorkerFailed } from "./crypto-worker.js";
import { showTracker } from "./render.js";

/** @import { BoardReport } from "../crypto/worker.js" */

const root = element(document, "[data-verify]");
const form = element(root, "[data-form]", HTMLFormElement);
const typed = element(form, "#tracker", HTMLInputElement);
const worker = new CryptoWorker(dataOf(root, "worker"));
worker.start().then((started) => {
  root.dataset.started = started ? "yes" : "no";
});

/** @param {string} state */
function show(state) {
  for (const part of elements(root, "[data-state]")) part.hidden = part.dataset.state !== state;
}

/**
 * @param {BoardReport} report
 * @returns {string} the state of the page
 */
function verdictOf({ problem, history, cast, spoiled, isFinished }) {
  if (problem) return "broken";
  if (history === "forked" || history === "unsigned") return history;
  if (!cast) return spoiled ? "opened" : "absent";
  if (!cast.counts) return "replaced";
  return isFinished ? "found" : "waiting";
}

/** @param {BoardReport} report */
function showBoard(report) {
  element(root, "[data-board]").hidden = report.fingerprint === "";
  element(root, "[data-print]").textContent = report.fingerprint;
  if (report.fingerprint) showTracker(element(root, "[data-short]"), report.short);
  element(root, "[data-events]").textContent = String(report.events);
  element(root, "[data-heads]").textContent = String(report.heads);
  element(root, "[data-witnesses]").textContent = String(report.witnesses);
  element(root, "[data-own-proofs]").hidden = report.allProofs;
}

/**
 * @param {BoardReport} report
 * @param {string} file its name
 */
function showProblem({ problem }, file) {
  if (!problem) return;
  element(root, "[data-line]").textContent = element(root, "[data-word-line]").textContent
    .replace("%d", String(problem.line))
    .replace("%s", file);
  showDetail("[data-problem]", problem.code, "malformed");
}

/**
 * Shows the one of several explanations that fits.
 *
 * @param {string} selector
 * @param {string} code
 * @param {string} otherwise
 */
function showDetail(selector, code, otherwise) {
  const all = elements(root, selector);
  const name = selector.slice("[data-".length, -1);
  const known = all.some(({ dataset }) => dataset[name] === code) ? code : otherwise;
  for (const words of all) words.hidden = words.dataset[name] !== known;
}

/**
 * @param {string} selector of a file input
 * @returns {File | undefined}
 */
function fileIn(selector) {
  return element(form, selector, HTMLInputElement).files?.[0];
}

/** @param {string} receipt @returns {string} the tracker in a receipt's file, not yet checked; "" if there is none */
function trackerIn(receipt) {
  try {
    return String(JSON.parse(receipt).event.body.tracker);
  } catch {
    return "";
  }
}

/**
 * @param {string} selector
 * @returns {Promise<string>} "" if no file was chosen
 */
async function textIn(selector) {
  return (await fileIn(selector)?.text()) ?? "";
}

async function check() {
  element(root, "[data-board]").hidden = true;
  const receipt = await textIn("#receipt");
  const tracker = trackerPrefix(typed.value || trackerIn(receipt));
  const file = fileIn("#file");
  if (!tracker || !file) {
    show("mistyped");
    return;
  }
  show("busy");
  const bar = element(root, "[data-progress]", HTMLProgressElement);
  const input = { bytes: new Uint8Array(await file.arrayBuffer()), tracker, heads: await textIn("#head"), receipt };
  try {
    const report = await worker.ask("board", input, (share) => {
      bar.value = share;
    });
    showProblem(report, file.name);
    showBoard(report);
    show(verdictOf(report));
  } catch (error) {
    refuse(error);
  }
}

/** @param {unknown} error */
function refuse(error) {
  const { code, detail } = error instanceof WorkerFailed ? error.failure : { code: "", detail: "" };
  if (code === "changed") showDetail("[data-changed]", detail, "empty");
  show(code === "changed" ? "changed" : "unusable");
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  check();
});

// The receipt's link brings the tracker in the part of the address that is never sent.
const [, given] = window.location.hash.match(/^#([0-9a-f]{64})$/) ?? [];
if (given) typed.value = given;
element(document, "[data-starting]").remove();
form.hidden = false;
