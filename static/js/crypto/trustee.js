// A trustee's half of the key generation. docs/cryptography.md, section 5.
// All secrets follow from one seed of 32 bytes, which never leaves the trustee's browser.
// Messages are plain objects, ready for encode(). Trustees are numbered from 1.

import {
  evaluate,
  hashToScalar,
  mod,
  multiply,
  multiplyBase,
  pointFromHex,
  randomScalar,
  scalarFromHex,
  scalarToHex,
  sum,
} from "./group.js";
import { holdsPossession, proofFromList, proofToList, proveEquality, provePossession } from "./proofs.js";
import {
  complaint,
  confirmation,
  pointsFromHex,
  possession,
  transportPossession,
  verificationKey,
} from "./trustee-statements.js";

/** @import { Point } from "./group.js" */
/** @import { Manifest } from "./manifest.js" */
/** @import { ProofList } from "./proofs.js" */

/**
 * `trustees` is how many there are, `threshold` how many are needed to decrypt.
 * @typedef {{election: string, threshold: number, trustees: number}} Ceremony
 */

/**
 * The first message: the commitments to the trustee's polynomial, and the key that shares are sealed for.
 *
 * @typedef {object} Registration
 * @property {string[]} commitments
 * @property {string} election
 * @property {string} format
 * @property {number} index
 * @property {ProofList} proof
 * @property {number} threshold
 * @property {string} transport_key
 * @property {ProofList} transport_proof
 * @property {number} trustees
 */

/**
 * The second message: a share of the key of trustee `from`, sealed for trustee `to`.
 * @typedef {{election: string, format: string, from: number, nonce: string, sealed: string, to: number}} SealedShare
 */

/**
 * The third message: a proof that the sender knows its share of the election key.
 * @typedef {{election: string, format: string, index: number, proof: ProofList}} Confirmation
 */

/**
 * The other third message: what the share of trustee `from` opens to, with a proof.
 * @typedef {{election: string, format: string, from: number, proof: ProofList, shared: string, to: number}} Complaint
 */

const SEED_BYTES = 32;

/** What another trustee or the server sent is wrong. Faults: form, proof, share, incomplete, key. */
export class TrusteeRefused extends Error {
  /**
   * @param {string} fault
   * @param {number} [trustee] the number of the trustee at fault, 0 if it is none
   */
  constructor(fault, trustee = 0) {
    super(`${fault} of trustee ${trustee}`);
    this.fault = fault;
    this.trustee = trustee;
  }
}

/** @returns {Uint8Array<ArrayBuffer>} 32 random bytes */
export function newSeed() {
  return crypto.getRandomValues(new Uint8Array(SEED_BYTES));
}

/**
 * @param {Uint8Array} seed
 * @param {Ceremony} ceremony
 * @param {number} index the trustee's number
 * @returns {Registration}
 */
export function register(seed, ceremony, index) {
  const secrets = coefficients(seed, ceremony, index);
  const transport = transportSecret(seed, ceremony, index);
  const commitments = secrets.map(multiplyBase);
  const transportKey = multiplyBase(transport);
  const proof = provePossession(secrets[0], possession(ceremony, index, commitments));
  const statement = transportPossession(ceremony, index, commitments, transportKey);
  return {
    commitments: commitments.map((point) => point.toHex()),
    election: ceremony.election,
    format: "facevote-trustee-1",
    index,
    proof: proofToList(proof),
    threshold: ceremony.threshold,
    transport_key: transportKey.toHex(),
    transport_proof: proofToList(provePossession(transport, statement)),
    trustees: ceremony.trustees,
  };
}

/**
 * Returns if the registration is of this ceremony and this trustee and both proofs of possession hold.
 *
 * @param {Registration} registration
 * @param {Ceremony} ceremony
 * @param {number} index
 * @throws {TrusteeRefused} with the fault "form" or "proof" if not
 */
export function checkRegistration(registration, ceremony, index) {
  const { commitments, transportKey } = pointsOf(registration);
  const same = registration.index === index && registration.election === ceremony.election;
  if (!same || commitments.length !== ceremony.threshold) throw new TrusteeRefused("form", index);
  const keyProven = holdsPossession(
    proofFromList(registration.proof),
    commitments[0],
    possession(ceremony, index, commitments),
  );
  const transportProven = holdsPossession(
    proofFromList(registration.transport_proof),
    transportKey,
    transportPossession(ceremony, index, commitments, transportKey),
  );
  if (!keyProven || !transportProven) throw new TrusteeRefused("proof", index);
}

