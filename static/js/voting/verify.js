// Checks a tracker against the downloaded board file, on this device alone.

import { checkBoard, checkPublishedHead } from "../crypto/chain.js";
import { trackerPrefix } from "../crypto/tracker.js";
import { element, elements } from "../dom.js";

/** @import { BoardReport } from "../crypto/chain.js" */

const PAINT_MS = 50;

const root = element(document, "[data-verify]");
const form = element(root, "[data-form]", HTMLFormElement);
const typed = element(form, "#tracker", HTMLInputElement);

/** @param {string} state */
function show(state) {
  for (const part of elements(root, "[data-state]")) part.hidden = part.dataset.state !== state;
}

/**
 * @param {BoardReport} report
 * @returns {string} the state of the page
 */
function verdictOf(report) {
  if (report.problems.length > 0 || report.events === 0) return "broken";
  if (report.cast) return report.cast.counted ? "found" : "replaced";
  return report.spoiled ? "opened" : "absent";
}

/**
 * Whether every published head that was given lies on this chain. It is true where none was given.
 *
 * @param {string} text the board file
 * @param {string} heads one published head on each line
 */
function continues(text, heads) {
  try {
    const lines = heads.split("\n").filter((line) => line.trim() !== "");
    return lines.every((line) => checkPublishedHead(text, JSON.parse(line)));
  } catch {
    return false;
  }
}

/** @param {BoardReport} report */
function showBoard(report) {
  element(root, "[data-board]").hidden = report.fingerprint === null;
  element(root, "[data-print]").textContent = report.fingerprint;
  element(root, "[data-events]").textContent = String(report.events);
}

/**
 * @param {string} selector of a file input
 * @returns {Promise<string>} "" if no file was chosen
 */
async function read(selector) {
  const file = element(form, selector, HTMLInputElement).files?.[0];
  return file ? await file.text() : "";
}

async function check() {
  element(root, "[data-board]").hidden = true;
  const tracker = trackerPrefix(typed.value);
  if (!tracker) {
    show("mistyped");
    return;
  }
  show("busy");
  const [text, heads] = [await read("#file"), await read("#head")];
  // The browser paints the word "checking" before the arithmetic begins.
  await new Promise((resolve) => {
    setTimeout(resolve, PAINT_MS);
  });
  const report = checkBoard(text, tracker);
  show(continues(text, heads) ? verdictOf(report) : "forked");
  showBoard(report);
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
