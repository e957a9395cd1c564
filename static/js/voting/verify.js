// Checks a tracker against the downloaded board file, on this device alone.

import { checkBoard, checkPublishedHead } from "../crypto/chain.js";
import { prefixOf } from "../crypto/tracker.js";

const root = document.querySelector("[data-verify]");
const form = root.querySelector("[data-form]");

function show(state) {
  for (const part of root.querySelectorAll("[data-state]")) part.hidden = part.dataset.state !== state;
}

function verdict(report, tracker) {
  if (report.problems.length > 0 || report.events === 0) return "broken";
  if (report.cast) return report.cast.counted ? "found" : "replaced";
  return report.spoiled ? "opened" : "absent";
}

// True where every head that was given lies on this chain, and where none was given.
function continues(text, heads) {
  try {
    const lines = heads.split("\n").filter((line) => line.trim() !== "");
    return lines.every((line) => checkPublishedHead(text, JSON.parse(line)));
  } catch {
    return false;
  }
}

function showBoard(report) {
  root.querySelector("[data-board]").hidden = report.fingerprint === null;
  root.querySelector("[data-print]").textContent = report.fingerprint;
  root.querySelector("[data-events]").textContent = report.events;
}

async function read(selector) {
  const [file] = form.querySelector(selector).files;
  return file ? await file.text() : "";
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  root.querySelector("[data-board]").hidden = true;
  const tracker = prefixOf(form.querySelector("#tracker").value);
  if (!tracker) return show("mistyped");
  show("busy");
  const [text, heads] = [await read("#file"), await read("#head")];
  // The word "checking" is painted before the arithmetic begins.
  await new Promise((resolve) => setTimeout(resolve, 50));
  const report = checkBoard(text, tracker);
  show(continues(text, heads) ? verdict(report, tracker) : "forked");
  showBoard(report);
});

// From the receipt, by a part of the address that is never sent.
const given = window.location.hash.match(/^#([0-9a-f]{64})$/);
if (given) [, form.querySelector("#tracker").value] = given;
document.querySelector("[data-starting]").remove();
form.hidden = false;
