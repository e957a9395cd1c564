// A trustee's half of the key generation. docs/cryptography.md, section 5. All secrets follow from the seed and the
// round in the trustee's key file. Nothing here trusts what the server hands over.

import { bytesFromHex, encode, hexOf } from "../encode.js";
import {
  evaluate,
  hashToScalar,
  mod,
  multiply,
  multiplyBase,
  randomScalar,
  same,
  scalarFromHex,
  scalarToBytes,
  scalarToHex,
} from "../group.js";
import { holdsPossession, proofFromList, proofToList, proveEquality, provePossession } from "../proofs.js";
import { ceremonyOf, placeOfFile } from "./key-file.js";
import { expectFreshKeys, holdsRegistration, verifyKeys } from "./keys.js";
import { pointsOfShare, readRegistration, readShare } from "./messages.js";
import { TrusteeRefused } from "./refusals.js";
import * as statements from "./statements.js";

/** @import { Point } from "../group.js" */
/** @import { Election } from "../manifest.js" */
/** @import { ProofList } from "../proofs.js" */
/** @import { KeyFile } from "./key-file.js" */
/** @import { Ceremony, Complaint, Confirmation, ReadRegistration, Registration, SealedShare } from "./messages.js" */

/** All registrations of a ceremony, checked. @typedef {{trustees: ReadRegistration[], transcript: string}} Known */

/**
 * @param {KeyFile} file
 * @returns {Registration}
 */
export function register(file) {
  const secrets = coefficients(file);
  const transport = transportSecret(file);
  const commitments = secrets.map(multiplyBase);
  const transportKey = multiplyBase(transport);
  const place = placeOfFile(file);
  const proof = provePossession(secrets[0], statements.possession(place, commitments, transportKey));
  const statement = statements.transportPossession(place, commitments, transportKey);
  return {
    commitments: commitments.map(hexOf),
    election: file.election,
    format: "facevote-trustee-2",
    index: file.index,
    proof: proofToList(proof),
    round: file.round,
    threshold: file.threshold,
    transport_key: hexOf(transportKey),
    transport_proof: proofToList(provePossession(transport, statement)),
    trustees: file.trustees,
  };
}

/**
 * Returns if the file is of this trustee in this ceremony, and makes the registration that the server shows.
 *
 * @param {KeyFile} file
 * @param {Ceremony} ceremony
 * @param {number} index
 * @param {unknown} registration
 * @throws {TrusteeRefused} with the fault "file" if not
 */
export function checkFile(file, ceremony, index, registration) {
  if (encode(ceremonyOf(file)) !== encode(ceremony) || file.index !== index) throw new TrusteeRefused("file");
  if (!isOwn(file, registration)) throw new TrusteeRefused("file");
}

/**
 * Whether a registration has exactly what the file makes. Its proofs are fresh each time and are checked elsewhere.
 *
 * @param {KeyFile} file
 * @param {unknown} registration
 */
function isOwn(file, registration) {
  if (typeof registration !== "object" || registration === null) return false;
  const { proof, transport_proof: transportProof } = /** @type {Registration} */ (registration);
  return encode(registration) === encode({ ...register(file), proof, transport_proof: transportProof });
}

/**
 * Checks all registrations, and that the file's own is among them unchanged.
 *
 * @param {KeyFile} file
 * @param {unknown[]} registrations
 * @returns {Known}
 * @throws {TrusteeRefused} with the fault "incomplete", "form", "proof", "repeated" or "own"
 */
export function checkRegistrations(file, registrations) {
  if (registrations.length !== file.trustees) throw new TrusteeRefused("incomplete");
  const trustees = registrations.map((item, i) => checkRegistration(file, item, i + 1));
  expectFreshKeys(trustees);
  if (!isOwn(file, registrations[file.index - 1])) throw new TrusteeRefused("own", file.index);
  return { trustees, transcript: statements.transcriptOf(trustees.map(({ message }) => message)) };
}

/**
 * @param {KeyFile} file
 * @param {unknown} item
 * @param {number} index
 */
function checkRegistration(file, item, index) {
  if (item === null) throw new TrusteeRefused("incomplete", index);
  const ceremony = ceremonyOf(file);
  const read = attempt(() => readRegistration(item, ceremony, index), index);
  if (!holdsRegistration({ ceremony, index, round: read.round }, read)) throw new TrusteeRefused("proof", index);
  return read;
}

