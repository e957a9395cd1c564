// The manifest of an election: everything that is fixed before it opens. docs/cryptography.md, sections 3 and 12.

import { readKey } from "./election-key.js";
import { bytesFromHex, encode } from "./encode.js";
import { pointFromHex, sha256Hex } from "./group.js";
import { proofFromList } from "./proofs.js";
import { areDifferent, areSorted, exactly, expect, flag, hash, identifier, integer, listOf, oneOf } from "./shape.js";
import { inLanguage } from "./texts-shown.js";
import { firstPlainText, longText, momentText, plainText } from "./texts.js";

/** @import { Point } from "./group.js" */
/** @import { Texts } from "./texts-shown.js" */
/** @import { ElectionKey } from "./election-key.js" */
/** @import { Proof } from "./proofs.js" */

/**
 * Format 1 knows neither party, statement nor pictures.
 * @typedef {{id: string, title: Texts, party: Texts | null, statement: Texts | null, pictures: string[]}} Choice
 */

/**
 * `min` and `max` are the numbers of choices that may be selected; `blank` is whether a blank answer may be given;
 * `groups` are those who vote in it, none for all.
 *
 * @typedef {object} Contest
 * @property {string} id
 * @property {Texts} title
 * @property {Texts | null} description
 * @property {Choice[]} choices
 * @property {number} min
 * @property {number} max
 * @property {boolean} blank
 * @property {string[]} groups
 */

/** @typedef {{key: Point, name: string, signature: Proof}} Registrar */
/** @typedef {{key: Point, name: string}} Witness */

/**
 * A manifest that was read and has the right form. Its proofs are checked by verifyKeys().
 *
 * @typedef {object} Election
 * @property {1 | 2} version of the format
 * @property {object} manifest as it was read
 * @property {string} fingerprint
 * @property {string} id
 * @property {Texts} title
 * @property {string[]} languages none in format 1
 * @property {Contest[]} contests
 * @property {ElectionKey["mode"]} mode
 * @property {number} threshold
 * @property {ElectionKey["trustees"]} trustees
 * @property {Point} key
 * @property {Point} boardKey
 * @property {Registrar[]} registrars
 * @property {Witness[]} witnesses
 * @property {number} quorum
 * @property {number} least
 * @property {boolean} revote
 * @property {string} roll
 * @property {"alias" | "hidden"} voters
 * @property {string | null} closes
 * @property {string} purpose
 */

const NAME = { max: 200 };
const MAX_CONTESTS = 100;
const MAX_CHOICES = 1000;
const MAX_GROUPS = 1000;
const MAX_LANGUAGES = 20;
const MAX_WITNESSES = 20;
const MAX_PICTURES = 10;
const MAX_LEAST = 1_000_000;

const KEYS_1 = /** @type {const} */ (["board_key", "contests", "format", "id", "key", "revote", "roll", "title", "voters"]);
const KEYS_2 = /** @type {const} */ ([
  ...KEYS_1, "closes", "description", "face", "languages", "least", "opens", "purpose", "registrars", "witnesses",
]);

/**
 * @param {unknown} manifest
 * @returns {Election}
 * @throws {Malformed | GroupError | NotCanonical} if anything in it is not as the document says
 */
export function readManifest(manifest) {
  const isSecond = /** @type {{format?: unknown} | null} */ (manifest)?.format === "facevote-election-2";
  return isSecond ? readSecond(manifest) : readFirst(manifest);
}

/**
 * @param {unknown} manifest of format 2
 * @returns {Election}
 */
