// Exponential ElGamal: ciphertexts can be added, and only their sum need ever be opened.

import { GroupError, base, multiply, pointFromHex, sum } from "./group.js";

export function encrypt(message, randomness, publicKey) {
  const mask = multiply(randomness, publicKey);
  return { alpha: base(randomness), beta: base(BigInt(message)).add(mask) };
}

export function ciphertextToList({ alpha, beta }) {
  return [alpha.toHex(), beta.toHex()];
}

export function ciphertextFromList(value, { identity = false } = {}) {
  if (!Array.isArray(value) || value.length !== 2) throw new GroupError("not a ciphertext");
  const [alpha, beta] = value.map((text) => pointFromHex(text, { identity }));
  return { alpha, beta };
}

export function weightedTotal(weights, ciphertexts) {
  const part = (name) =>
    sum(ciphertexts.map((item, i) => (weights[i] === 1 ? item[name] : multiply(BigInt(weights[i]), item[name]))));
  return { alpha: part("alpha"), beta: part("beta") };
}