/**
 * The key file that is bound to these registrations. It is saved before shares are sent.
 *
 * @param {KeyFile} file
 * @param {unknown[]} registrations
 * @returns {KeyFile}
 * @throws {TrusteeRefused} also with the fault "transcript" if it is bound to others
 */
export function bind(file, registrations) {
  const { transcript } = checkRegistrations(file, registrations);
  if (file.transcript !== null && file.transcript !== transcript) throw new TrusteeRefused("transcript");
  return { ...file, transcript };
}

/**
 * The sealed shares of a trustee for every trustee, itself included.
 *
 * @param {KeyFile} file bound to the registrations
 * @param {unknown[]} registrations all of them, in order
 * @returns {SealedShare[]}
 * @throws {TrusteeRefused} if a registration is missing or wrong
 */
export function makeShares(file, registrations) {
  const known = boundTo(file, registrations);
  const secrets = coefficients(file);
  return known.trustees.map(({ transportKey }, i) => seal(file, secrets, known.transcript, i + 1, transportKey));
}

/**
 * @param {KeyFile} file
 * @param {unknown[]} registrations
 * @returns {Known}
 */
function boundTo(file, registrations) {
  const known = checkRegistrations(file, registrations);
  if (file.transcript === null) throw new TrusteeRefused("file-old");
  if (file.transcript !== known.transcript) throw new TrusteeRefused("transcript");
  return known;
}

/**
 * The trustee's share of the election key, from the shares that all trustees sent it.
 *
 * @param {KeyFile} file
 * @param {unknown[]} registrations
 * @param {unknown[]} shares in the order of their senders
 * @returns {bigint}
 * @throws {TrusteeRefused} with the fault "altered" if its sender did not sign a share, "share" and the sender if the
 *   sender signed one that is wrong
 */
export function keyShare(file, registrations, shares) {
  const known = boundTo(file, registrations);
  if (shares.length !== file.trustees) throw new TrusteeRefused("incomplete");
  // All signatures first: nothing is opened while the server may have altered something.
  const read = shares.map((share, i) => checkShare(file, known, share, i + 1));
  const opened = read.map((share) => openShare(file, known, share));
  return mod(opened.reduce((total, share) => total + share, 0n));
}

/**
 * @param {KeyFile} file
 * @param {Known} known
 * @param {unknown} value
 * @param {number} from
 * @returns {SealedShare}
 */
function checkShare(file, { trustees, transcript }, value, from) {
  if (value === null) throw new TrusteeRefused("incomplete", from);
  const share = attempt(() => readShare(value), from, "altered");
  const isMine = share.from === from && share.to === file.index && share.election === file.election;
  const [sender] = trustees[from - 1].commitments;
  const statement = statements.sharing(transcript, pointsOfShare(share), sender);
  const isSigned = holdsPossession(proofFromList(share.signature), sender, statement);
  if (!isMine || share.transcript !== transcript || !isSigned) throw new TrusteeRefused("altered", from);
  return share;
}

/**
 * @param {KeyFile} file
 * @param {Known} known
 * @param {SealedShare} share
 */
function openShare(file, { trustees, transcript }, share) {
  const { nonce } = pointsOfShare(share);
  const transport = transportSecret(file);
  const mask = hashToScalar(
    ...statements.sealing(transcript, share, nonce, multiplyBase(transport), multiply(transport, nonce)),
  );
  const value = mod(scalarFromHex(share.sealed) - mask);
  const expected = evaluate(trustees[share.from - 1].commitments, file.index);
  if (!same(multiplyBase(value), expected)) throw new TrusteeRefused("share", share.from);
  return value;
}

/**
 * @param {KeyFile} file
 * @param {unknown[]} registrations
 * @param {unknown[]} shares
 * @returns {Confirmation}
 * @throws {TrusteeRefused} as keyShare()
 */
export function confirm(file, registrations, shares) {
  const share = keyShare(file, registrations, shares);
  const { transcript } = boundTo(file, registrations);
  const statement = statements.confirmation(placeOfFile(file), transcript, multiplyBase(share));
  return {
    election: file.election,
    format: "facevote-confirmation-2",
    index: file.index,
    proof: proofToList(provePossession(share, statement)),
    transcript,
  };
}

/**
 * Shows everybody what a share opens to that its sender signed. Only the receiver can make it, and it takes no
 * further part in the ceremony afterwards.
 *
 * @param {KeyFile} file the receiver's
 * @param {unknown[]} registrations
 * @param {unknown} share
 * @param {number} from its sender
 * @returns {Complaint}
 * @throws {TrusteeRefused} with the fault "altered" if the sender did not sign the share
 */
