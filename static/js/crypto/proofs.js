// Zero-knowledge proofs by strong Fiat-Shamir; the equations are those of docs/cryptography.md.
// A statement is a list: the domain tag and everything public that the hash covers.

import {
  GroupError,
  base,
  hashToScalar,
  mod,
  multiply,
  randomScalar,
  scalarFromHex,
  scalarToHex,
} from "./group.js";

export function proofToList({ challenge, response }) {
  return [scalarToHex(challenge), scalarToHex(response)];
}

export function proofFromList(value) {
  if (!Array.isArray(value) || value.length !== 2) throw new GroupError("not a proof");
  const [challenge, response] = value.map(scalarFromHex);
  return { challenge, response };
}

// Schnorr: I know x with X = x G. The statement must end with X.
export function provePossession(secret, statement) {
  const nonce = randomScalar();
  const challenge = hashToScalar(...statement, base(nonce));
  return { challenge, response: mod(nonce + challenge * secret) };
}

export function holdsPossession({ challenge, response }, publicPoint, statement) {
  const commitment = base(response).subtract(multiply(challenge, publicPoint));
  return hashToScalar(...statement, commitment) === challenge;
}

// Chaum-Pedersen: one x with X = x G and Y = x secondBase.
export function proveEquality(secret, secondBase, statement) {
  const nonce = randomScalar();
  const challenge = hashToScalar(...statement, base(nonce), multiply(nonce, secondBase));
  return { challenge, response: mod(nonce + challenge * secret) };
}

export function holdsEquality({ challenge, response }, points, statement) {
  const { publicPoint, secondBase, second } = points;
  const first = base(response).subtract(multiply(challenge, publicPoint));
  const other = multiply(response, secondBase).subtract(multiply(challenge, second));
  return hashToScalar(...statement, first, other) === challenge;
}

// That (alpha, beta) = (r G, m G + r K) encrypts one of the values. Who knows r and m can make the
// other branches without alpha and beta: with z = u + c r, a = z G - c alpha = u G and
// b = z K - c (beta - v G) = u K + c (v - m) G, all multiples of G and K.
export function proveOneOf(values, actual, randomness, publicKey, statement) {
  const branches = values.map((value) => branchFor(value, actual, randomness, publicKey));
  const total = hashToScalar(...statement, ...branches.flatMap(({ a, b }) => [a, b]));
  const others = branches.reduce((rest, { challenge }) => rest + challenge, 0n);
  return branches.flatMap(({ value, nonce, challenge }) => {
    const own = value === actual ? mod(total - others) : challenge;
    return [own, mod(nonce + own * randomness)];
  });
}

function branchFor(value, actual, randomness, publicKey) {
  const nonce = randomScalar();
  const [a, b] = [base(nonce), multiply(nonce, publicKey)];
  if (value === actual) return { value, nonce, challenge: 0n, a, b };
  const challenge = randomScalar();
  return { value, nonce, challenge, a, b: b.add(base(challenge * BigInt(value - actual))) };
}

export function holdsOneOf(proof, values, { alpha, beta }, publicKey, statement) {
  if (proof.length !== 2 * values.length) return false;
  let total = 0n;
  const commitments = values.flatMap((value, i) => {
    const [challenge, response] = [proof[2 * i], proof[2 * i + 1]];
    total += challenge;
    const rest = beta.subtract(base(BigInt(value)));
    return [
      base(response).subtract(multiply(challenge, alpha)),
      multiply(response, publicKey).subtract(multiply(challenge, rest)),
    ];
  });
  return hashToScalar(...statement, ...commitments) === mod(total);
}

export function scalarsToList(scalars) {
  return scalars.map(scalarToHex);
}

export function scalarsFromList(value) {
  if (!Array.isArray(value)) throw new GroupError("not a list of scalars");
  return value.map(scalarFromHex);
}
