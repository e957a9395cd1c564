// What went wrong in a worker, in a form that can be posted to its page and chooses the words there.

import { SelectionRefused } from "./answers.js";
import { OpeningWrong } from "./audit.js";
import { CodeOfAnother } from "./ballot.js";
import { FileChanged } from "./board/file.js";
import { CodeRefused } from "./codes.js";
import { TrusteeRefused } from "./trustees/refusals.js";
import { BoardRefused } from "./trustees/session.js";

/**
 * `code` names the words on the page, `detail` more exact ones, and `number` is a trustee or a line.
 * @typedef {{code: string, detail: string, number: number}} Failure
 */

/**
 * @param {unknown} error
 * @returns {Failure}
 */
export function failureOf(error) {
  if (error instanceof TrusteeRefused) return failure(error.fault, "", error.trustee);
  if (error instanceof BoardRefused) return failure("broken", error.problem.code, error.problem.line);
  if (error instanceof FileChanged) return failure("changed", error.code);
  if (error instanceof CodeRefused) return failure("code", error.reason);
  if (error instanceof CodeOfAnother) return failure("code", "another");
  if (error instanceof OpeningWrong) return failure("opening", error.code);
  return error instanceof SelectionRefused ? failure("selections", error.code) : failure("form");
}

/**
 * @param {string} code
 * @param {string} [detail]
 * @param {number} [number]
 * @returns {Failure}
 */
function failure(code, detail = "", number = 0) {
  return { code, detail, number };
}
