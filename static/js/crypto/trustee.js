// A trustee's half of key generation and decryption; see docs/cryptography.md, sections 5 and 6.
// All secrets follow from one seed of 32 bytes, which never leaves the trustee's browser.
// ceremony: {election, threshold, trustees}. Messages are plain objects, ready for encode().

import { ciphertextFromList } from "./elgamal.js";
import { bytesFromHex } from "./encode.js";
import { fingerprint } from "./ballot.js";
import {
  base,
  evaluate,
  hashToScalar,
  mod,
  multiply,
  pointFromHex,
  randomScalar,
  scalarFromHex,
  scalarToBytes,
  scalarToHex,
  sum,
} from "./group.js";
import {
  holdsEquality,
  holdsPossession,
  proofFromList,
  proofToList,
  proveEquality,
  provePossession,
} from "./proofs.js";

const SEED_BYTES = 32;

export class TrusteeRefused extends Error {
  constructor(fault, trustee = 0) {
    super(`${fault} of trustee ${trustee}`);
    this.fault = fault;
    this.trustee = trustee;
  }
}

export function newSeed() {
  return crypto.getRandomValues(new Uint8Array(SEED_BYTES));
}

export function register(seed, ceremony, index) {
  const secrets = coefficients(seed, ceremony, index);
  const transport = transportSecret(seed, ceremony, index);
  const commitments = secrets.map(base);
  const transportKey = base(transport);
  const proof = provePossession(secrets[0], possession(ceremony, index, commitments));
  const other = transportPossession(ceremony, index, commitments, transportKey);
  return {
    commitments: commitments.map((point) => point.toHex()),
    election: ceremony.election,
    format: "facevote-trustee-1",
    index,
    proof: proofToList(proof),
    threshold: ceremony.threshold,
    transport_key: transportKey.toHex(),
    transport_proof: proofToList(provePossession(transport, other)),
    trustees: ceremony.trustees,
  };
}

// TrusteeRefused unless both proofs of possession hold.
export function checkRegistration(registration, ceremony, index) {
  const { commitments, transportKey } = pointsOf(registration);
  const same = registration.index === index && registration.election === ceremony.election;
  if (!same || commitments.length !== ceremony.threshold) throw new TrusteeRefused("form", index);
  const first = holdsPossession(
    proofFromList(registration.proof),
    commitments[0],
    possession(ceremony, index, commitments),
  );
  const second = holdsPossession(
    proofFromList(registration.transport_proof),
    transportKey,
    transportPossession(ceremony, index, commitments, transportKey),
  );
  if (!first || !second) throw new TrusteeRefused("proof", index);
}

// The sealed shares of trustee `index` for every trustee, itself included.
export function makeShares(seed, ceremony, index, registrations) {
  checkAll(registrations, ceremony);
  const secrets = coefficients(seed, ceremony, index);
  return registrations.map((receiver) => seal(secrets, ceremony, index, receiver));
}

// The share, if it lies on the polynomial its sender committed to; else the sender is named.
export function openShare(seed, ceremony, share, registrations) {
  const transport = transportSecret(seed, ceremony, share.to);
  const nonce = pointFromHex(share.nonce);
  const shared = multiply(transport, nonce);
  const mask = maskOf(ceremony, share.from, share.to, nonce, base(transport), shared);
  const value = mod(scalarFromHex(share.sealed) - mask);
  const { commitments } = pointsOf(registrations[share.from - 1]);
  if (!base(value).equals(evaluate(commitments, share.to))) {
    throw new TrusteeRefused("share", share.from);
  }
  return value;
}

// The trustee's share of the election key, from the shares that all trustees sent it.
export function keyShare(seed, ceremony, index, shares, registrations) {
  checkAll(registrations, ceremony);
  const senders = shares.map(({ from }) => from).sort((a, b) => a - b);
  const expected = registrations.map((registration) => registration.index);
  const complete = senders.length === expected.length && senders.every((s, i) => s === expected[i]);
  if (!complete || shares.some(({ to }) => to !== index)) throw new TrusteeRefused("incomplete");
  const opened = shares.map((share) => openShare(seed, ceremony, share, registrations));
  return mod(opened.reduce((total, share) => total + share, 0n));
}

export function confirm(share, ceremony, index, registrations) {
  const statement = confirmation(ceremony, index, registrations);
  return {
    election: ceremony.election,
    format: "facevote-confirmation-1",
    index,
    proof: proofToList(provePossession(share, statement)),
  };
}

export function checkConfirmation(message, ceremony, index, registrations) {
  const statement = confirmation(ceremony, index, registrations);
  const key = verificationKey(index, registrations);
  const same = message.index === index && message.election === ceremony.election;
  if (!same || !holdsPossession(proofFromList(message.proof), key, statement)) {
    throw new TrusteeRefused("proof", index);
  }
}

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

// V_j, from the commitments of all trustees (registrations, or the manifest's trustees).
export function verificationKey(index, registrations) {
  return sum(registrations.map((item) => evaluate(item.commitments.map((c) => pointFromHex(c)), index)));
}

