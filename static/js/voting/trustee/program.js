// What verifier/trustee_decrypt.py needs from this page, and what it wrote for the server. It writes the body of an
// event, `endorse` or `decryption`; the page sends it as its own message.

import { encode } from "../../crypto/encode.js";

/** @import { TrusteeStage, TrusteeState } from "./stage.js" */

/** @typedef {{kind: "endorsement" | "partial", message: unknown}} ProgramMessage */

const MEGABYTES = 64 * 1024 * 1024;

/** The file is not what the program writes for this step. It is not sent: it could be a key file. */
export class NotOfProgram extends Error {}

/**
 * The address of the file that the program needs besides the key file.
 *
 * @param {TrusteeState} state
 * @returns {string} the sealed shares for this trustee
 */
export function sharesAddress({ shares }) {
  return URL.createObjectURL(new Blob([encode(shares)], { type: "application/json" }));
}

/**
 * @param {string} text
 * @param {TrusteeStage} stage
 * @param {number} index of this trustee
 * @returns {ProgramMessage}
 * @throws {NotOfProgram}
 */
export function readMessage(text, stage, index) {
  const body = parsed(text);
  const keys = Object.keys(body).sort().join(" ");
  if (body.trustee !== index) throw new NotOfProgram("another trustee");
  if (stage === "key-check" && keys === "signature trustee") return { kind: "endorsement", message: body.signature };
  if (stage === "partial" && keys === "contests trustee") return { kind: "partial", message: body };
  throw new NotOfProgram("another step");
}

/**
 * @param {Blob} file
 * @returns {Promise<string>}
 * @throws {NotOfProgram}
 */
export async function textOf(file) {
  if (file.size > MEGABYTES) throw new NotOfProgram("too large");
  return file.text();
}

/**
 * @param {string} text
 * @returns {Record<string, unknown>}
 */
function parsed(text) {
  try {
    const value = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // Whatever it is, it is not JSON.
  }
  throw new NotOfProgram("not an object");
}
