// Which step of a trustee comes next. Pure.

/** @import { Shown } from "../../crypto/trustees/session.js" */

/** @typedef {{name: string, step: string}} Person a trustee and how far this trustee is */

/** Which messages of this trustee the server has. @typedef {Record<"registration" | "shares" | "complaint" | "confirmation" | "endorsement" | "partial", boolean>} Sent */

/**
 * The object of voting/counting/trustee_views.py. `board` is the address of the board file once its sums can be
 * decrypted.
 *
 * @typedef {Shown & {state: string, sent: Sent, complaints: {by: number, at_fault: number}[], people: Person[],
 *   board: string | null, waits_for_witnesses: boolean}} TrusteeState
 */

/** @typedef {"register" | "shares" | "confirm" | "key-check" | "partial"} TrusteeStep */
/** @typedef {TrusteeStep | "stopped" | "wait-others" | "wait-election" | "wait-witnesses" | "done"} TrusteeStage */

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
function stageOfElection({ state, sent, board, waits_for_witnesses: waits }) {
  if (state === "frozen" && !sent.endorsement) return "key-check";
  if (state === "closed" && board && !sent.partial) return "partial";
  return state === "closed" && waits && !sent.partial ? "wait-witnesses" : null;
}
