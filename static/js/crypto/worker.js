// Encrypts a ballot off the main thread. Nothing is kept: the page terminates the worker.
//
// From the page:  {type: "encrypt", manifest, credential, selections}
// To the page:    {type: "ready"} once; {type: "progress", done, all} after each proof; then
//                 {type: "encrypted", ballot: text, tracker, short, opening} or {type: "failed", code}

import { encryptBallot } from "./ballot.js";

/** @import { MadeBallot } from "./ballot.js" */

/**
 * What the page needs of a ballot that was made. `ballot` is the text that is posted as it is.
 * @typedef {Omit<MadeBallot, "ballot" | "text"> & {ballot: string}} EncryptedBallot
 */

/**
 * @typedef {{type: "ready"}
 *   | {type: "progress", done: number, all: number}
 *   | ({type: "encrypted"} & EncryptedBallot)
 *   | {type: "failed", code: string}} WorkerMessage
 */

/** @param {WorkerMessage} message */
function post(message) {
  self.postMessage(message);
}

self.addEventListener("message", ({ data }) => {
  if (data.type !== "encrypt") return;
  try {
    const made = encryptBallot(data.manifest, data.credential, data.selections, (done, all) =>
      post({ type: "progress", done, all }),
    );
    const { text, tracker, short, opening } = made;
    post({ type: "encrypted", ballot: text, tracker, short, opening });
  } catch (error) {
    post({ type: "failed", code: codeOf(error) });
  }
});

/**
 * @param {unknown} error
 * @returns {string}
 */
function codeOf(error) {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "error";
}

post({ type: "ready" });
