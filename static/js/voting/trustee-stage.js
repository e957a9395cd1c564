// Which step of a trustee comes next. Pure.

/** @import { Tally } from "../crypto/decryption.js" */
/** @import { Manifest } from "../crypto/manifest.js" */
/** @import { Complaint, Registration, SealedShare } from "../crypto/trustee.js" */

/** @typedef {{name: string, step: string}} Person a trustee and how far this trustee is */

/**
 * What the server says of the election. In `registrations` and `shares` null stands for what is not there yet.
 *
 * @typedef {object} TrusteeState
 * @property {string} election
 * @property {string} state of the election
 * @property {number} index of this trustee
 * @property {number} threshold
 * @property {number} trustees how many there are
 * @property {(Registration | null)[]} registrations
 * @property {(SealedShare | null)[]} shares
 * @property {{registration: boolean, shares: boolean, confirmation: boolean, partial: boolean}} sent
 * @property {boolean} key_checked
 * @property {Complaint[]} complaints
 * @property {Person[]} people
 * @property {Manifest | null} manifest
 * @property {Tally | null} tally
 */

/** @typedef {"register" | "shares" | "confirm" | "key-check" | "partial"} TrusteeStep */
/** @typedef {TrusteeStep | "stopped" | "wait-others" | "wait-election" | "done"} TrusteeStage */

/**
 * @param {TrusteeState} state
 * @returns {TrusteeStage}
 */
export function stageOf(state) {
  const next = state.state === "draft" ? stageOfCeremony(state) : stageOfElection(state);
  if (next) return next;
  return state.sent.partial || ["counted", "released"].includes(state.state) ? "done" : "wait-election";
}

/**
 * @param {TrusteeState} state
 * @returns {TrusteeStage | null}
 */
function stageOfCeremony({ sent, registrations, shares, complaints }) {
  if (complaints.length > 0) return "stopped";
  if (!sent.registration) return "register";
  if (!sent.shares) return registrations.every(Boolean) ? "shares" : "wait-others";
  if (!sent.confirmation) return shares.every(Boolean) ? "confirm" : "wait-others";
  return null;
}

/**
 * @param {TrusteeState} state
 * @returns {TrusteeStage | null}
 */
function stageOfElection({ state, sent, key_checked: keyChecked, tally }) {
  if (state === "frozen" && !keyChecked) return "key-check";
  if (state === "closed" && tally && !sent.partial) return "partial";
  return null;
}
