// What a trustee's browser remembers of a round, besides the key file. It keeps a trustee from doing a step twice with
// an older copy of the file. Nothing in it is secret.

/** @import { Decrypted } from "./key-file.js" */

/**
 * The transcript under which shares were made, whether the trustee has complained, and the fingerprint and the tally
 * that were signed.
 *
 * @typedef {{transcript: string | null, stopped: boolean, fingerprint: string | null, decrypted: Decrypted | null}} Memory
 */

/** @returns {Memory} of a round of which nothing was done yet */
export function emptyMemory() {
  return { transcript: null, stopped: false, fingerprint: null, decrypted: null };
}
