// Whole elections of format 2, made by the browser's own modules, for tests and vectors.

import { encryptBallot } from "../../../static/js/crypto/ballot.js";
import { credentialOf } from "../../../static/js/crypto/codes.js";
import { bytesFromHex, encode, hexOf } from "../../../static/js/crypto/encode.js";
import * as group from "../../../static/js/crypto/group.js";
import { fingerprint, readManifest } from "../../../static/js/crypto/manifest.js";
import { proofToList, provePossession } from "../../../static/js/crypto/proofs.js";
import * as ceremony from "../../../static/js/crypto/trustees/ceremony.js";
import { newKeyFile } from "../../../static/js/crypto/trustees/key-file.js";

/** @import { Election } from "../../../static/js/crypto/manifest.js" */

export const HOUR = "2026-11-24T09:00Z";
const OFFICIALS = ["Official 1", "Official 2"];
const START = "0".repeat(64);

/** @param {number} amount */
const numbers = (amount) => Array.from({ length: amount }, (_, i) => i + 1);

/**
 * The manifests and messages of tests have any shape: what is wrong with them is what is tested.
 * @typedef {any} Loose
 */

/**
 * @param {string} election
 * @param {number} threshold
 * @param {number} trustees
 */
export function generateKey(election, threshold, trustees) {
  const settings = { election, threshold, trustees };
  const fresh = numbers(trustees).map((index) => newKeyFile(settings, index));
  const registrations = fresh.map((file) => ceremony.register(file));
  const files = fresh.map((file) => ceremony.bind(file, registrations));
  const sent = files.map((file) => ceremony.makeShares(file, registrations));
  const received = files.map((_, i) => sent.map((row) => row[i]));
  const confirmations = files.map((file, i) => ceremony.confirm(file, registrations, received[i]));
  return { settings, fresh, files, registrations, sent, received, confirmations };
}

/**
 * @param {ReturnType<typeof generateKey>} key
 * @param {string} mode
 */
export function keyOf({ settings, registrations, confirmations }, mode = "trustees") {
  const parts = registrations.map(({ commitments }) => group.pointFromHex(commitments[0]));
  return {
    mode,
    public_key: hexOf(group.sum(parts)),
    threshold: settings.threshold,
    trustees: registrations.map(({ commitments, proof, round, transport_key, transport_proof }, i) => ({
      commitments, confirmation: confirmations[i].proof, name: `Trustee ${i + 1}`, proof, round, transport_key,
      transport_proof,
    })),
  };
}

/**
 * @param {bigint} secret
 * @param {[string, ...group.HashPart[]]} statement without the key
 */
export function sign(secret, statement) {
  return proofToList(provePossession(secret, [...statement, group.multiplyBase(secret)]));
}

export const CONTESTS = [
  {
    blank: false, description: null, groups: [], id: "board", max: 2, min: 0, title: { de: "Vorstand", en: "Board" },
    choices: ["ann", "bo", "cem"].map((id) => ({
      id, party: null, pictures: [], statement: null, title: { de: `Name ${id}`, en: `Name ${id}` },
    })),
  },
  {
    blank: true, description: { de: "Eine\nFrage", en: "A\nquestion" }, groups: ["north"], id: "budget", max: 1, min: 1,
    title: { de: "Haushalt", en: "Budget" },
    choices: ["yes", "no"].map((id) => ({
      id, party: { de: "–", en: "–" }, pictures: [], statement: null, title: { de: id, en: id },
    })),
  },
];

/** A whole election whose board can be written event by event. */
export class Lab {
  /**
   * @param {{threshold?: number, trustees?: number, voters?: number, registrars?: number, witnesses?: number,
   *   quorum?: number, changes?: Loose}} [options] `changes` of the manifest
   */
  constructor({ threshold = 2, trustees = 3, voters = 3, registrars = 1, witnesses = 1, quorum = witnesses, changes = {} } = {}) {
    this.id = "lab-election";
    this.key = generateKey(this.id, threshold, trustees);
    this.boardSecret = group.randomScalar();
    this.registrarSecrets = numbers(registrars).map(() => group.randomScalar());
    this.witnessSecrets = numbers(witnesses).map(() => group.randomScalar());
    this.voters = numbers(voters).map((number) => this.#voter(number));
    /** @type {Loose[][]} */
    this.roll = this.voters.map(({ row }) => row).sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
    /** @type {Loose} */
    this.manifest = this.#manifest(quorum, changes);
    this.lines = /** @type {string[]} */ ([]);
    this.hour = HOUR;
  }

  /** @param {number} number */
  #voter(number) {
    const codes = this.registrarSecrets.map(() => crypto.getRandomValues(new Uint8Array(16)));
    const points = codes.map((code, i) => hexOf(credentialOf(this.id, i + 1, code).point));
    const credential = points[0] ?? `voter-${number}`;
    const voterGroup = number % 2 ? "north" : "south";
    return { credential, group: voterGroup, codes, points, keys: points.slice(1), row: [credential, `Voter ${number}`, voterGroup, points.slice(1)] };
  }

