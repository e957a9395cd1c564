// The election as the ballot page believes it: the worker has checked the manifest, its keys and their proofs, and the
// form shows the manifest's words.

import { element, elements, embeddedJson } from "../dom.js";
import { writeLabels } from "./labels.js";
import { showTracker } from "./render.js";

/** @import { CryptoWorker } from "./crypto-worker.js" */
/** @import { Labelled } from "./labels.js" */

/** The voter's row of the roll, as far as a ballot needs it. @typedef {{credential: string, group: string, keys: string[]}} Voter */

/** @typedef {{manifest: Labelled & {id: string}, voter: Voter, registrars: number, language: string}} VerifiedElection */

/**
 * @param {HTMLElement} root
 * @param {CryptoWorker} worker
 * @returns {Promise<VerifiedElection>}
 * @throws {Error} if the manifest or a proof in it is wrong, or the page has other contests
 */
export async function verifiedElection(root, worker) {
  const manifest = /** @type {VerifiedElection["manifest"]} */ (embeddedJson(document, "#manifest"));
  const voter = /** @type {Voter} */ (embeddedJson(document, "#voter"));
  const { fingerprint, short, registrars } = await worker.ask("election", { manifest });
  const language = document.documentElement.lang || "en";
  writeLabels(element(root, "[data-form]", HTMLFormElement), manifest, voter.group, language);
  for (const place of elements(root, "[data-fingerprint]")) place.textContent = fingerprint;
  for (const place of elements(root, "[data-short-fingerprint]")) showTracker(place, short);
  return { manifest, voter, registrars, language };
}

/**
 * Shows why there is no ballot.
 *
 * @param {HTMLElement} root
 * @param {"unusable" | "untrue"} state
 */
export function showWithoutBallot(root, state) {
  for (const section of elements(root, "[data-state]")) section.hidden = section.dataset.state !== state;
  root.hidden = false;
}