function readSecond(manifest) {
  const fields = exactly(manifest, KEYS_2);
  const languages = listOf(fields.languages, { min: 1, max: MAX_LANGUAGES }, identifier);
  expect(areSorted(languages), "sorted languages");
  const opens = momentOrNull(fields.opens);
  const closes = momentOrNull(fields.closes);
  expect(!opens || !closes || opens < closes, "an opening before the closing");
  readFace(fields.face);
  optionalTexts(fields.description, languages, longText);
  const shared = readShared(fields, 2, (item) => readContest(item, languages));
  const registrars = readRegistrars(fields.registrars);
  const watching = readWitnesses(fields.witnesses);
  const keys = [shared.boardKey, shared.key, ...[...registrars, ...watching.witnesses].map(({ key }) => key)];
  expect(areDifferent(keys.map((key) => key.join())), "different keys");
  return {
    ...shared,
    title: texts(fields.title, languages, plainText),
    languages,
    registrars,
    ...watching,
    least: integer(fields.least, 1, MAX_LEAST),
    closes,
    purpose: oneOf(fields.purpose, ["real", "rehearsal"]),
  };
}

/**
 * @param {unknown} manifest of format 1
 * @returns {Election}
 */
function readFirst(manifest) {
  const fields = exactly(manifest, KEYS_1);
  expect(fields.format === "facevote-election-1", "a known format");
  return {
    ...readShared(fields, 1, readFirstContest),
    title: firstPlainText(fields.title),
    languages: [],
    registrars: [],
    witnesses: [],
    quorum: 0,
    least: 1,
    closes: null,
    purpose: "real",
  };
}

/**
 * What both formats have.
 *
 * @param {Record<typeof KEYS_1[number], unknown>} fields
 * @param {1 | 2} version
 * @param {(item: unknown) => Contest} contest
 */
function readShared(fields, version, contest) {
  const contests = listOf(fields.contests, { min: 1, max: MAX_CONTESTS }, contest);
  expect(areDifferent(contests.map(({ id }) => id)), "different contests");
  return {
    version,
    manifest: fields,
    fingerprint: fingerprint(fields),
    id: identifier(fields.id),
    contests,
    ...readKey(fields.key, version),
    boardKey: pointFromHex(fields.board_key),
    revote: flag(fields.revote),
    roll: hash(fields.roll),
    voters: oneOf(fields.voters, /** @type {const} */ (["alias", "hidden"])),
  };
}

/**
 * @param {unknown} value
 * @param {string[]} languages
 * @param {(text: unknown) => string} read
 * @returns {Record<string, string>}
 */
function texts(value, languages, read) {
  const keys = languages.map((language) => language.replaceAll("-", "_"));
  const given = exactly(value, keys);
  return Object.fromEntries(keys.map((key) => [key, read(given[key])]));
}

/**
 * @param {unknown} value
 * @param {string[]} languages
 * @param {(text: unknown) => string} read
 */
function optionalTexts(value, languages, read) {
  return value === null ? null : texts(value, languages, read);
}

/** @param {unknown} value */
function momentOrNull(value) {
  return value === null ? null : momentText(value);
}

/** @param {unknown} value */
function readFace(value) {
  const { each_ballot: eachBallot, movements } = exactly(value, ["each_ballot", "movements"]);
  flag(eachBallot);
  oneOf(movements, ["always", "unsure", "never"]);
}

/**
 * @param {unknown} value
 * @param {string[]} languages
 * @returns {Contest}
 */
function readContest(value, languages) {
  const fields = exactly(value, ["blank", "choices", "description", "groups", "id", "max", "min", "title"]);
  const choices = listOf(fields.choices, { min: 1, max: MAX_CHOICES }, (item) => readChoice(item, languages));
  const groups = listOf(fields.groups, { max: MAX_GROUPS }, (item) => plainText(item, { max: 100 }));
  expect(areSorted(groups), "sorted groups");
  for (const language of languages) {
    const shown = choices.map(({ title, party }) => encode([inLanguage(title, language), inLanguage(party, language)]));
    expect(areDifferent(shown), "choices that can be told apart");
  }
  return {
    ...readLimits(fields, choices),
    title: texts(fields.title, languages, plainText),
    description: optionalTexts(fields.description, languages, longText),
    groups,
  };
}

/**
 * @param {unknown} value of format 1
 * @returns {Contest}
 */
