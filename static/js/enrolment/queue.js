// The encoding queue: numbers and the progress bar follow the server while there is work.

import { getPanel } from "./server.js";

const BUSY_EVERY = 1500;
const IDLE_EVERY = 10000;

const root = document.querySelector("[data-queue]");

function show(report) {
  for (const part of root.querySelectorAll("[data-count]")) {
    part.textContent = report[part.dataset.count];
  }
  root.querySelector("progress").value = report.percent;
  root.querySelector("[data-percent]").textContent = `${report.percent} %`;
  const summary = root.querySelector("[data-summary]");
  if (summary.textContent !== report.summary) summary.textContent = report.summary;
  root.querySelector("[data-problems]").replaceChildren(...report.problems.map(line));
  root.querySelector("[data-no-problems]").hidden = report.problems.length > 0;
}

function line({ url, words, when }) {
  const item = root.querySelector("[data-problem-template]").content.firstElementChild.cloneNode(true);
  item.querySelector("a").href = url;
  item.querySelector("[data-what]").textContent = words;
  item.querySelector("[data-when]").textContent = when;
  return item;
}

async function follow() {
  let wait = IDLE_EVERY;
  try {
    if (!document.hidden) {
      const report = await getPanel(root.dataset.queueUrl);
      show(report);
      if (report.waiting + report.outdated > 0) wait = BUSY_EVERY;
    }
  } finally {
    setTimeout(follow, wait);
  }
}

show(JSON.parse(document.querySelector("#queue-report").textContent));
setTimeout(follow, BUSY_EVERY);