  /**
   * @param {number} quorum
   * @param {Loose} changes
   */
  #manifest(quorum, changes) {
    const registrars = this.registrarSecrets.map((secret, i) => {
      const points = this.voters.map((voter) => voter.points[i]).sort();
      const covered = bytesFromHex(group.sha256Hex(encode({ format: "facevote-points-2", points })));
      const signature = sign(secret, ["facevote-2/registrar-roll", this.id, i + 1, covered]);
      return { key: hexOf(group.multiplyBase(secret)), name: `Registrar ${i + 1}`, signature };
    });
    const list = this.witnessSecrets.map((secret, i) => ({ key: hexOf(group.multiplyBase(secret)), name: `Witness ${i + 1}` }));
    return {
      board_key: hexOf(group.multiplyBase(this.boardSecret)),
      closes: "2026-12-01T18:00Z",
      contests: CONTESTS,
      description: null,
      face: { each_ballot: true, movements: "always" },
      format: "facevote-election-2",
      id: this.id,
      key: keyOf(this.key),
      languages: ["de", "en"],
      least: 1,
      opens: null,
      purpose: "real",
      registrars,
      revote: true,
      roll: group.sha256Hex(encode({ format: "facevote-roll-2", voters: this.roll })),
      title: { de: "Wahl", en: "Élection 選挙" },
      voters: "alias",
      witnesses: { list, quorum },
      ...changes,
    };
  }

  /** @returns {Election} */
  get election() {
    return readManifest(this.manifest);
  }

  get print() {
    return bytesFromHex(fingerprint(this.manifest));
  }

  /** The board file. */
  get file() {
    return new TextEncoder().encode(this.lines.map((line) => `${line}\n`).join(""));
  }

  get prev() {
    const last = this.lines.at(-1);
    return last === undefined ? START : group.sha256Hex(last);
  }

  /**
   * @param {string} kind
   * @param {Loose} body
   */
  add(kind, body) {
    this.lines.push(encode({ body, hour: this.hour, kind, prev: this.prev, seq: this.lines.length }));
    return this;
  }

  open() {
    return this.add("open", { manifest: this.manifest, roll: this.roll });
  }

  head() {
    return this.add("head", { signature: this.signHead().signature });
  }

  /** A head that says what the board is now. */
  signHead() {
    const [count, hash] = [this.lines.length, this.prev];
    const signature = sign(this.boardSecret, ["facevote-2/head", this.print, count, bytesFromHex(hash), this.hour]);
    return { count, election: hexOf(this.print), format: "facevote-head-2", hash, hour: this.hour, signature };
  }

  /** @param {number} [number] of the witness */
  witness(number = 1) {
    const { count, hash } = this.signHead();
    const secret = this.witnessSecrets[number - 1];
    const signature = sign(secret, ["facevote-2/witness", this.print, count, bytesFromHex(hash), this.hour]);
    return this.add("witness", { count, hash, hour: this.hour, signature, witness: number });
  }

  /** The key files after the key check. */
  endorsements() {
    return this.key.files.map((file, i) => ceremony.endorse(file, this.election, this.key.received[i]));
  }

  /** @param {number[]} [trustees] */
  endorse(trustees = numbers(this.key.settings.trustees)) {
    const all = this.endorsements();
    for (const trustee of trustees) this.add("endorse", { signature: all[trustee - 1].signature, trustee });
    return this;
  }

  /** @param {number[]} trustees */
  waive(trustees) {
    return this.add("waive", { approved_by: OFFICIALS, trustees });
  }

  /**
   * @param {number} voter from 1
   * @param {Loose} selections
   */
  encrypt(voter, selections) {
    return encryptBallot(this.election, this.voters[voter - 1], selections);
  }

  /**
   * @param {{text: string, tracker: string}} made
   * @param {string | null} [supersedes]
   */
  cast({ text, tracker }, supersedes = null) {
    return this.add("ballot", { ballot: JSON.parse(text), supersedes, tracker });
  }

  /** The usual ballots: one for each voter. */
  vote() {
    this.voters.forEach(({ group: voterGroup }, i) => {
      const board = [["ann"], ["bo", "cem"], []][i % 3];
      this.cast(this.encrypt(i + 1, voterGroup === "north" ? { board, budget: i % 3 ? ["no"] : null } : { board }));
    });
    return this;
  }

  /** All bodies on the board. @returns {Loose[]} */
  get events() {
    return this.lines.map((line) => JSON.parse(line));
  }

  /** The ballots that count, each voter's last. @returns {Loose[]} */
  get counted() {
    const cast = this.events.filter(({ kind }) => kind === "ballot").map(({ body }) => body.ballot);
    return [...new Map(cast.map((ballot) => [ballot.credential, ballot])).values()];
  }

  close() {
    const ballots = this.events.filter(({ kind }) => kind === "ballot").length;
    return this.add("close", { ballots, counted: this.counted.length });
  }

  tally() {
    const contests = this.manifest.contests.map((/** @type {Loose} */ { id, choices, blank }) => {
      const answers = this.counted.flatMap(({ contests: all }) => all.filter((/** @type {Loose} */ item) => item.id === id));
      const sums = numbers(choices.length + Number(blank)).map((_, place) =>
        [0, 1].map((half) => hexOf(group.sum(answers.map(({ ciphertexts }) => group.pointFromHex(ciphertexts[place][half]))))),
      );
      return { counted: answers.length, id, sums };
    });
    return this.add("tally", { contests, counted: this.counted.length });
  }

  /** An election with its ballots, up to the tally. */
  untilTally() {
    this.open().head().endorse().vote().close().head();
    this.manifest.witnesses.list.forEach((/** @type {unknown} */ _, /** @type {number} */ i) => this.witness(i + 1));
    return this.tally();
  }
}