/**
 * The sealed shares of trustee `index` for every trustee, itself included.
 *
 * @param {Uint8Array} seed
 * @param {Ceremony} ceremony
 * @param {number} index
 * @param {Registration[]} registrations all of them, in order
 * @returns {SealedShare[]}
 * @throws {TrusteeRefused} if a registration is missing or wrong
 */
export function makeShares(seed, ceremony, index, registrations) {
  checkAll(registrations, ceremony);
  const secrets = coefficients(seed, ceremony, index);
  return registrations.map((receiver) => seal(secrets, ceremony, index, receiver));
}

/**
 * The share that was sealed for the owner of the seed.
 *
 * @param {Uint8Array} seed
 * @param {Ceremony} ceremony
 * @param {SealedShare} share
 * @param {Registration[]} registrations
 * @returns {bigint}
 * @throws {TrusteeRefused} with the fault "share" and the sender, if it is not the one that the sender committed to
 */
export function openShare(seed, ceremony, share, registrations) {
  const transport = transportSecret(seed, ceremony, share.to);
  const nonce = pointFromHex(share.nonce);
  const shared = multiply(transport, nonce);
  const mask = maskOf(ceremony, share.from, share.to, nonce, multiplyBase(transport), shared);
  const value = mod(scalarFromHex(share.sealed) - mask);
  const { commitments } = pointsOf(registrations[share.from - 1]);
  if (!multiplyBase(value).equals(evaluate(commitments, share.to))) {
    throw new TrusteeRefused("share", share.from);
  }
  return value;
}

/**
 * The trustee's share of the election key, from the shares that all trustees sent it.
 *
 * @param {Uint8Array} seed
 * @param {Ceremony} ceremony
 * @param {number} index
 * @param {SealedShare[]} shares
 * @param {Registration[]} registrations
 * @returns {bigint}
 * @throws {TrusteeRefused} if a share or a registration is missing ("incomplete") or wrong
 */
export function keyShare(seed, ceremony, index, shares, registrations) {
  checkAll(registrations, ceremony);
  const senders = shares.map(({ from }) => from).sort((a, b) => a - b);
  const expected = registrations.map((registration) => registration.index);
  const complete = senders.length === expected.length && senders.every((s, i) => s === expected[i]);
  if (!complete || shares.some(({ to }) => to !== index)) throw new TrusteeRefused("incomplete");
  const opened = shares.map((share) => openShare(seed, ceremony, share, registrations));
  return mod(opened.reduce((total, share) => total + share, 0n));
}

/**
 * @param {bigint} share the trustee's share of the election key
 * @param {Ceremony} ceremony
 * @param {number} index
 * @param {Registration[]} registrations
 * @returns {Confirmation}
 */
export function confirm(share, ceremony, index, registrations) {
  const statement = confirmation(ceremony, index, registrations);
  return {
    election: ceremony.election,
    format: "facevote-confirmation-1",
    index,
    proof: proofToList(provePossession(share, statement)),
  };
}

/**
 * Returns if the confirmation is of this ceremony and this trustee and its proof holds.
 *
 * @param {Omit<Confirmation, "format">} message
 * @param {Ceremony} ceremony
 * @param {number} index
 * @param {{commitments: string[]}[]} registrations or the manifest's trustees
 * @throws {TrusteeRefused} with the fault "proof" if not
 */
export function checkConfirmation(message, ceremony, index, registrations) {
  const statement = confirmation(ceremony, index, registrations);
  const key = verificationKey(index, registrations);
  const same = message.index === index && message.election === ceremony.election;
  if (!same || !holdsPossession(proofFromList(message.proof), key, statement)) {
    throw new TrusteeRefused("proof", index);
  }
}

/**
 * Shows everybody what a sealed share opens to. Only the receiver can make it.
 *
 * @param {Uint8Array} seed the receiver's
 * @param {Ceremony} ceremony
 * @param {SealedShare} share
 * @param {Registration[]} registrations
 * @returns {Complaint}
 */
