// Saves a trustee's key file to the device, and keeps what the browser has to remember of a round.

import { emptyMemory } from "../../crypto/trustees/memory.js";

/** @import { Memory } from "../../crypto/trustees/memory.js" */
/** @import { Outcome } from "../../crypto/trustees/session.js" */

const NAME_OF_ROUND = "facevote-trustee-";

/** The file's name says after which step it was saved, so that the last one is found again. */
const STEP_NAMES = { registration: "1-key", shares: "2-shares", endorsement: "3-checked", partial: "4-counted" };

/**
 * @param {string} kind
 * @returns {kind is keyof typeof STEP_NAMES} whether this step changes the key file
 */
function isSaved(kind) {
  return kind in STEP_NAMES;
}

/**
 * @param {Outcome["kind"]} kind
 * @param {{election: string, index: number}} owner
 * @returns {string | null} the name of the file that this step saves
 */
export function fileName(kind, { election, index }) {
  return isSaved(kind) ? `trustee-${index}-${election}-${STEP_NAMES[kind]}.json` : null;
}

/**
 * Offers the key file for download, if the step changed it.
 *
 * @param {Outcome} outcome
 * @param {{election: string, index: number}} owner
 */
export function saveFile({ kind, file }, owner) {
  const name = fileName(kind, owner);
  if (name === null) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([file], { type: "application/json" }));
  link.download = name;
  link.click();
}

/** Another tab has taken a step with the same key meanwhile. */
export class TakenElsewhere extends Error {}

/**
 * @param {string} round
 * @returns {Memory}
 */
export function recall(round) {
  const kept = localStorage.getItem(NAME_OF_ROUND + round);
  return { ...emptyMemory(), ...(kept === null ? {} : JSON.parse(kept)) };
}

/**
 * Notes a step before its message is sent. Nothing in it is secret.
 *
 * @param {string} round
 * @param {Memory} before what the step was made from
 * @param {Memory} after
 * @throws {TakenElsewhere} if the browser remembers something else by now
 */
export function remember(round, before, after) {
  if (JSON.stringify(recall(round)) !== JSON.stringify(before)) throw new TakenElsewhere(round);
  localStorage.setItem(NAME_OF_ROUND + round, JSON.stringify(after));
}
