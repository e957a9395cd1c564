// What the proofs and signatures of trustees cover. docs/cryptography.md, sections 5 and 12.

import { bytesFromHex, encode, hexOf } from "../encode.js";
import { evaluate, sha256Hex, sum } from "../group.js";
import { printBytes } from "../manifest.js";
import { proofToList } from "../proofs.js";

/** @import { Ciphertext } from "../elgamal.js" */
/** @import { Election } from "../manifest.js" */
/** @import { Point, Statement } from "../group.js" */
/** @import { Ceremony, Registration } from "./messages.js" */

/**
 * The place of a trustee in a ceremony. `round` is null in format 1.
 * @typedef {{ceremony: Ceremony, index: number, round: string | null}} Place
 */

/**
 * @param {Place} place
 * @returns {[string, number, number, number] | [string, number, number, number, Uint8Array]}
 */
function parts({ ceremony: { election, threshold, trustees }, index, round }) {
  if (round === null) return [election, index, threshold, trustees];
  return [election, threshold, trustees, index, bytesFromHex(round)];
}

/** @param {Place} place */
function prefix({ round }) {
  return round === null ? "facevote-1" : "facevote-2";
}

/**
 * What a trustee's secrets follow from, besides the seed.
 *
 * @param {string} kind
 * @param {Uint8Array} seed
 * @param {Place} place
 * @param {...number} degree
 * @returns {Statement}
 */
export function derivation(kind, seed, place, ...degree) {
  return [`facevote-2/${kind}`, seed, ...parts(place), ...degree];
}

/**
 * Proof of possession of the secret behind a trustee's first commitment.
 *
 * @param {Place} place
 * @param {Point[]} commitments
 * @param {Point | null} transportKey null in format 1
 * @returns {Statement}
 */
export function possession(place, commitments, transportKey) {
  const keys = transportKey ? [...commitments, transportKey] : commitments;
  return [`${prefix(place)}/possession`, ...parts(place), ...keys, commitments[0]];
}

/**
 * Proof of possession of the secret behind a trustee's transport key.
 *
 * @param {Place} place
 * @param {Point[]} commitments
 * @param {Point} key
 * @returns {Statement}
 */
export function transportPossession(place, commitments, key) {
  return ["facevote-2/transport-possession", ...parts(place), ...commitments, key, key];
}

/**
 * The hash of all registrations, to which every later message is bound: T of docs/cryptography.md.
 *
 * @param {Registration[]} registrations in the order of their trustees
 * @returns {string}
 */
export function transcriptOf(registrations) {
  return sha256Hex(encode({ format: "facevote-transcript-2", registrations }));
}

/**
 * The registrations from which a manifest of format 2 was made.
 *
 * @param {Election} election
 * @returns {Registration[]}
 */
export function registrationsOf({ id, threshold, trustees }) {
  return trustees.map(({ commitments, proof, round, transportKey, transportProof }, i) => {
    if (!round || !transportKey || !transportProof) throw new TypeError("format 1 has no registrations");
    return {
      commitments: commitments.map(hexOf),
      election: id,
      format: "facevote-trustee-2",
      index: i + 1,
      proof: proofToList(proof),
      round,
      threshold,
      transport_key: hexOf(transportKey),
      transport_proof: proofToList(transportProof),
      trustees: trustees.length,
    };
  });
}

/**
 * What a sender signs of a sealed share.
 *
 * @param {string} transcript
 * @param {{from: number, to: number, nonce: Point, sealed: Uint8Array}} share
 * @param {Point} sender the sender's first commitment
 * @returns {Statement}
 */
export function sharing(transcript, { from, to, nonce, sealed }, sender) {
  return ["facevote-2/share-signature", bytesFromHex(transcript), from, to, nonce, sealed, sender];
}

/**
 * What a share is sealed with.
 *
 * @param {string} transcript
 * @param {{from: number, to: number}} way
 * @param {...Point} points the nonce, the transport key and what both make
 * @returns {Statement}
 */
export function sealing(transcript, { from, to }, ...points) {
  return ["facevote-2/share", bytesFromHex(transcript), from, to, ...points];
}

/**
 * Proof that a trustee of format 2 knows its share of the election key.
 *
 * @param {Place} place
 * @param {string} transcript
 * @param {Point} key V_j
 * @returns {Statement}
 */
export function confirmation(place, transcript, key) {
  return ["facevote-2/confirmation", ...parts(place), bytesFromHex(transcript), key];
}

/**
 * The same of format 1.
 *
 * @param {Place} place
 * @param {Point[][]} commitments of all trustees
 * @param {Point} key V_j
 * @returns {Statement}
 */
export function firstConfirmation(place, commitments, key) {
  return ["facevote-1/confirmation", ...parts(place), ...commitments.flat(), key];
}

/**
 * Proof that `shared` is what a share was sealed with.
 *
 * @param {string} transcript
 * @param {{from: number, to: number, nonce: Point, sealed: Uint8Array}} share
 * @param {Point} key the receiver's transport key
 * @param {Point} shared
 * @returns {Statement}
 */
export function complaint(transcript, { from, to, nonce, sealed }, key, shared) {
  return ["facevote-2/complaint", bytesFromHex(transcript), from, to, nonce, sealed, key, shared];
}

/**
 * A trustee's signature that it has found its key in the election with this fingerprint.
 *
 * @param {string} fingerprint
 * @param {number} trustee
 * @param {Point} key V_j
 * @returns {Statement}
 */
export function endorsement(fingerprint, trustee, key) {
  return ["facevote-2/endorsement", bytesFromHex(fingerprint), trustee, key];
}

/**
 * Proof that a decryption share is right. In format 1 it does not cover the close.
 *
 * @param {Election} election
 * @param {{close: string, contest: string, position: number, trustee: number, key: Point}} place `key` is V_j
 * @param {Ciphertext} ciphertext
 * @param {Point} share
 * @returns {Statement}
 */
export function decryption(election, { close, contest, position, trustee, key }, { alpha, beta }, share) {
  const closing = election.version === 1 ? [] : [bytesFromHex(close)];
  return [
    `facevote-${election.version}/decryption`, printBytes(election), ...closing, contest, position, trustee,
    election.key, key, alpha, beta, share,
  ];
}

/**
 * The commitments to the polynomial whose values are the trustees' shares of the election key. The first is the key.
 *
 * @param {{commitments: Point[]}[]} trustees
 * @returns {Point[]}
 */
export function jointCommitments(trustees) {
  return trustees[0].commitments.map((_, degree) => sum(trustees.map(({ commitments }) => commitments[degree])));
}

/**
 * The public key of a trustee's share of the election key: V_j of docs/cryptography.md.
 *
 * @param {number} index
 * @param {Point[]} joint of jointCommitments()
 * @returns {Point}
 */
export function verificationKey(index, joint) {
  return evaluate(joint, index);
}
