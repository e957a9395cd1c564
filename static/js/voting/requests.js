// The two requests of the ballot page. Neither holds a choice.

import { postForm, postJsonText } from "../http.js";

/**
 * @param {string} url
 * @param {string} csrfToken
 * @param {string} ballot its canonical JSON, which is posted byte for byte
 * @returns {Promise<string>} the address of the receipt
 * @throws {Unreachable | Refused}
 */
export async function postBallot(url, csrfToken, ballot) {
  const { receipt } = await postJsonText(url, ballot, { csrfToken });
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