export function complain(file, registrations, share, from) {
  const known = boundTo(file, registrations);
  const signed = checkShare(file, known, share, from);
  const points = pointsOfShare(signed);
  const transport = transportSecret(file);
  const shared = multiply(transport, points.nonce);
  const statement = statements.complaint(known.transcript, points, multiplyBase(transport), shared);
  return {
    election: file.election,
    format: "facevote-complaint-2",
    proof: proofToList(proveEquality(transport, points.nonce, statement)),
    share: signed,
    shared: hexOf(shared),
    transcript: known.transcript,
  };
}

/**
 * The key check before opening: every proof in the manifest holds, the trustee's entry is what its file makes, and its
 * shares open to its part of the election's key. Gives the file to be saved and the signature for the board.
 *
 * @param {KeyFile} file
 * @param {Election} election
 * @param {unknown[]} shares
 * @returns {{file: KeyFile, signature: ProofList}}
 * @throws {TrusteeRefused}
 */
export function endorse(file, election, shares) {
  if (file.fingerprint !== null && file.fingerprint !== election.fingerprint) throw new TrusteeRefused("fingerprint");
  const share = keyShareIn(file, election, shares);
  const key = multiplyBase(share);
  const signature = provePossession(share, statements.endorsement(election.fingerprint, file.index, key));
  const checked = { ...file, fingerprint: election.fingerprint, shares: shares.map(readShare) };
  return { file: checked, signature: proofToList(signature) };
}

/**
 * The trustee's share of the key of an election, whose manifest is checked.
 *
 * @param {KeyFile} file
 * @param {Election} election
 * @param {unknown[]} shares
 * @returns {bigint}
 * @throws {TrusteeRefused}
 */
export function keyShareIn(file, election, shares) {
  const { id, threshold, trustees, mode } = election;
  const here = { election: id, threshold, trustees: trustees.length };
  if (election.version !== 2 || mode !== "trustees") throw new TrusteeRefused("form");
  if (encode(ceremonyOf(file)) !== encode(here)) throw new TrusteeRefused("key", file.index);
  verifyKeys(election);
  const registrations = statements.registrationsOf(election);
  if (!isOwn(file, registrations[file.index - 1])) throw new TrusteeRefused("key", file.index);
  const share = keyShare(file, registrations, shares);
  const expected = statements.verificationKey(file.index, statements.jointCommitments(trustees));
  if (!same(multiplyBase(share), expected)) throw new TrusteeRefused("key", file.index);
  return share;
}

/**
 * The trustee's secret polynomial, the constant coefficient first.
 *
 * @param {KeyFile} file
 */
function coefficients(file) {
  const [seed, place] = [bytesFromHex(file.seed), placeOfFile(file)];
  return Array.from({ length: file.threshold }, (_, degree) =>
    hashToScalar(...statements.derivation("coefficient", seed, place, degree)),
  );
}

/** @param {KeyFile} file */
function transportSecret(file) {
  return hashToScalar(...statements.derivation("transport", bytesFromHex(file.seed), placeOfFile(file)));
}

/**
 * @param {KeyFile} file
 * @param {bigint[]} secrets
 * @param {string} transcript
 * @param {number} to
 * @param {Point} transportKey the receiver's
 * @returns {SealedShare}
 */
function seal(file, secrets, transcript, to, transportKey) {
  const way = { from: file.index, to };
  const value = secrets.reduceRight((total, c) => mod(total * BigInt(to) + c), 0n);
  const randomness = randomScalar();
  const nonce = multiplyBase(randomness);
  const shared = multiply(randomness, transportKey);
  const sealed = mod(value + hashToScalar(...statements.sealing(transcript, way, nonce, transportKey, shared)));
  const points = { ...way, nonce, sealed: scalarToBytes(sealed) };
  const signature = provePossession(secrets[0], statements.sharing(transcript, points, multiplyBase(secrets[0])));
  return {
    election: file.election,
    format: "facevote-share-2",
    ...way,
    nonce: hexOf(nonce),
    sealed: scalarToHex(sealed),
    signature: proofToList(signature),
    transcript,
  };
}

/**
 * @template Value
 * @param {() => Value} read
 * @param {number} trustee
 * @param {"form" | "altered"} [fault]
 * @returns {Value}
 */
function attempt(read, trustee, fault = "form") {
  try {
    return read();
  } catch (error) {
    throw new TrusteeRefused(fault, trustee, { cause: error });
  }
}
