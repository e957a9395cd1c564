// A server between honest trustees that lies in one message of one step, against the trustees' genuine code.
//
//   node --import ./tests/js/vendor.js tests/js/crypto/trustees/lying-server.js 10000

import assert from "node:assert/strict";
import { encode, hexOf } from "../../../../static/js/crypto/encode.js";
import * as group from "../../../../static/js/crypto/group.js";
import { fingerprint } from "../../../../static/js/crypto/manifest.js";
import { proofToList, provePossession } from "../../../../static/js/crypto/proofs.js";
import { keyFileText } from "../../../../static/js/crypto/trustees/key-file.js";
import { TrusteeRefused } from "../../../../static/js/crypto/trustees/refusals.js";
import { emptyMemory } from "../../../../static/js/crypto/trustees/memory.js";
import { TrusteeSession } from "../../../../static/js/crypto/trustees/session.js";
import { transportPossession } from "../../../../static/js/crypto/trustees/statements.js";
import { Lab, generateKey } from "../lab.js";

/** @import { Loose } from "../lab.js" */

/** @typedef {"shares" | "confirm" | "endorse"} Step */
const STEPS = /** @type {Step[]} */ (["shares", "confirm", "endorse"]);

/** @param {number} below */
const random = (below) => Math.floor(Math.random() * below);

/**
 * @template Item
 * @param {Item[]} items
 * @returns {Item}
 */
const pick = (items) => items[random(items.length)];

/** A ceremony as it truly happened, and another round of the same people from which a server can replay. */
export class World {
  /**
   * @param {number} threshold
   * @param {number} trustees
   */
  constructor(threshold, trustees) {
    this.lab = new Lab({ threshold, trustees, voters: 1, registrars: 0, witnesses: 0 });
    this.key = this.lab.key;
    this.before = generateKey(this.lab.id, threshold, trustees);
  }

  /**
   * What an honest server shows.
   *
   * @param {Step} step
   * @param {number} index
   * @returns {Loose}
   */
  truth(step, index) {
    const { registrations, received, settings } = this.key;
    const nothing = registrations.map(() => null);
    const shares = step === "shares" ? nothing : received[index - 1];
    const manifest = step === "endorse" ? this.lab.manifest : null;
    return structuredClone({ ...settings, index, registrations, shares, manifest });
  }

  /**
   * A trustee who has chosen the key file that was saved last.
   *
   * @param {Step} step
   * @param {number} index
   */
  session(step, index) {
    const file = (step === "shares" ? this.key.fresh : this.key.files)[index - 1];
    const session = new TrusteeSession();
    session.choose(keyFileText(file), this.truth(step, index));
    return { session, memory: { ...emptyMemory(), transcript: file.transcript } };
  }
}

/** @type {Record<string, (world: World, shown: Loose) => void>} */
const LIES = {
  "a message is dropped"(_world, shown) {
    const list = pick([shown.registrations, shown.shares]);
    list[random(list.length)] = null;
  },
  "a value is changed"(_world, shown) {
    change(pick([shown.registrations, shown.shares, shown.manifest?.key ?? shown.registrations]));
  },
  "a registration of another round is replayed"(world, shown) {
    const i = random(shown.trustees);
    shown.registrations[i] = world.before.registrations[i];
  },
  "all registrations of another round are replayed"(world, shown) {
    shown.registrations = world.before.registrations;
    if (Math.random() < 0.5) shown.shares = world.before.received[shown.index - 1];
  },
  "a share of another round is replayed"(world, shown) {
    const i = random(shown.trustees);
    shown.shares[i] = world.before.sent[i][shown.index - 1];
  },
  "shares for another trustee are handed over"(world, shown) {
    shown.shares = pick(world.key.received);
  },
  "two trustees are swapped"(_world, shown) {
    const list = pick([shown.registrations, shown.shares]);
    const [a, b] = [random(list.length), random(list.length)];
    [list[a], list[b]] = [list[b], list[a]];
  },
  "a transport key is replaced and proven anew"(world, shown) {
    const registration = pick(shown.registrations);
    const secret = group.randomScalar();
    const key = group.multiplyBase(secret);
    const commitments = registration.commitments.map((/** @type {string} */ text) => group.pointFromHex(text));
    const place = { ceremony: world.key.settings, index: registration.index, round: registration.round };
    registration.transport_key = hexOf(key);
    registration.transport_proof = proofToList(provePossession(secret, transportPossession(place, commitments, key)));
  },
  "the colleagues are made up"(world, shown) {
    const { election, threshold, trustees } = world.key.settings;
    const made = generateKey(election, threshold, trustees);
    const own = shown.registrations[shown.index - 1];
    shown.registrations = Math.random() < 0.5 ? made.registrations : made.registrations.with(shown.index - 1, own);
    if (Math.random() < 0.5) shown.shares = made.received[shown.index - 1];
  },
  "a share is made up and signed with another key"(world, shown) {
    const { election, threshold, trustees } = world.key.settings;
    const made = generateKey(election, threshold, trustees);
    const i = random(shown.trustees);
    const { transcript } = world.key.files[0];
    shown.shares[i] = { ...made.sent[i][shown.index - 1], transcript };
  },
  "the manifest has another key"(world, shown) {
    if (shown.manifest) shown.manifest = new Lab({ ...world.key.settings, voters: 1, registrars: 0, witnesses: 0 }).manifest;
  },
};

/**
 * Changes one text or number somewhere inside.
 *
 * @param {Loose} value
 */
