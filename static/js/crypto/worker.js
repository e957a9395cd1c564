// Encrypts a ballot off the main thread. Nothing is kept: the page terminates the worker.
// In:  {type: "encrypt", manifest, credential, selections}
// Out: {type: "progress", done, all} …, then {type: "encrypted", ballot: text, tracker, short,
//      opening} or {type: "failed", code}

import { encryptBallot } from "./ballot.js";

self.addEventListener("message", ({ data }) => {
  if (data.type !== "encrypt") return;
  try {
    const progress = (done, all) => self.postMessage({ type: "progress", done, all });
    const made = encryptBallot(data.manifest, data.credential, data.selections, progress);
    const { text, tracker, short, opening } = made;
    self.postMessage({ type: "encrypted", ballot: text, tracker, short, opening });
  } catch (error) {
    self.postMessage({ type: "failed", code: error.code ?? "error" });
  }
});

self.postMessage({ type: "ready" });
