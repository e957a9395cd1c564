import assert from "node:assert/strict";
import { test } from "node:test";
import { NotOfProgram, readMessage } from "../../../../static/js/voting/trustee/program.js";

const endorse = JSON.stringify({ signature: ["c", "z"], trustee: 2 });
const decryption = JSON.stringify({ contests: [], trustee: 2 });

test("what the program writes is sent as the page's own message", () => {
  assert.deepEqual(readMessage(endorse, "key-check", 2), { kind: "endorsement", message: ["c", "z"] });
  assert.deepEqual(readMessage(decryption, "partial", 2), { kind: "partial", message: JSON.parse(decryption) });
});

test("a key file, another step's or another trustee's message is never sent", () => {
  const keyFile = JSON.stringify({ seed: "00", index: 2, trustee: 2, contests: [] });

  assert.throws(() => readMessage(keyFile, "partial", 2), NotOfProgram);
  assert.throws(() => readMessage(endorse, "partial", 2), NotOfProgram);
  assert.throws(() => readMessage(decryption, "key-check", 2), NotOfProgram);
  assert.throws(() => readMessage(decryption, "partial", 1), NotOfProgram);
  for (const text of ["", "null", "[", "5"]) assert.throws(() => readMessage(text, "partial", 2), NotOfProgram);
});
