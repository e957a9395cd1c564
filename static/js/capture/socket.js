// The way to the server: a ticket by POST, then the socket that spends it.

import { postJson, Refused, Unreachable } from "../http.js";
import { bye, closeMeaning, encodeHeader, hello, parseMessage, ProtocolError, socketAddress } from "./protocol.js";

/** @import { CameraDescription } from "./camera.js" */
/** @import { FrameHeader, Message } from "./protocol.js" */

/** @type {Record<string, string>} */
const STATE_OF_CODE = {
  not_enrolled: "not-enrolled",
  no_reference: "not-enrolled",
  blocked: "blocked",
};
const DEFAULT_WAIT_SECONDS = 30;
/** Some networks swallow the request for a socket and never answer. */
const OPEN_WAIT_MS = 10_000;

/** There is no ticket. `why` is the state of the page that says what to do; `retryAfter` is in seconds. */
export class TicketRefused extends Error {
  /**
   * @param {string} why
   * @param {number} [retryAfter]
   */
  constructor(why, retryAfter = 0) {
    super(why);
    this.why = why;
    this.retryAfter = retryAfter;
  }
}

/** @typedef {{ticket: string, socket: unknown}} Ticket `socket` is the path of the socket that takes it */

/**
 * What a ticket is asked for. `boundTo` is the tracker of the ballot that is to be cast, or "".
 *
 * @typedef {object} TicketRequest
 * @property {string} url
 * @property {string} csrfToken
 * @property {string} purpose "login", "cast" or "prove"
 * @property {string} boundTo
 * @property {AbortSignal} [signal]
 */

/**
 * @param {TicketRequest} request
 * @returns {Promise<Ticket>}
 * @throws {TicketRefused}
 */
export async function getTicket({ url, csrfToken, purpose, boundTo, signal }) {
  try {
    const { ticket, socket } = await postJson(url, { purpose, bound_to: boundTo }, { csrfToken, signal });
    if (typeof ticket === "string") return { ticket, socket };
  } catch (error) {
    if (error instanceof Refused) throw refusalOf(error.status, error.body);
    if (!(error instanceof Unreachable)) throw error;
  }
  throw new TicketRefused("lost");
}

/**
 * Pure.
 *
 * @param {number} status
 * @param {Record<string, unknown>} answer
 * @returns {TicketRefused}
 */
export function refusalOf(status, answer) {
  if (status === 429) return new TicketRefused("too-many-tries", Number(answer.retry_after) || DEFAULT_WAIT_SECONDS);
  if (status === 409) return new TicketRefused("consent-needed");
  // The server has too much to do, or is about to stop: asking again soon reaches another one.
  if (status === 503) return new TicketRefused("queued");
  if (status === 401 || status === 403) {
    return new TicketRefused(STATE_OF_CODE[String(answer.code)] ?? "signed-out");
  }
  return new TicketRefused("lost");
}

/**
 * @typedef {object} SocketOptions
 * @property {unknown} path the socket's, as the ticket's answer gives it
 * @property {string} ticket
 * @property {CameraDescription} camera
 * @property {boolean} light whether the voter chose coloured light
 * @property {(message: Message) => void} onMessage
 * @property {(why: string) => void} onClosed called once at most; "unopened" and "unanswered" if it never opened
 */

/** One socket, from hello to the end. */
export class VerificationSocket {
  #socket;
  #ended = false;
  #opened = false;
  /** @type {ReturnType<typeof setTimeout>} */
  #overdue;

  /**
   * @param {SocketOptions} options
   * @throws {ProtocolError} if the path is not one of this site
   */
  constructor({ path, ticket, camera, light, onMessage, onClosed }) {
    this.onMessage = onMessage;
    this.onClosed = onClosed;
    this.#socket = new WebSocket(socketAddress(path, location));
    this.#socket.addEventListener("open", () => {
      this.#opened = true;
      clearTimeout(this.#overdue);
      this.#socket.send(hello(ticket, camera, light));
    });
    this.#socket.addEventListener("message", ({ data }) => this.#take(data));
    this.#socket.addEventListener("close", ({ code }) => this.#end(this.#opened ? closeMeaning(code) : "unopened"));
    this.#overdue = setTimeout(() => {
      this.#end("unanswered");
      this.#socket.close();
    }, OPEN_WAIT_MS);
  }

  /**
   * Sends header and picture as one message, without copying the picture.
   *
   * @param {FrameHeader} header
   * @param {Blob} jpeg
   */
  sendFrame(header, jpeg) {
    if (this.#socket.readyState === WebSocket.OPEN) {
      this.#socket.send(new Blob([encodeHeader(header), jpeg]));
    }
  }

  /** The page has gone on: says goodbye, and reports nothing more. */
  leave() {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(bye());
    this.#ended = true;
    clearTimeout(this.#overdue);
    this.#socket.close();
  }

  /** No answer came: ends it as a lost connection. */
  giveUp() {
    this.#end("lost");
    this.#socket.close();
  }

  /** @param {unknown} data */
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

  /** @param {string} why */
  #end(why) {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#overdue);
    this.onClosed(why);
  }
}
