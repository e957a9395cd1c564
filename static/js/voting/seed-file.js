// The file with a trustee's seed: made here, kept by the trustee, never sent.

import { bytesFromHex, hexOf } from "../crypto/encode.js";

const FORMAT = "facevote-trustee-seed-1";

export function saveSeed(seed, { election, index }) {
  const text = JSON.stringify({ election, format: FORMAT, index, seed: hexOf(seed) });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = `trustee-${index}-${election}.json`;
  link.click();
}

// Rejects with "file" what is not this trustee's file for this election.
export async function readSeed(file, { election, index }) {
  try {
    const saved = JSON.parse(await file.text());
    const right = saved.format === FORMAT && saved.election === election && saved.index === index;
    const seed = bytesFromHex(saved.seed);
    if (right && seed.length === 32) return seed;
  } catch {
    // Falls through: whatever it is, it is no key file.
  }
  throw new Error("file");
}
