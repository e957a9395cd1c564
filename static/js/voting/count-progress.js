// An election's page in the administration: how far the count is, without loading the page again.

const EVERY_MS = 1000;

const root = document.querySelector("[data-count]");
const words = root?.querySelector("[data-count-words]");
const bar = root?.querySelector("[data-count-bar]");

function show({ words: text, done, total, is_running: running }) {
  if (words.textContent !== text) words.textContent = text;
  bar.hidden = !running;
  bar.max = total || 1;
  bar.value = done;
}

async function ask() {
  const response = await fetch(root.dataset.count, { credentials: "same-origin" });
  if (!response.ok || response.redirected) return;
  const { state, progress } = await response.json();
  // Counted: the page has a next step now, and its buttons are the server's to make.
  if (state !== "closed") window.location.reload();
  else show(progress);
}

async function follow() {
  // A server that does not answer is asked again.
  await ask().catch(() => {});
  setTimeout(follow, EVERY_MS);
}

if (root) follow();
