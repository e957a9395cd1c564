import assert from "node:assert/strict";
import test from "node:test";
import { CodeRefused, credentialOf, readCode, writeCode } from "../../../static/js/crypto/codes.js";
import { hexOf } from "../../../static/js/crypto/encode.js";
import { multiplyBase } from "../../../static/js/crypto/group.js";

const bytes = () => crypto.getRandomValues(new Uint8Array(16));
/** @param {string} reason @returns {(error: unknown) => boolean} */
const refused = (reason) => (error) => error instanceof CodeRefused && error.reason === reason;

test("a code is seven groups of four signs and is read back as typed", () => {
  for (const code of [new Uint8Array(16), new Uint8Array(16).fill(255), bytes(), bytes()]) {
    const text = writeCode(code);

    assert.match(text, /^([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}$/);
    for (const typed of [text, text.toLowerCase(), text.replaceAll("-", " "), text.replaceAll("0", "o").replaceAll("1", "l"), ` ${text}\n`]) {
      assert.deepEqual(readCode(typed), code);
    }
  }
});

test("a wrong sign, two swapped signs and a missing sign are told apart from a code", () => {
  const text = writeCode(Uint8Array.from({ length: 16 }, (_, i) => 29 * i + 3)).replaceAll("-", "");
  const wrong = text[5] === "A" ? "B" : "A";
  const swapped = text.slice(0, 3) + text[4] + text[3] + text.slice(5);

  assert.throws(() => readCode(text.slice(0, 5) + wrong + text.slice(6)), refused("check"));
  assert.throws(() => readCode(swapped), refused("check"));
  assert.throws(() => readCode(text.slice(1)), refused("length"));
  assert.throws(() => readCode(""), refused("length"));
  assert.throws(() => readCode(`${text.slice(1)}U`), refused("sign"));
  assert.throws(() => readCode(`Z${text.slice(1)}`), refused("sign"));
});

test("a code makes one credential for an election and a registrar, and another for others", () => {
  const code = bytes();
  const { secret, point } = credentialOf("e", 1, code);

  assert.equal(hexOf(multiplyBase(secret)), hexOf(point));
  const all = [credentialOf("e", 1, code), credentialOf("e", 2, code), credentialOf("f", 1, code), credentialOf("e", 1, bytes())];
  assert.equal(new Set(all.map((item) => hexOf(item.point))).size, 4);
});
