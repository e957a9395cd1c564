// Runs the encryption worker for one ballot.

/** @import { Selections } from "../crypto/ballot.js" */
/** @import { EncryptedBallot, WorkerMessage } from "../crypto/worker.js" */
/** @import { Manifest } from "../crypto/manifest.js" */

// A slow phone needs at most a second for a step, and an old browser never begins.
const SILENCE_MS = 20_000;

/**
 * @param {string} workerUrl
 * @param {{manifest: Manifest, credential: string, selections: Selections}} task
 * @param {(share: number) => void} onProgress from 0 to 1
 * @returns {Promise<EncryptedBallot>}
 * @throws {Error} if the worker cannot start, refuses the selections or falls silent
 */
export function encrypt(workerUrl, task, onProgress) {
  const worker = new Worker(workerUrl, { type: "module" });
  return encryptWith(worker, task, onProgress).finally(() => worker.terminate());
}

/**
 * @param {Worker} worker
 * @param {{manifest: Manifest, credential: string, selections: Selections}} task
 * @param {(share: number) => void} onProgress
 * @returns {Promise<EncryptedBallot>}
 */
function encryptWith(worker, task, onProgress) {
  /** @type {ReturnType<typeof setTimeout>} */
  let silence;
  /** @type {Promise<EncryptedBallot>} */
  const encrypted = new Promise((resolve, reject) => {
    const wait = () => {
      clearTimeout(silence);
      silence = setTimeout(() => reject(new Error("silent")), SILENCE_MS);
    };
    wait();
    worker.addEventListener("error", () => reject(new Error("worker")));
    worker.addEventListener("message", ({ data }) => {
      const message = /** @type {WorkerMessage} */ (data);
      wait();
      if (message.type === "ready") worker.postMessage({ type: "encrypt", ...task });
      else if (message.type === "progress") onProgress(message.done / message.all);
      else if (message.type === "encrypted") resolve(message);
      else if (message.type === "failed") reject(new Error(message.code));
    });
  });
  return encrypted.finally(() => clearTimeout(silence));
}
