// Makes tests/vectors/browser.json, which the server's half checks; ballots from the manifest of python.json, and a
// ceremony and a whole board of its own. Prints it instead with --print.
//
//   node --import ./tests/js/vendor.js tests/vectors/make_browser.js

import { readFileSync, writeFileSync } from "node:fs";
import { openingOf } from "../../static/js/crypto/audit.js";
import { encryptBallot } from "../../static/js/crypto/ballot.js";
import { readCode, writeCode } from "../../static/js/crypto/codes.js";
import { scalarToHex } from "../../static/js/crypto/group.js";
import { readManifest } from "../../static/js/crypto/manifest.js";
import * as ceremony from "../../static/js/crypto/trustees/ceremony.js";
import { emptyMemory } from "../../static/js/crypto/trustees/memory.js";
import { TrusteeSession } from "../../static/js/crypto/trustees/session.js";
import { keyFileText } from "../../static/js/crypto/trustees/key-file.js";
import { withWrongShare } from "../js/crypto/dishonest.js";
import { Lab, generateKey } from "../js/crypto/lab.js";

const source = new URL("python.json", import.meta.url);
const target = new URL("browser.json", import.meta.url);
const known = JSON.parse(readFileSync(source, "utf8"));
const election = readManifest(known.manifest);

/**
 * @param {number} number of the voter in python.json, from 0
 * @param {import("../../static/js/crypto/answers.js").Selections} selections
 */
function ballotOf(number, selections) {
  const [credential, , group] = known.roll[number];
  const found = known.codes.find((/** @type {{point: string}} */ { point }) => point === credential);
  const made = encryptBallot(election, { credential, group, keys: [], codes: [readCode(found.written)] }, selections);
  const opening = openingOf(election, credential, made, selections);
  return { credential, group, text: made.text, tracker: made.tracker, short: made.short, opening, selections };
}

const key = generateKey("browser-election", 2, 3);
const { files, registrations, sent, received, confirmations, settings } = key;
const bad = withWrongShare(key, 1, 2);
const unjust = ceremony.complain(files[1], registrations, sent[0][1], 1);

const lab = new Lab({ registrars: 2, witnesses: 1 }).untilTally();
const partials = lab.endorsements().slice(0, 2).map(({ file }, i) => {
  const session = new TrusteeSession();
  const shown = { ...lab.key.settings, index: i + 1, registrations: lab.key.registrations, shares: lab.key.received[i], manifest: lab.manifest };
  session.choose(keyFileText(file), shown);
  session.checkBoard(lab.file, emptyMemory(), () => {});
  const outcome = session.decrypt(emptyMemory());
  lab.add("decryption", outcome.message);
  return { message: outcome.message, file: JSON.parse(outcome.file) };
});

const groups = known.roll.map((/** @type {string[]} */ row) => row[2]);
const inBoth = groups.findIndex((/** @type {string} */ name) => name !== "");
const inOne = groups.indexOf("");
const vectors = {
  ballots: [
    ballotOf(inBoth, { board: [], budget: ["no"] }),
    ballotOf(inBoth, { board: ["bo", "cem"], budget: null }),
    ballotOf(inOne, { board: ["ann"] }),
  ],
  code: writeCode(Uint8Array.from({ length: 16 }, (_, i) => 17 * i)),
  trustees: {
    ceremony: settings,
    seeds: files.map(({ seed }) => seed),
    rounds: files.map(({ round }) => round),
    transcript: files[0].transcript,
    key_files: files,
    registrations,
    shares: sent,
    keys: files.map((file, i) => scalarToHex(ceremony.keyShare(file, registrations, received[i]))),
    confirmations,
    complaint: ceremony.complain(files[1], registrations, bad, 1),
    unjust_complaint: unjust,
  },
  board: new TextDecoder().decode(lab.file),
  partials,
};

const text = `${JSON.stringify(vectors, null, 1)}\n`;
if (process.argv.includes("--print")) process.stdout.write(text);
else writeFileSync(target, text);
