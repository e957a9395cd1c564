// The codes in registrars' letters. docs/cryptography.md, section 4. A code never leaves the voter's device.

import { bytesOf } from "./encode.js";
import { hashToScalar, multiplyBase, sha256Hex } from "./group.js";
import { readSigns, writeSigns } from "./signs.js";

/** @import { Point } from "./group.js" */

const CODE_BYTES = 16;
const CODE_SIGNS = 26;
const CHECK_SIGNS = 2;
const GROUP = 4;

/** What was typed is no code. Reasons: length, sign, check. */
export class CodeRefused extends Error {
  /** @param {"length" | "sign" | "check"} reason */
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

/**
 * @param {string} typed
 * @returns {Uint8Array} 16 bytes
 * @throws {CodeRefused}
 */
export function readCode(typed) {
  const text = typed.replace(/[\s-]/g, "").toUpperCase().replaceAll("O", "0").replace(/[IL]/g, "1");
  const number = readSigns(text);
  if (number === null) throw new CodeRefused("sign");
  if (text.length !== CODE_SIGNS + CHECK_SIGNS) throw new CodeRefused("length");
  const value = number >> 10n;
  if (value >= 1n << 128n) throw new CodeRefused("sign");
  const code = Uint8Array.from({ length: CODE_BYTES }, (_, i) => Number((value >> BigInt(8 * (CODE_BYTES - 1 - i))) & 255n));
  if (writeCode(code).replaceAll("-", "") !== text) throw new CodeRefused("check");
  return code;
}

/**
 * @param {Uint8Array} code 16 bytes
 * @returns {string} seven groups of four signs, with hyphens between them
 */
export function writeCode(code) {
  const value = code.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
  const text = writeSigns(value, CODE_SIGNS) + writeSigns(checkOf(code), CHECK_SIGNS);
  return Array.from({ length: text.length / GROUP }, (_, i) => text.slice(GROUP * i, GROUP * (i + 1))).join("-");
}

/** @param {Uint8Array} code */
function checkOf(code) {
  const tag = bytesOf("facevote-2/code");
  return BigInt(`0x${sha256Hex(Uint8Array.from([...tag, ...code])).slice(0, 4)}`) >> 6n;
}

/**
 * @param {string} election its id
 * @param {number} registrar from 1
 * @param {Uint8Array} code
 * @returns {{secret: bigint, point: Point}}
 */
export function credentialOf(election, registrar, code) {
  const secret = hashToScalar("facevote-2/credential", election, registrar, code);
  return { secret, point: multiplyBase(secret) };
}
