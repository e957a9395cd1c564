// The requests of the ballot page. None holds a choice.

import { getJson, postForm, postJsonText } from "../http.js";

// A server that takes longer will not answer any more; the voter is told so and can try again.
const LONGEST_MS = 60_000;

/** @typedef {{csrfToken: string, credential: string}} Standing who is signed in, and the token for the next posts */

/**
 * Asks whether the voter may still cast here: the session may have ended or belong to somebody else by now.
 *
 * @param {string} url
 * @returns {Promise<Standing>}
 * @throws {Unreachable | Refused}
 */
export async function askStanding(url) {
  const answer = await getJson(url);
  return { csrfToken: String(answer.csrf_token), credential: String(answer.credential) };
}

/**
 * @param {string} url
 * @param {string} csrfToken
 * @param {string} ballot its canonical JSON, which is posted byte for byte
 * @returns {Promise<string>} the address of the receipt
 * @throws {Unreachable | Refused}
 */
export async function postBallot(url, csrfToken, ballot) {
  const { receipt } = await postJsonText(url, ballot, { csrfToken, signal: AbortSignal.timeout(LONGEST_MS) });
  return String(receipt);
}

/**
 * Asks the board to spoil a ballot, after which it may be opened.
 *
 * @param {string} url
 * @param {string} csrfToken
 * @param {string} tracker
 * @throws {Unreachable | Refused}
 */
export async function postOpening(url, csrfToken, tracker) {
  await postForm(url, new URLSearchParams({ tracker }), { csrfToken });
}
