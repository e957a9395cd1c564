// The requests of the officials' pages. Every failure is an exception with words for the page.

import { getJson, postForm, Refused, Unreachable } from "../http.js";

const TOO_LARGE = 413;
/** Statuses of an upload whose answer says what is wrong with the file. */
const ABOUT_THE_FILE = [400, 507];

/** @typedef {{photo: object} | {error: string, code: string}} UploadAnswer what is said of one file */

/** The server did not do it, or could not be reached. */
export class ServerRefused extends Error {
  /**
   * @param {string} words what the server said; "" if it said nothing
   * @param {string} phrase the name of the page's own phrase that fits otherwise
   */
  constructor(words, phrase) {
    super(words);
    this.words = words;
    this.phrase = phrase;
  }
}

/**
 * The words for a failure.
 *
 * @param {unknown} error
 * @param {(phrase: string) => string} phraseOf the page's own words
 * @returns {string}
 */
export function wordsFor(error, phraseOf) {
  if (!(error instanceof ServerRefused)) return phraseOf("lost");
  return error.words || phraseOf(error.phrase);
}

/**
 * @param {string} url
 * @throws {ServerRefused}
 */
export function getPanel(url) {
  return answered(getJson(url));
}

/**
 * Asks for something that needs no more than its address.
 *
 * @param {string} url
 * @param {string} csrfToken
 * @throws {ServerRefused}
 */
export function post(url, csrfToken) {
  // Not an empty FormData: Django answers a multipart body without parts with 400.
  return answered(postForm(url, new URLSearchParams(), { csrfToken }));
}

/**
 * Posts a form that holds the token against cross-site requests itself.
 *
 * @param {string} url
 * @param {FormData} form
 * @throws {ServerRefused}
 */
export function postWithToken(url, form) {
  return answered(postForm(url, form));
}

/**
 * Sends one picture.
 *
 * @param {string} url
 * @param {string} csrfToken
 * @param {Blob} blob
 * @param {string} name of the file
 * @returns {Promise<UploadAnswer>}
 * @throws {ServerRefused} if the server says nothing of the file
 */
export async function upload(url, csrfToken, blob, name) {
  const form = new FormData();
  form.append("photo", blob, name);
  const { files, error } = await postForm(url, form, { csrfToken }).catch(answerAboutFiles);
  if (!Array.isArray(files)) throw new ServerRefused(typeof error === "string" ? error : "", "refused");
  return files[0];
}

/**
 * A refused file is answered with another status, and with the same body as one that was taken.
 *
 * @param {unknown} error
 * @returns {Record<string, unknown>}
 */
function answerAboutFiles(error) {
  if (error instanceof Refused && ABOUT_THE_FILE.includes(error.status)) return error.body;
  throw refusalOf(error);
}

/**
 * @param {Promise<Record<string, unknown>>} request
 * @returns {Promise<Record<string, unknown>>}
 */
async function answered(request) {
  try {
    return await request;
  } catch (error) {
    throw refusalOf(error);
  }
}

/**
 * @param {unknown} error
 * @returns {unknown} the same error if it is not one of a request
 */
function refusalOf(error) {
  if (error instanceof Unreachable) return new ServerRefused("", "lost");
  if (!(error instanceof Refused)) return error;
  if (error.status === TOO_LARGE) return new ServerRefused("", "too-large");
  return new ServerRefused(error.text("error"), "refused");
}