function readFirstContest(value) {
  const fields = exactly(value, ["blank", "choices", "id", "max", "min", "title"]);
  const choices = listOf(fields.choices, { min: 1, max: MAX_CHOICES }, (item) => {
    const { id, title } = exactly(item, ["id", "title"]);
    return { id: identifier(id), title: firstPlainText(title), party: null, statement: null, pictures: [] };
  });
  return { ...readLimits(fields, choices), title: firstPlainText(fields.title), description: null, groups: [] };
}

/**
 * @param {Record<"blank" | "id" | "max" | "min", unknown>} fields
 * @param {Choice[]} choices
 */
function readLimits(fields, choices) {
  expect(areDifferent(choices.map(({ id }) => id)), "different choices");
  const max = integer(fields.max, 1, choices.length);
  const min = integer(fields.min, 0, max);
  return { id: identifier(fields.id), choices, min, max, blank: flag(fields.blank) };
}

/**
 * @param {unknown} value
 * @param {string[]} languages
 * @returns {Choice}
 */
function readChoice(value, languages) {
  const fields = exactly(value, ["id", "party", "pictures", "statement", "title"]);
  return {
    id: identifier(fields.id),
    title: texts(fields.title, languages, plainText),
    party: optionalTexts(fields.party, languages, plainText),
    statement: optionalTexts(fields.statement, languages, longText),
    pictures: listOf(fields.pictures, { max: MAX_PICTURES }, hash),
  };
}

/**
 * @param {unknown} value
 * @returns {Registrar[]}
 */
function readRegistrars(value) {
  const registrars = listOf(value, { max: 2 }, (item) => {
    const { key, name, signature } = exactly(item, ["key", "name", "signature"]);
    return { key: pointFromHex(key), name: plainText(name), signature: proofFromList(signature) };
  });
  expect(areDifferent(registrars.map(({ key }) => key.join())), "different registrars");
  return registrars;
}

/** @param {unknown} value */
function readWitnesses(value) {
  const { list, quorum } = exactly(value, ["list", "quorum"]);
  const witnesses = listOf(list, { max: MAX_WITNESSES }, (item) => {
    const { key, name } = exactly(item, ["key", "name"]);
    return { key: pointFromHex(key), name: plainText(name, NAME) };
  });
  expect(areDifferent(witnesses.map(({ key }) => key.join())), "different keys of witnesses");
  expect(areDifferent(witnesses.map(({ name }) => name)), "different names of witnesses");
  return { witnesses, quorum: integer(quorum, 0, witnesses.length) };
}

/**
 * @param {object} manifest
 * @returns {string} 64 lower-case hexadecimal digits
 */
export function fingerprint(manifest) {
  return sha256Hex(encode(manifest));
}

/**
 * The contests that a voter of this group has on the ballot.
 *
 * @param {Election} election
 * @param {string} group
 * @returns {Contest[]}
 */
export function contestsOf({ contests }, group) {
  return contests.filter(({ groups }) => groups.length === 0 || groups.includes(group));
}

/**
 * The weight of each ciphertext of a contest in its weighted sum. The blank ciphertext is the last.
 *
 * @param {Contest} contest
 * @returns {number[]}
 */
export function weightsOf(contest) {
  const ones = contest.choices.map(() => 1);
  return contest.blank ? [...ones, contest.choices.length + 1] : ones;
}

/**
 * The values that the weighted sum of a valid answer may have.
 *
 * @param {Contest} contest
 * @returns {number[]}
 */
export function allowedValues(contest) {
  const values = [];
  for (let value = contest.min; value <= contest.max; value += 1) values.push(value);
  return contest.blank ? [...values, contest.choices.length + 1] : values;
}

/**
 * @param {Election} election
 * @returns {Uint8Array} the fingerprint's 32 bytes, as hashes cover them
 */
export function printBytes(election) {
  return bytesFromHex(election.fingerprint);
}
