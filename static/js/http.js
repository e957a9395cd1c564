// The only place that asks the server over HTTP. Requests carry the session's cookie and expect JSON.
//
// There are two kinds of failure. Unreachable: no answer came, so nobody knows whether the request arrived.
// Refused: the server answered, with a status or a body that is not what a page can use.

const SIGNED_OUT = 401;

/** No answer came: no connection, or the request was aborted. */
export class Unreachable extends Error {}

/**
 * The server answered with a status outside 200-299, or with a body that is not a JSON object.
 * A redirect counts as 401: here it always leads to the sign-in, because the session has ended.
 */
export class Refused extends Error {
  /**
   * @param {number} status
   * @param {Record<string, unknown>} body the answer's JSON object; {} if it has none
   */
  constructor(status, body) {
    super(`the server answered ${status}`);
    this.status = status;
    this.body = body;
  }

  /**
   * A text in the answer's body.
   *
   * @param {string} name
   * @returns {string} "" if there is none
   */
  text(name) {
    const value = this.body[name];
    return typeof value === "string" ? value : "";
  }
}

/**
 * The JSON object in an answer. Its shape is not checked: callers say which one they expect.
 * @typedef {Promise<Record<string, unknown>>} Answer
 */

/**
 * `csrfToken` is Django's; a form that holds the token itself needs none. `signal` aborts the request.
 * @typedef {{csrfToken?: string, signal?: AbortSignal}} PostOptions
 */

/**
 * @param {string} url
 * @returns {Answer}
 * @throws {Unreachable}
 * @throws {Refused}
 */
export function getJson(url) {
  return request(url, { method: "GET" });
}

/**
 * A file, byte for byte.
 *
 * @param {string} url
 * @returns {Promise<Uint8Array>}
 * @throws {Unreachable}
 * @throws {Refused}
 */
export async function getBytes(url) {
  const response = await answerOf(url, { credentials: "same-origin", redirect: "error" });
  if (!response.ok) throw new Refused(response.status, {});
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw new Unreachable("the file did not arrive whole", { cause: error });
  }
}

/**
 * @param {string} url
 * @param {unknown} value what JSON.stringify() takes
 * @param {PostOptions} [options]
 * @returns {Answer}
 * @throws {Unreachable}
 * @throws {Refused}
 */
export function postJson(url, value, options = {}) {
  return postJsonText(url, JSON.stringify(value), options);
}

/**
 * Posts a text that is JSON already, byte for byte.
 *
 * @param {string} url
 * @param {string} text
 * @param {PostOptions} [options]
 * @returns {Answer}
 * @throws {Unreachable}
 * @throws {Refused}
 */
export function postJsonText(url, text, options = {}) {
  return post(url, text, options, { "Content-Type": "application/json" });
}

/**
 * @param {string} url
 * @param {FormData | URLSearchParams} form the browser sets its content type
 * @param {PostOptions} [options]
 * @returns {Answer}
 * @throws {Unreachable}
 * @throws {Refused}
 */
export function postForm(url, form, options = {}) {
  return post(url, form, options);
}

/**
 * @param {string} url
 * @param {BodyInit} body
 * @param {PostOptions} options
 * @param {Record<string, string>} [headers]
 */
function post(url, body, { csrfToken, signal }, headers = {}) {
  const all = csrfToken ? { ...headers, "X-CSRFToken": csrfToken } : headers;
  return request(url, { method: "POST", body, signal, headers: all });
}

/**
 * @param {string} url
 * @param {RequestInit & {headers?: Record<string, string>}} options
 * @returns {Answer}
 */
async function request(url, { headers = {}, ...options }) {
  const response = await answerOf(url, {
    ...options,
    headers: { ...headers, Accept: "application/json" },
    credentials: "same-origin",
    // A redirect leads to a page and never to data.
    redirect: "manual",
  });
  if (response.type === "opaqueredirect") throw new Refused(SIGNED_OUT, {});
  const body = await response.json().catch(() => null);
  const isObject = typeof body === "object" && body !== null && !Array.isArray(body);
  if (!response.ok || !isObject) throw new Refused(response.status, isObject ? body : {});
  return body;
}

/**
 * @param {string} url
 * @param {RequestInit} options
 */
async function answerOf(url, options) {
  try {
    return await fetch(url, options);
  } catch (error) {
    throw new Unreachable("no answer", { cause: error });
  }
}
