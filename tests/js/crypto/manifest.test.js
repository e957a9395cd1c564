import assert from "node:assert/strict";
import test from "node:test";
import { readManifest } from "../../../static/js/crypto/manifest.js";
import { inLanguage } from "../../../static/js/crypto/texts-shown.js";
import { verifyKeys } from "../../../static/js/crypto/trustees/keys.js";
import { TrusteeRefused } from "../../../static/js/crypto/trustees/refusals.js";
import { hexOf } from "../../../static/js/crypto/encode.js";
import { multiplyBase, randomScalar } from "../../../static/js/crypto/group.js";
import { Lab } from "./lab.js";

/** @import { Loose } from "./lab.js" */

const lab = new Lab({ registrars: 2, witnesses: 2 });
const point = () => hexOf(multiplyBase(randomScalar()));

test("a manifest is read, and texts are shown in the reader's language or else in the first", () => {
  const election = readManifest(lab.manifest);

  verifyKeys(election);
  assert.deepEqual(["en", "de", "fr"].map((language) => inLanguage(election.contests[0].title, language)), ["Board", "Vorstand", "Vorstand"]);
});

/** @type {[name: string, change: (manifest: Loose) => unknown][]} */
const BAD = [
  ["a key too many", (m) => (m.more = 1)],
  ["a key missing", (m) => delete m.least],
  ["another format", (m) => (m.format = "facevote-election-3")],
  ["format 1 with the keys of format 2", (m) => (m.format = "facevote-election-1")],
  ["a text as the title", (m) => (m.title = "Election")],
  ["a title in one language too few", (m) => delete m.title.de],
  ["a title in one language too many", (m) => (m.title.fr = "Élection")],
  ["a title in NFD", (m) => (m.title.en = "E\u0301lection")],
  ["the board key as a registrar's", (m) => (m.registrars[1].key = m.board_key)],
  ["the board key as a witness's", (m) => (m.witnesses.list[0].key = m.board_key)],
  ["the election's key as the board key", (m) => (m.board_key = m.key.public_key)],
  ["a registrar as a witness", (m) => (m.witnesses.list[1].key = m.registrars[0].key)],
  ["languages unsorted", (m) => m.languages.reverse()],
  ["no language", (m) => (m.languages = [])],
  ["true as a number", (m) => (m.contests[0].min = true)],
  ["a minimum above the maximum", (m) => (m.contests[0].min = 3)],
  ["a maximum above the choices", (m) => (m.contests[0].max = 4)],
  ["a maximum of 0", (m) => (m.contests[0].max = m.contests[0].min = 0)],
  ["two contests of one id", (m) => (m.contests[1].id = m.contests[0].id)],
  ["two choices of one id", (m) => (m.contests[0].choices[1].id = "ann")],
  ["two choices that look alike in one language", (m) => (m.contests[0].choices[1].title.en = "Name ann")],
  ["no contest", (m) => (m.contests = [])],
  ["no choice", (m) => (m.contests[0].choices = [])],
  ["groups unsorted", (m) => (m.contests[1].groups = ["south", "north"])],
  ["a closing before the opening", (m) => (m.opens = "2026-12-02T18:00Z")],
  ["an unknown purpose", (m) => (m.purpose = "test")],
  ["no least", (m) => (m.least = 0)],
  ["a face policy too short", (m) => delete m.face.movements],
  ["one registrar twice", (m) => (m.registrars[1].key = m.registrars[0].key)],
  ["one witness twice", (m) => (m.witnesses.list[1].key = m.witnesses.list[0].key)],
  ["two witnesses of one name", (m) => (m.witnesses.list[1].name = m.witnesses.list[0].name)],
  ["a quorum above the witnesses", (m) => (m.witnesses.quorum = 3)],
  ["the identity as a key", (m) => (m.board_key = "0".repeat(64))],
  ["two trustees of one name", (m) => (m.key.trustees[1].name = m.key.trustees[0].name)],
  ["a trustee without a name", (m) => (m.key.trustees[1].name = "")],
  ["commitments too few", (m) => m.key.trustees[0].commitments.pop()],
  ["a threshold above the trustees", (m) => (m.key.threshold = 4)],
  ["a server's key of three", (m) => (m.key.mode = "server")],
  ["a round in capitals", (m) => (m.key.trustees[0].round = m.key.trustees[0].round.replace(/./, "A"))],
];
for (const [name, change] of BAD) {
  test(`a manifest with ${name} is refused`, () => {
    const manifest = structuredClone(lab.manifest);
    change(manifest);

    assert.throws(() => readManifest(manifest));
  });
}

test("two people of one name in two parties are two choices", () => {
  const manifest = structuredClone(lab.manifest);
  const [one, other] = manifest.contests[0].choices;
  other.title = one.title;
  other.party = { de: "Blau", en: "Blue" };

  assert.equal(readManifest(manifest).contests[0].choices.length, 3);
});

/** @type {[name: string, fault: string, change: (manifest: Loose) => unknown][]} */
const KEYS = [
  ["a key that no trustee made", "key", (m) => (m.key.public_key = point())],
  ["a proof of another trustee", "proof", (m) => (m.key.trustees[0].proof = m.key.trustees[1].proof)],
  ["another transport key", "proof", (m) => (m.key.trustees[0].transport_key = point())],
  ["a transport proof of another", "proof", (m) => (m.key.trustees[0].transport_proof = m.key.trustees[1].transport_proof)],
  ["a confirmation of another", "proof", (m) => (m.key.trustees[0].confirmation = m.key.trustees[1].confirmation)],
  ["another round", "proof", (m) => (m.key.trustees[0].round = "0".repeat(32))],
  ["the id of another election", "proof", (m) => (m.id = "another")],
  ["trustees in another order", "proof", (m) => m.key.trustees.reverse()],
  ["one trustee twice", "repeated", (m) => (m.key.trustees[1] = { ...m.key.trustees[0], name: "Another" })],
];
for (const [name, fault, change] of KEYS) {
  test(`${name} is noticed before anything is encrypted`, () => {
    const manifest = structuredClone(lab.manifest);
    change(manifest);

    assert.throws(() => verifyKeys(readManifest(manifest)), (error) => error instanceof TrusteeRefused && error.fault === fault);
  });
}
