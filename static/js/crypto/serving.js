// What every worker with the cryptography does: answers requests of its page, one at a time.
//
// From the page:  {id, task, input}
// To the page:    {type: "ready"} once; {type: "progress", id, done, all}; then
//                 {type: "done", id, result} or {type: "failed", id, failure}

/** @import { Failure } from "./failures.js" */

import { failureOf } from "./failures.js";

/** @typedef {{id: number, task: string, input: any}} Request */

/**
 * @typedef {{type: "ready"}
 *   | {type: "progress", id: number, done: number, all: number}
 *   | {type: "done", id: number, result: any}
 *   | {type: "failed", id: number, failure: Failure}} Answer
 */

/** @typedef {(input: any, onProgress: (done: number, all: number) => void) => unknown} Task */

/** @param {Answer} answer */
function post(answer) {
  self.postMessage(answer);
}

/** @param {Record<string, Task>} tasks */
export function serve(tasks) {
  self.addEventListener("message", ({ data }) => {
    const { id, task, input } = /** @type {Request} */ (data);
    try {
      const result = tasks[task](input, (done, all) => post({ type: "progress", id, done, all }));
      post({ type: "done", id, result });
    } catch (error) {
      post({ type: "failed", id, failure: failureOf(error) });
    }
  });
  post({ type: "ready" });
}
