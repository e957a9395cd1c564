// The two requests of the ballot page. Neither holds a choice.

export class Refused extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

export function postBallot(url, token, ballot) {
  return post(url, token, ballot, "application/json");
}

export function postOpening(url, token, tracker) {
  return post(url, token, new URLSearchParams({ tracker }));
}

async function post(url, token, body, type) {
  const headers = { "X-CSRFToken": token, Accept: "application/json" };
  if (type) headers["Content-Type"] = type;
  const response = await fetch(url, { method: "POST", headers, body, credentials: "same-origin" });
  const answer = response.headers.get("Content-Type")?.startsWith("application/json")
    ? await response.json()
    : {};
  if (!response.ok || response.redirected) throw new Refused(answer.code ?? "error", answer.message ?? "");
  return answer;
}
