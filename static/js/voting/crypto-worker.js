// Asks a worker that does the cryptography.

/** @import { Failure } from "../crypto/failures.js" */
/** @import { Answer } from "../crypto/serving.js" */

// A slow phone needs seconds for the keys of fifty trustees, and an old browser never begins.
const SILENCE_MS = 60_000;

/** The worker could not do what it was asked. */
export class WorkerFailed extends Error {
  /** @param {Failure} failure code "worker" if it does not start or falls silent */
  constructor(failure) {
    super(`${failure.code} ${failure.detail}`.trim());
    this.failure = failure;
  }
}

const GONE = { code: "worker", detail: "", number: 0 };

export class CryptoWorker {
  /** @type {Promise<Worker> | null} */
  #started = null;
  #asked = 0;

  /** @param {string} url */
  constructor(url) {
    this.url = url;
  }

  /**
   * Starts the worker before its first task. From then on the page needs no network any more.
   *
   * @returns {Promise<boolean>} whether it has started
   */
  start() {
    return this.#begun().then(() => true, () => false);
  }

  /** @returns {Promise<Worker>} */
  async #begun() {
    this.#started ??= started(this.url);
    try {
      return await this.#started;
    } catch (error) {
      this.#started = null;
      throw error;
    }
  }

  /**
   * @param {string} task
   * @param {object} input
   * @param {(share: number) => void} [onProgress] from 0 to 1
   * @returns {Promise<any>} what the task returns
   * @throws {WorkerFailed}
   */
  async ask(task, input, onProgress = () => {}) {
    const worker = await this.#begun();
    const id = (this.#asked += 1);
    return new Promise((resolve, reject) => {
      const end = listen(worker, (answer) => {
        if (answer === null) {
          end();
          this.stop();
          reject(new WorkerFailed(GONE));
        } else if (answer.type !== "ready" && answer.id === id) {
          if (answer.type === "progress") onProgress(answer.done / answer.all);
          else end();
          if (answer.type === "done") resolve(answer.result);
          if (answer.type === "failed") reject(new WorkerFailed(answer.failure));
        }
      });
      worker.postMessage({ id, task, input });
    });
  }

  /** Ends the worker and all that it knows. The next task starts another one. */
  stop() {
    this.#started?.then((worker) => worker.terminate(), () => {});
    this.#started = null;
  }
}

/**
 * @param {string} url
 * @returns {Promise<Worker>}
 */
function started(url) {
  const worker = new Worker(url, { type: "module" });
  return new Promise((resolve, reject) => {
    const end = listen(worker, (answer) => {
      end();
      if (answer?.type === "ready") resolve(worker);
      else reject(new WorkerFailed(GONE));
    });
  });
}

/**
 * @param {Worker} worker
 * @param {(answer: Answer | null) => void} take null if the worker breaks or falls silent
 * @returns {() => void} ends the listening
 */
function listen(worker, take) {
  const fail = () => take(null);
  let silence = setTimeout(fail, SILENCE_MS);
  /** @param {MessageEvent} event */
  const hear = ({ data }) => {
    clearTimeout(silence);
    silence = setTimeout(fail, SILENCE_MS);
    take(data);
  };
  worker.addEventListener("message", hear);
  worker.addEventListener("error", fail);
  return () => {
    clearTimeout(silence);
    worker.removeEventListener("message", hear);
    worker.removeEventListener("error", fail);
  };
}
