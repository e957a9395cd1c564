// What a trustee's browser refuses.

/**
 * What another trustee or the server sent is wrong, or the trustee's own file does not fit. The faults are the names
 * of the words on the trustee's page.
 *
 * @typedef {"form" | "proof" | "repeated" | "own" | "transcript" | "altered" | "share" | "incomplete" | "key"
 *   | "file" | "file-old" | "fingerprint" | "quorum" | "decrypted" | "board" | "stopped"} Fault
 */

export class TrusteeRefused extends Error {
  /**
   * @param {Fault} fault
   * @param {number} [trustee] the number of the trustee that it is about, 0 if it is none
   * @param {ErrorOptions} [options]
   */
  constructor(fault, trustee = 0, options = {}) {
    super(`${fault} of trustee ${trustee}`, options);
    this.fault = fault;
    this.trustee = trustee;
  }
}
