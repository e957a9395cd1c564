// Audit instead of cast: does an opened ballot say what the voter chose?

import { ciphertextToList, encrypt } from "./elgamal.js";
import { encode } from "./encode.js";
import { pointFromHex, scalarFromHex, sha256Hex } from "./group.js";
import { verifyBallot } from "./ballot.js";

export class OpeningWrong extends Error {}

// The titles selected, by contest id ([] for a blank answer). Throws BallotInvalid or OpeningWrong.
export function checkOpening(manifest, ballot, opening) {
  if (opening.tracker !== sha256Hex(encode(ballot))) throw new OpeningWrong("tracker");
  verifyBallot(manifest, ballot.credential, ballot);
  const key = pointFromHex(manifest.key.public_key);
  if (opening.contests.length !== manifest.contests.length) throw new OpeningWrong("contests");
  return Object.fromEntries(
    manifest.contests.map((contest, i) => {
      openContest(ballot.contests[i], opening.contests[i], key);
      return [contest.id, titles(contest, opening.contests[i].selections)];
    }),
  );
}

// What the voter takes to a second device: everything that audit_ballot.py needs.
export function auditFile(manifest, ballot, opening) {
  return encode({ ballot, format: "facevote-audit-1", manifest, opening });
}

function openContest(answer, opened, key) {
  const { selections, randomness } = opened;
  const size = answer.ciphertexts.length;
  if (opened.id !== answer.id || selections.length !== size || randomness.length !== size) {
    throw new OpeningWrong(answer.id);
  }
  answer.ciphertexts.forEach((item, i) => {
    if (selections[i] !== 0 && selections[i] !== 1) throw new OpeningWrong(answer.id);
    const [alpha, beta] = ciphertextToList(encrypt(selections[i], scalarFromHex(randomness[i]), key));
    if (alpha !== item[0] || beta !== item[1]) throw new OpeningWrong(answer.id);
  });
}

function titles(contest, selections) {
  return contest.choices.filter((_, i) => selections[i] === 1).map(({ title }) => title);
}