function change(value) {
  const keys = Object.keys(value ?? {}).filter((key) => value[key] !== null && value[key] !== "");
  if (keys.length === 0) return;
  const key = pick(keys);
  if (typeof value[key] === "object") change(value[key]);
  else if (typeof value[key] === "number") value[key] += pick([1, -1]);
  else if (typeof value[key] === "string") value[key] = changedText(value[key]);
}

/** @param {string} text */
function changedText(text) {
  const isLong = /^[0-9a-f]{64}$/.test(text);
  if (isLong && Math.random() < 0.5) return hexOf(group.multiplyBase(group.randomScalar()));
  if (isLong && Math.random() < 0.5) return group.scalarToHex(group.randomScalar());
  const place = random(text.length);
  return text.slice(0, place) + (text[place] === "0" ? "1" : "0") + text.slice(place + 1);
}

/**
 * What a step reads of what the server shows.
 *
 * @param {Step} step
 * @param {Loose} shown
 */
function readIn(step, { registrations, shares, manifest }) {
  if (step === "shares") return { registrations };
  return step === "confirm" ? { registrations, shares } : { shares, manifest };
}

/**
 * A lie about something that the step reads.
 *
 * @param {World} world
 * @param {Step} step
 * @param {number} index
 */
function inventLie(world, step, index) {
  for (;;) {
    const name = pick(Object.keys(LIES));
    const shown = world.truth(step, index);
    LIES[name](world, shown);
    const truth = world.truth(step, index);
    if (!same(readIn(step, shown), readIn(step, truth))) return { name, shown, truth };
  }
}

/**
 * One lie. Throws if a trustee went on with something untrue, accused an honest one, or shared one polynomial under
 * two transcripts.
 *
 * @param {World} world
 * @returns {string} how it was met
 */
export function tell(world) {
  const step = pick(STEPS);
  const index = 1 + random(world.key.settings.trustees);
  const { name, shown, truth } = inventLie(world, step, index);
  const { session, memory } = world.session(step, index);
  let outcome;
  try {
    outcome = session[step](shown, memory);
  } catch (error) {
    assert.ok(error instanceof TrusteeRefused, `${name} in ${step}: ${error}`);
    assert.notEqual(error.fault, "share", `${name} in ${step} accuses an honest trustee`);
    return "refused";
  }
  assert.notEqual(outcome.kind, "complaint", `${name} in ${step} leads to a complaint about an honest trustee`);
  return judge(world, { step, index, name, truth, shown, outcome });
}

/**
 * @param {World} world
 * @param {Loose} told
 */
function judge(world, { step, index, name, truth, shown, outcome }) {
  const sameRegistrations = same(shown.registrations, truth.registrations);
  if (step === "shares" && !sameRegistrations) {
    // Made-up colleagues can not be told from true ones, but nobody else accepts what was made for them.
    expectUseless(world, index, outcome);
    return "useless";
  }
  assert.equal(step, "endorse", `${name} in ${step} was not noticed`);
  assert.ok(same(shown.shares, truth.shares), `${name} in ${step} was not noticed`);
  // Another name of a trustee makes another fingerprint, which people compare.
  assert.ok(same(keyIn(shown.manifest), keyIn(truth.manifest)), `${name} was endorsed`);
  assert.equal(JSON.parse(outcome.file).fingerprint, fingerprint(shown.manifest));
  return "another fingerprint";
}

/** @param {Loose} manifest */
function keyIn({ key }) {
  return { ...key, trustees: key.trustees.map((/** @type {Loose} */ trustee) => ({ ...trustee, name: "" })) };
}

/**
 * @param {World} world
 * @param {number} index
 * @param {Loose} outcome shares under another transcript
 */
function expectUseless(world, index, outcome) {
  for (let other = 1; other <= world.key.settings.trustees; other += 1) {
    if (other === index) continue;
    const { session, memory } = world.session("confirm", other);
    const shown = world.truth("confirm", other);
    shown.shares[index - 1] = outcome.message[other - 1];
    assert.throws(() => session.confirm(shown, memory), (error) => error instanceof TrusteeRefused && error.fault === "altered");
  }
  // And this trustee does not go on with the true colleagues, neither with the new file nor with the old one.
  for (const text of [outcome.file, keyFileText(world.key.fresh[index - 1])]) {
    const session = new TrusteeSession();
    session.choose(text, world.truth("shares", index));
    for (const step of /** @type {const} */ (["shares", "confirm"])) {
      const again = () => session[step](world.truth(step, index), outcome.memory);
      assert.throws(again, (error) => error instanceof TrusteeRefused && ["transcript", "file-old"].includes(error.fault));
    }
  }
}

/**
 * @param {unknown} one
 * @param {unknown} other
 */
function same(one, other) {
  return encode(one) === encode(other);
}

/**
 * @param {number} lies
 * @returns {Record<string, number>} how often each way of meeting a lie occurred
 */
export function tellMany(lies) {
  const worlds = [[1, 1], [1, 2], [2, 2], [2, 3], [3, 3]].map(([k, n]) => new World(k, n));
  /** @type {Record<string, number>} */
  const met = {};
  for (let i = 0; i < lies; i += 1) {
    const how = tell(worlds[i % worlds.length]);
    met[how] = (met[how] ?? 0) + 1;
  }
  return met;
}

if (process.argv[1]?.endsWith("lying-server.js")) console.log(tellMany(Number(process.argv[2] ?? 10_000)));
