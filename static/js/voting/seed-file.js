// The file with a trustee's seed. It is made here and kept by the trustee; it is never sent.

import { bytesFromHex, hexOf } from "../crypto/encode.js";

const FORMAT = "facevote-trustee-seed-1";
const SEED_BYTES = 32;

/** @typedef {{election: string, index: number}} SeedOwner a trustee, by election and number */

/** The file is not this trustee's key file for this election. */
export class NotTheKeyFile extends Error {}

/**
 * Offers the file for download.
 *
 * @param {Uint8Array} seed
 * @param {SeedOwner} owner
 */
export function saveSeed(seed, { election, index }) {
  const text = JSON.stringify({ election, format: FORMAT, index, seed: hexOf(seed) });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = `trustee-${index}-${election}.json`;
  link.click();
}

/**
 * @param {Blob} file
 * @param {SeedOwner} owner
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 * @throws {NotTheKeyFile}
 */
export async function readSeed(file, { election, index }) {
  try {
    const saved = JSON.parse(await file.text());
    const isTheirs = saved.format === FORMAT && saved.election === election && saved.index === index;
    const seed = bytesFromHex(saved.seed);
    if (isTheirs && seed.length === SEED_BYTES) return seed;
  } catch {
    // Whatever it is, it is not a key file.
  }
  throw new NotTheKeyFile("not the key file");
}
