// Talks to the officials' endpoints. Every failure is an exception with words for the page.

export class ServerRefused extends Error {
  constructor(words, word) {
    super(words);
    this.words = words; // what the server said, if it said anything
    this.word = word; // which of the page's own phrases fits otherwise
  }
}

export async function getPanel(url) {
  return ask(url, { method: "GET" });
}

export async function post(url, csrfToken) {
  return ask(url, { method: "POST", headers: { "X-CSRFToken": csrfToken } });
}

/** A form with its token in it. */
export async function send(url, body) {
  return ask(url, { method: "POST", body });
}

/** One picture; resolves to {photo} or {error, code}. */
export async function upload(url, csrfToken, blob, name) {
  const body = new FormData();
  body.append("photo", blob, name);
  const answer = await ask(url, {
    method: "POST",
    headers: { "X-CSRFToken": csrfToken },
    body,
    acceptable: [400, 507],
  });
  if (!answer.files) throw new ServerRefused(answer.error ?? "", "refused");
  return answer.files[0];
}

async function ask(url, { acceptable = [], ...options }) {
  const response = await fetch(url, { ...options, credentials: "same-origin", redirect: "error" }).catch(() => {
    throw new ServerRefused("", "lost");
  });
  if (response.status === 413) throw new ServerRefused("", "too-large");
  const answer = await response.json().catch(() => ({}));
  if (response.ok || acceptable.includes(response.status)) return answer;
  throw new ServerRefused(answer.error ?? "", "refused");
}
