// The way to the server: a ticket by POST, then the socket that spends it.

import { bye, closeMeaning, encodeHeader, hello, parseMessage, ProtocolError, socketAddress } from "./protocol.js";

const TICKET_CODES = {
  not_enrolled: "not-enrolled",
  no_reference: "not-enrolled",
  blocked: "blocked",
};

export class TicketRefused extends Error {
  constructor(why, retryAfter = 0) {
    super(why);
    this.why = why;
    this.retryAfter = retryAfter;
  }
}

export async function getTicket({ url, csrfToken, purpose, boundTo, signal }) {
  const response = await post({ url, csrfToken, signal, body: { purpose, bound_to: boundTo } });
  const answer = await response.json().catch(() => ({}));
  if (response.ok && typeof answer.ticket === "string") return answer;
  throw refusalOf(response.status, answer);
}

async function post({ url, csrfToken, body, signal }) {
  try {
    return await fetch(url, {
      method: "POST",
      credentials: "same-origin",
      redirect: "error",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken },
      body: JSON.stringify(body),
      signal,
    });
  } catch {
    throw new TicketRefused("lost");
  }
}

/** Pure. */
export function refusalOf(status, answer) {
  if (status === 429) return new TicketRefused("too-many-tries", Number(answer.retry_after) || 30);
  if (status === 409) return new TicketRefused("consent-needed");
  if (status === 401 || status === 403) {
    return new TicketRefused(TICKET_CODES[answer.code] ?? "signed-out");
  }
  return new TicketRefused("lost");
}

/** One socket, from hello to the end. Calls `onMessage(message)` and, once, `onClosed(why)`. */
export class VerificationSocket {
  #socket;
  #ended = false;

  constructor({ path, ticket, camera, light, onMessage, onClosed }) {
    this.onMessage = onMessage;
    this.onClosed = onClosed;
    this.#socket = new WebSocket(socketAddress(path, location));
    this.#socket.addEventListener("open", () => this.#socket.send(hello(ticket, camera, light)));
    this.#socket.addEventListener("message", ({ data }) => this.#take(data));
    this.#socket.addEventListener("close", ({ code }) => this.#end(closeMeaning(code)));
  }

  /** Header and picture as one message, without copying the picture. */
  sendFrame(header, jpeg) {
    if (this.#socket.readyState === WebSocket.OPEN) {
      this.#socket.send(new Blob([encodeHeader(header), jpeg]));
    }
  }

  /** The page has gone on: say goodbye and hear no more. */
  leave() {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(bye());
    this.#ended = true;
    this.#socket.close();
  }

  /** No answer came: end it as a lost connection. */
  giveUp() {
    this.#end("lost");
    this.#socket.close();
  }

  #take(data) {
    if (this.#ended) return;
    try {
      this.onMessage(parseMessage(data));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#end("broken");
      this.#socket.close();
    }
  }

  #end(why) {
    if (this.#ended) return;
    this.#ended = true;
    this.onClosed(why);
  }
}
