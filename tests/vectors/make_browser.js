// Makes tests/vectors/browser.json, which the server's half checks; from the manifest and the
// tally of python.json. Prints it instead with --print.
//
//   node --import ./tests/js/vendor.js tests/vectors/make_browser.js

import { readFileSync, writeFileSync } from "node:fs";
import { encryptBallot } from "../../static/js/crypto/ballot.js";
import { partialDecryption } from "../../static/js/crypto/decryption.js";
import { scalarFromHex, scalarToHex } from "../../static/js/crypto/group.js";
import * as trustee from "../../static/js/crypto/trustee.js";

const source = new URL("python.json", import.meta.url);
const target = new URL("browser.json", import.meta.url);
const { manifest, tally, trustees } = JSON.parse(readFileSync(source, "utf8"));

const ceremony = { election: "browser-election", threshold: 2, trustees: 3 };
const indexes = [1, 2, 3];
const seeds = indexes.map(() => trustee.newSeed());
const registrations = indexes.map((i) => trustee.register(seeds[i - 1], ceremony, i));
const shares = indexes.map((i) => trustee.makeShares(seeds[i - 1], ceremony, i, registrations));
const keys = indexes.map((i) =>
  trustee.keyShare(seeds[i - 1], ceremony, i, shares.map((row) => row[i - 1]), registrations),
);
const bad = { ...shares[0][1], sealed: shares[0][2].sealed };

const selections = [
  { board: [], budget: ["no"] },
  { board: ["bo", "cem"], budget: null },
];
const made = selections.map((item) => encryptBallot(manifest, "voter-2", item));
const vectors = {
  ballots: made.map(({ text, tracker, short, opening }) => ({ text, tracker, short, opening })),
  trustees: {
    ceremony,
    seeds: seeds.map((seed) => Buffer.from(seed).toString("hex")),
    registrations,
    shares,
    keys: keys.map(scalarToHex),
    confirmations: indexes.map((i) => trustee.confirm(keys[i - 1], ceremony, i, registrations)),
    bad_share: bad,
    complaint: trustee.complain(seeds[1], ceremony, bad, registrations),
    unjust_complaint: trustee.complain(seeds[1], ceremony, shares[0][1], registrations),
  },
  partial: partialDecryption(manifest, tally, 3, scalarFromHex(trustees.keys[2])),
};

const text = `${JSON.stringify(vectors, null, 1)}\n`;
if (process.argv.includes("--print")) process.stdout.write(text);
else writeFileSync(target, text);
