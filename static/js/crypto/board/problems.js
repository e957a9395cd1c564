// What is wrong with a board.

/**
 * @typedef {"truncated" | "long" | "malformed" | "number" | "chain" | "hour" | "kind" | "order" | "manifest" | "keys"
 *   | "roll" | "registrar" | "officials" | "endorsement" | "override" | "extension" | "ballot" | "voter" | "tracker"
 *   | "repeated" | "proof" | "signature" | "second" | "opened" | "close" | "tally" | "decryption" | "result" | "head"
 *   | "witness" | "quorum" | "forgotten"} ProblemCode
 */

/** A line breaks a rule of docs/cryptography.md. */
export class BoardProblem extends Error {
  /**
   * @param {ProblemCode} code
   * @param {ErrorOptions} [options]
   */
  constructor(code, options) {
    super(code, options);
    this.code = code;
  }
}

/**
 * @param {boolean} holds
 * @param {ProblemCode} code
 * @returns {asserts holds}
 */
export function require(holds, code) {
  if (!holds) throw new BoardProblem(code);
}

/**
 * @template Value
 * @param {ProblemCode} code of every fault in what `read` does
 * @param {() => Value} read
 * @returns {Value}
 */
export function orProblem(code, read) {
  try {
    return read();
  } catch (error) {
    throw error instanceof BoardProblem ? error : new BoardProblem(code, { cause: error });
  }
}