// The key check before opening: every proof in the manifest holds, and the part of trustee `index`
// is the one that this seed makes.
export function checkKey(seed, manifest, index) {
  const { id: election, key } = manifest;
  const ceremony = { election, threshold: key.threshold, trustees: key.trustees.length };
  const own = coefficients(seed, ceremony, index).map((secret) => base(secret).toHex());
  if (own.join() !== key.trustees[index - 1].commitments.join()) throw new TrusteeRefused("key", index);
  key.trustees.forEach(({ commitments, proof, confirmation: message }, i) => {
    const points = commitments.map((text) => pointFromHex(text));
    const statement = possession(ceremony, i + 1, points);
    if (!holdsPossession(proofFromList(proof), points[0], statement)) throw new TrusteeRefused("proof", i + 1);
    checkConfirmation({ election, index: i + 1, proof: message }, ceremony, i + 1, key.trustees);
  });
  const total = sum(key.trustees.map(({ commitments }) => pointFromHex(commitments[0])));
  if (total.toHex() !== key.public_key) throw new TrusteeRefused("key", index);
}

// The trustee's part in the decryption of a tally (the body of the board's `tally` event).
export function partialDecryption(manifest, tally, trustee, share) {
  const place = placeOf(manifest, trustee);
  if (!base(share).equals(place.verificationKey)) throw new TrusteeRefused("share", trustee);
  return {
    contests: tally.contests.map(({ id, sums }) => ({
      id,
      shares: sums.map((item, position) => decrypt(share, place, id, position, item)),
    })),
    trustee,
  };
}

export function checkPartial(manifest, tally, partial) {
  const place = placeOf(manifest, partial.trustee);
  tally.contests.forEach(({ id, sums }, i) =>
    sums.forEach((item, position) => {
      const [point, ...proof] = partial.contests[i].shares[position];
      const { alpha, beta } = ciphertextFromList(item, { identity: true });
      const second = pointFromHex(point, { identity: true });
      const points = { publicPoint: place.verificationKey, secondBase: alpha, second };
      const statement = decryption(place, id, position, { alpha, beta }, second);
      if (!holdsEquality(proofFromList(proof), points, statement)) {
        throw new TrusteeRefused("proof", partial.trustee);
      }
    }),
  );
}

function coefficients(seed, ceremony, index) {
  return Array.from({ length: ceremony.threshold }, (_, degree) =>
    hashToScalar("facevote-1/coefficient", seed, ceremony.election, index, degree),
  );
}

function transportSecret(seed, ceremony, index) {
  return hashToScalar("facevote-1/transport", seed, ceremony.election, index);
}

function common({ election, threshold, trustees }, index) {
  return [election, index, threshold, trustees];
}

function possession(ceremony, index, commitments) {
  return ["facevote-1/possession", ...common(ceremony, index), ...commitments, commitments[0]];
}

function transportPossession(ceremony, index, commitments, key) {
  return ["facevote-1/transport-possession", ...common(ceremony, index), ...commitments, key];
}

function confirmation(ceremony, index, registrations) {
  const points = registrations.flatMap((item) => item.commitments.map((c) => pointFromHex(c)));
  const key = verificationKey(index, registrations);
  return ["facevote-1/confirmation", ...common(ceremony, index), ...points, key];
}

function complaint({ election }, share, key, shared) {
  const sealed = scalarToBytes(scalarFromHex(share.sealed));
  const nonce = pointFromHex(share.nonce);
  return ["facevote-1/complaint", election, share.from, share.to, nonce, sealed, key, shared];
}

function pointsOf(registration) {
  return {
    commitments: registration.commitments.map((text) => pointFromHex(text)),
    transportKey: pointFromHex(registration.transport_key),
  };
}

function checkAll(registrations, ceremony) {
  if (registrations.length !== ceremony.trustees) throw new TrusteeRefused("incomplete");
  registrations.forEach((item, i) => checkRegistration(item, ceremony, i + 1));
}

function maskOf({ election }, from, to, ...points) {
  return hashToScalar("facevote-1/share", election, from, to, ...points);
}

function seal(secrets, ceremony, index, receiver) {
  const value = secrets.reduceRight((total, c) => mod(total * BigInt(receiver.index) + c), 0n);
  const { transportKey } = pointsOf(receiver);
  const randomness = randomScalar();
  const nonce = base(randomness);
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

function placeOf(manifest, trustee) {
  return {
    fingerprint: bytesFromHex(fingerprint(manifest)),
    key: pointFromHex(manifest.key.public_key),
    trustee,
    verificationKey: verificationKey(trustee, manifest.key.trustees),
  };
}

function decryption(place, contest, position, { alpha, beta }, point) {
  const { fingerprint: print, trustee, key, verificationKey: own } = place;
  const parts = [print, contest, position, trustee, key, own, alpha, beta, point];
  return ["facevote-1/decryption", ...parts];
}

function decrypt(share, place, contest, position, item) {
  const ciphertext = ciphertextFromList(item, { identity: true });
  const point = multiply(share, ciphertext.alpha);
  const statement = decryption(place, contest, position, ciphertext, point);
  return [point.toHex(), ...proofToList(proveEquality(share, ciphertext.alpha, statement))];
}
