// A trustee's part in the decryption of a tally. docs/cryptography.md, section 6.

import { ciphertextFromList } from "./elgamal.js";
import { bytesFromHex } from "./encode.js";
import { multiply, multiplyBase, pointFromHex } from "./group.js";
import { fingerprint } from "./manifest.js";
import { holdsEquality, proofFromList, proofToList, proveEquality } from "./proofs.js";
import { TrusteeRefused } from "./trustee.js";
import { verificationKey } from "./trustee-statements.js";

/** @import { Ciphertext, CiphertextList } from "./elgamal.js" */
/** @import { Point, Statement } from "./group.js" */
/** @import { Manifest } from "./manifest.js" */

/**
 * The sums of the counted ballots: the body of the board's `tally` event.
 * @typedef {{contests: {id: string, sums: CiphertextList[]}[]}} Tally
 */

/**
 * For each sum the decryption share D, then challenge and response of its proof, in hexadecimal digits.
 * @typedef {{contests: {id: string, shares: string[][]}[], trustee: number}} PartialDecryption
 */

/**
 * What every proof of one trustee's decryption covers.
 * @typedef {{fingerprint: Uint8Array, key: Point, trustee: number, verificationKey: Point}} Decryptor
 */

/**
 * @param {Manifest} manifest
 * @param {Tally} tally
 * @param {number} trustee its number, from 1
 * @param {bigint} share the trustee's share of the election key
 * @returns {PartialDecryption}
 * @throws {TrusteeRefused} with the fault "share" if the share is not this trustee's
 */
export function partialDecryption(manifest, tally, trustee, share) {
  const decryptor = decryptorOf(manifest, trustee);
  if (!multiplyBase(share).equals(decryptor.verificationKey)) throw new TrusteeRefused("share", trustee);
  return {
    contests: tally.contests.map(({ id, sums }) => ({
      id,
      shares: sums.map((item, position) => decrypt(share, decryptor, id, position, item)),
    })),
    trustee,
  };
}

/**
 * Returns if every proof in a partial decryption holds.
 *
 * @param {Manifest} manifest
 * @param {Tally} tally
 * @param {PartialDecryption} partial
 * @throws {TrusteeRefused} with the fault "proof" if one does not
 * @throws {GroupError} if a point or a scalar in it is not one
 */
export function checkPartial(manifest, tally, partial) {
  const decryptor = decryptorOf(manifest, partial.trustee);
  tally.contests.forEach(({ id, sums }, i) =>
    sums.forEach((item, position) => {
      const [point, ...proof] = partial.contests[i].shares[position];
      const ciphertext = ciphertextFromList(item, { identity: true });
      const second = pointFromHex(point, { identity: true });
      const points = { publicPoint: decryptor.verificationKey, secondBase: ciphertext.alpha, second };
      const statement = statementOf(decryptor, id, position, ciphertext, second);
      if (!holdsEquality(proofFromList(proof), points, statement)) {
        throw new TrusteeRefused("proof", partial.trustee);
      }
    }),
  );
}

/**
 * @param {Manifest} manifest
 * @param {number} trustee
 * @returns {Decryptor}
 */
function decryptorOf(manifest, trustee) {
  return {
    fingerprint: bytesFromHex(fingerprint(manifest)),
    key: pointFromHex(manifest.key.public_key),
    trustee,
    verificationKey: verificationKey(trustee, manifest.key.trustees),
  };
}

/**
 * @param {Decryptor} decryptor
 * @param {string} contest its id
 * @param {number} position
 * @param {Ciphertext} ciphertext
 * @param {Point} point the decryption share
 * @returns {Statement}
 */
function statementOf(decryptor, contest, position, { alpha, beta }, point) {
  const { fingerprint: hash, trustee, key, verificationKey: own } = decryptor;
  return ["facevote-1/decryption", hash, contest, position, trustee, key, own, alpha, beta, point];
}

/**
 * @param {bigint} share
 * @param {Decryptor} decryptor
 * @param {string} contest
 * @param {number} position
 * @param {CiphertextList} item
 */
function decrypt(share, decryptor, contest, position, item) {
  const ciphertext = ciphertextFromList(item, { identity: true });
  const point = multiply(share, ciphertext.alpha);
  const statement = statementOf(decryptor, contest, position, ciphertext, point);
  return [point.toHex(), ...proofToList(proveEquality(share, ciphertext.alpha, statement))];
}
