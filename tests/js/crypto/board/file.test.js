import assert from "node:assert/strict";
import test from "node:test";
import { gzipSync } from "node:zlib";
import { FileChanged } from "../../../../static/js/crypto/board/file.js";
import { verifyBoard } from "../../../../static/js/crypto/board/verify.js";
import { Lab } from "../lab.js";

const lab = new Lab({ witnesses: 0 }).open().head();
const text = new TextDecoder().decode(lab.file);
/** @param {string} changed */
const bytes = (changed) => new TextEncoder().encode(changed);

/** @type {[code: string, file: Uint8Array][]} */
const CHANGED = [
  ["empty", bytes("")],
  ["byte-order-mark", bytes(`\ufeff${text}`)],
  ["byte-order-mark", Uint8Array.from(Buffer.from(`\ufeff${text}`, "utf16le"))],
  ["line-ends", bytes(text.replaceAll("\n", "\r\n"))],
  ["line-ends", bytes(text.replaceAll("\n", "\r"))],
  ["compressed", gzipSync(lab.file)],
];
for (const [code, file] of CHANGED) {
  test(`a file that was changed on the way is told apart from a broken board: ${code}`, () => {
    assert.throws(() => verifyBoard(file), (error) => error instanceof FileChanged && error.code === code);
  });
}

test("the file as it was downloaded is read", () => {
  assert.equal(verifyBoard(lab.file).problem, null);
});

test("bytes that are no text are malformed", () => {
  assert.equal(verifyBoard(Uint8Array.from([0x7b, 0xff, 0x7d, 10])).problem?.code, "malformed");
});
