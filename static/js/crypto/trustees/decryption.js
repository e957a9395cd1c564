// A trustee's part in the decryption of a board. docs/cryptography.md, section 6. It takes a whole board that was
// verified here, never numbers that somebody sends.

import { encode, hexOf } from "../encode.js";
import { multiply, multiplyBase } from "../group.js";
import { proofToList, proveEquality } from "../proofs.js";
import { keyShareIn } from "./ceremony.js";
import { TrusteeRefused } from "./refusals.js";
import { decryption } from "./statements.js";

/** @import { Board } from "../board/board.js" */
/** @import { Decrypted, KeyFile } from "./key-file.js" */

/**
 * For each sum the decryption share D, then challenge and response of its proof, in hexadecimal digits.
 * @typedef {{contests: {id: string, shares: string[][]}[], trustee: number}} PartialDecryption
 */

/**
 * What a trustee may decrypt of this board, and the key file that says so.
 *
 * @param {KeyFile} file
 * @param {Board} board of decryptable()
 * @param {Decrypted | null} remembered what this browser has decrypted with the file
 * @returns {KeyFile}
 * @throws {TrusteeRefused} with the fault "file-old", "fingerprint" or "decrypted"
 */
export function bindToTally(file, { election, close, tally }, remembered) {
  if (file.fingerprint === null || file.shares === null) throw new TrusteeRefused("file-old");
  if (file.fingerprint !== election.fingerprint) throw new TrusteeRefused("fingerprint");
  if (close === null || tally === null) throw new TrusteeRefused("board");
  const decrypted = { close: close.hash, tally };
  for (const before of [file.decrypted, remembered]) {
    if (before !== null && encode(before) !== encode(decrypted)) throw new TrusteeRefused("decrypted");
  }
  return { ...file, decrypted };
}

/**
 * Decrypts the sums that were computed here, and nothing else.
 *
 * @param {KeyFile} file of bindToTally()
 * @param {Board} board
 * @returns {PartialDecryption}
 * @throws {TrusteeRefused}
 */
export function decryptBoard(file, board) {
  const { election, close, sums } = board;
  if (close === null || file.decrypted?.close !== close.hash || file.decrypted.tally !== board.tally) {
    throw new TrusteeRefused("decrypted");
  }
  const secret = keyShareIn(file, election, file.shares ?? []);
  const key = multiplyBase(secret);
  const trustee = file.index;
  return {
    contests: sums.map(({ contest: { id }, sums: items, isWithheld }) => ({
      id,
      shares: (isWithheld ? [] : items).map((ciphertext, position) => {
        const point = multiply(secret, ciphertext.alpha);
        const place = { close: close.hash, contest: id, position, trustee, key };
        const proof = proveEquality(secret, ciphertext.alpha, decryption(election, place, ciphertext, point));
        return [hexOf(point), ...proofToList(proof)];
      }),
    })),
    trustee,
  };
}