export function complain(seed, ceremony, share, registrations) {
  const transport = transportSecret(seed, ceremony, share.to);
  const nonce = pointFromHex(share.nonce);
  const shared = multiply(transport, nonce);
  const { transportKey } = pointsOf(registrations[share.to - 1]);
  const statement = complaint(ceremony, share, transportKey, shared);
  return {
    election: ceremony.election,
    format: "facevote-complaint-1",
    from: share.from,
    proof: proofToList(proveEquality(transport, nonce, statement)),
    shared: shared.toHex(),
    to: share.to,
  };
}

/**
 * The key check before opening: every proof in the manifest holds, and the part of trustee `index` is the
 * one that this seed makes.
 *
 * @param {Uint8Array} seed
 * @param {Manifest} manifest
 * @param {number} index
 * @throws {TrusteeRefused} with the fault "key" or "proof" if not
 */
export function checkKey(seed, manifest, index) {
  const { id: election, key } = manifest;
  const ceremony = { election, threshold: key.threshold, trustees: key.trustees.length };
  const own = coefficients(seed, ceremony, index).map((secret) => multiplyBase(secret).toHex());
  if (own.join() !== key.trustees[index - 1].commitments.join()) throw new TrusteeRefused("key", index);
  key.trustees.forEach(({ commitments, proof, confirmation: confirmed }, i) => {
    const points = pointsFromHex(commitments);
    const statement = possession(ceremony, i + 1, points);
    if (!holdsPossession(proofFromList(proof), points[0], statement)) throw new TrusteeRefused("proof", i + 1);
    checkConfirmation({ election, index: i + 1, proof: confirmed }, ceremony, i + 1, key.trustees);
  });
  const total = sum(key.trustees.map(({ commitments }) => pointFromHex(commitments[0])));
  if (total.toHex() !== key.public_key) throw new TrusteeRefused("key", index);
}

/**
 * The trustee's secret polynomial, the constant coefficient first.
 *
 * @param {Uint8Array} seed
 * @param {Ceremony} ceremony
 * @param {number} index
 */
function coefficients(seed, ceremony, index) {
  return Array.from({ length: ceremony.threshold }, (_, degree) =>
    hashToScalar("facevote-1/coefficient", seed, ceremony.election, index, degree),
  );
}

/**
 * @param {Uint8Array} seed
 * @param {Ceremony} ceremony
 * @param {number} index
 */
function transportSecret(seed, ceremony, index) {
  return hashToScalar("facevote-1/transport", seed, ceremony.election, index);
}

/** @param {Registration} registration */
function pointsOf(registration) {
  return {
    commitments: pointsFromHex(registration.commitments),
    transportKey: pointFromHex(registration.transport_key),
  };
}

/**
 * @param {Registration[]} registrations
 * @param {Ceremony} ceremony
 */
function checkAll(registrations, ceremony) {
  if (registrations.length !== ceremony.trustees) throw new TrusteeRefused("incomplete");
  registrations.forEach((item, i) => checkRegistration(item, ceremony, i + 1));
}

/**
 * @param {Ceremony} ceremony
 * @param {number} from
 * @param {number} to
 * @param {...Point} points
 */
function maskOf({ election }, from, to, ...points) {
  return hashToScalar("facevote-1/share", election, from, to, ...points);
}

/**
 * @param {bigint[]} secrets
 * @param {Ceremony} ceremony
 * @param {number} index
 * @param {Registration} receiver
 * @returns {SealedShare}
 */
function seal(secrets, ceremony, index, receiver) {
  const value = secrets.reduceRight((total, c) => mod(total * BigInt(receiver.index) + c), 0n);
  const { transportKey } = pointsOf(receiver);
  const randomness = randomScalar();
  const nonce = multiplyBase(randomness);
  const shared = multiply(randomness, transportKey);
  const mask = maskOf(ceremony, index, receiver.index, nonce, transportKey, shared);
  return {
    election: ceremony.election,
    format: "facevote-share-1",
    from: index,
    nonce: nonce.toHex(),
    sealed: scalarToHex(mod(value + mask)),
    to: receiver.index,
  };
}
