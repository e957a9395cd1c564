// Checks a tracker against the downloaded board file, on this device alone.

import { checkBoard } from "../ballot/chain.js";
import { prefixOf } from "../ballot/tracker.js";

const root = document.querySelector("[data-verify]");
const form = root.querySelector("[data-form]");

function show(state) {
  for (const part of root.querySelectorAll("[data-state]")) part.hidden = part.dataset.state !== state;
}

function verdict(text, typed) {
  const tracker = prefixOf(typed);
  if (!tracker) return "absent";
  const report = checkBoard(text, tracker);
  if (report.problems.length > 0 || report.events === 0) return "broken";
  if (report.cast) return report.cast.counted ? "found" : "replaced";
  return report.spoiled ? "opened" : "absent";
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  show("busy");
  const [file] = form.querySelector("#file").files;
  const text = await file.text();
  show(verdict(text, form.querySelector("#tracker").value));
});
form.hidden = false;
