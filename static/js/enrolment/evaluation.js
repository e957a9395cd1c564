// The comparison of all enrolled voters: started without leaving the page, followed until it is done.

import { getPanel, post } from "./server.js";

const BUSY_EVERY = 1500;

const root = document.querySelector("[data-evaluation]");
const form = root.querySelector("[data-ask]");
const csrfToken = form?.querySelector("[name=csrfmiddlewaretoken]").value;
let following = false;

function show({ busy, status, figures }) {
  const line = root.querySelector("[data-status]");
  if (line.textContent.trim() !== status) line.textContent = status;
  if (form) form.querySelector("button").disabled = busy;
  const page = new DOMParser().parseFromString(figures, "text/html");
  if (!busy) root.querySelector("[data-figures]").replaceChildren(...page.body.childNodes);
  root.querySelector("[data-problem]").hidden = true;
  return busy;
}

async function follow() {
  following = true;
  let busy = true;
  while (busy) {
    await new Promise((done) => setTimeout(done, BUSY_EVERY));
    if (document.hidden) continue;
    try {
      busy = show(await getPanel(root.dataset.evaluationUrl));
    } catch {
      root.querySelector("[data-problem]").hidden = false;
    }
  }
  following = false;
}

async function ask(event) {
  event.preventDefault();
  try {
    const busy = show(await post(root.dataset.evaluationUrl, csrfToken));
    if (busy && !following) follow();
  } catch {
    root.querySelector("[data-problem]").hidden = false;
  }
}

form?.addEventListener("submit", ask);
if (form?.querySelector("button").disabled) follow();
