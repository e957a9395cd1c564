import assert from "node:assert/strict";
import test from "node:test";
import { hexOf } from "../../../../static/js/crypto/encode.js";
import * as group from "../../../../static/js/crypto/group.js";
import { holdsEquality, holdsPossession, proofFromList } from "../../../../static/js/crypto/proofs.js";
import { keyFileText } from "../../../../static/js/crypto/trustees/key-file.js";
import { pointsOfShare } from "../../../../static/js/crypto/trustees/messages.js";
import { emptyMemory } from "../../../../static/js/crypto/trustees/memory.js";
import { BoardRefused, TrusteeSession } from "../../../../static/js/crypto/trustees/session.js";
import { TrusteeRefused } from "../../../../static/js/crypto/trustees/refusals.js";
import * as statements from "../../../../static/js/crypto/trustees/statements.js";
import { withWrongShare } from "../dishonest.js";
import { Lab } from "../lab.js";
import { World } from "./lying-server.js";

/** @import { Loose } from "../lab.js" */
/** @import { Fault } from "../../../../static/js/crypto/trustees/refusals.js" */

/**
 * @param {Fault} fault
 * @param {number} [number]
 * @returns {(error: unknown) => boolean}
 */
const faultOf = (fault, number) => (error) =>
  error instanceof TrusteeRefused && error.fault === fault && (number === undefined || error.trustee === number);

const SHOWN = { election: "e", index: 1, threshold: 2, trustees: 3, registrations: [null, null, null], shares: [null, null, null], manifest: null };

test("every registration has a fresh seed and a fresh round, also when the ceremony begins anew on one page", () => {
  const session = new TrusteeSession();

  const [one, other] = [session.register(SHOWN), session.register({ ...SHOWN, threshold: 3 })];

  const [first, second] = [one, other].map(({ file }) => JSON.parse(file));
  assert.notEqual(first.seed, second.seed);
  assert.notEqual(first.round, second.round);
  for (const key of ["commitments", "transport_key", "round"]) {
    assert.notDeepEqual(/** @type {Loose} */ (one.message)[key], /** @type {Loose} */ (other.message)[key]);
  }
});

test("a key file of another registration is refused when it is chosen", () => {
  const world = new World(2, 3);
  const lost = new TrusteeSession().register(world.truth("shares", 3));

  for (const text of [lost.file, keyFileText(world.key.fresh[0]), "{}", "", "\ufeff{}"]) {
    assert.throws(() => new TrusteeSession().choose(text, world.truth("shares", 3)), faultOf("file"));
  }
});

test("a file from before the shares is refused at the key check, and one from before the key check at the count", () => {
  const world = new World(2, 2);
  const lab = new Lab({ witnesses: 0 }).untilTally();
  const session = new TrusteeSession();

  assert.throws(() => session.choose(keyFileText(world.key.fresh[0]), world.truth("endorse", 1)), faultOf("file-old"));
  session.choose(keyFileText(lab.key.files[0]), shownOf(lab, 1));
  assert.throws(() => session.checkBoard(lab.file, emptyMemory(), () => {}), faultOf("file-old"));
});

test("a share that its sender signed and that is wrong leads to a complaint, and then nothing more", () => {
  const { world, shown } = worldWithWrongShare();
  const { session, memory } = world.session("confirm", 2);

  const outcome = session.confirm(shown, memory);

  assert.deepEqual([outcome.kind, outcome.accused], ["complaint", 1]);
  for (const step of /** @type {const} */ (["shares", "confirm"])) {
    assert.throws(() => session[step](world.truth("confirm", 2), outcome.memory), faultOf("stopped"));
  }
  assert.ok(isJust(world, /** @type {Loose} */ (outcome.message)));
});

test("a share that the server altered is not complained about: nothing of it is published", () => {
  const world = new World(2, 3);
  const shown = world.truth("confirm", 2);
  shown.shares[0].sealed = group.scalarToHex((group.scalarFromHex(shown.shares[0].sealed) + 1n) % group.ORDER);
  const { session, memory } = world.session("confirm", 2);

  assert.throws(() => session.confirm(shown, memory), faultOf("altered", 1));
});

test("the altered share is not opened either where another share deserves a complaint", () => {
  const { world, shown } = worldWithWrongShare();
  shown.shares[2].sealed = shown.shares[0].sealed;
  const { session, memory } = world.session("confirm", 2);

  assert.throws(() => session.confirm(shown, memory), faultOf("altered", 3));
});

test("a trustee endorses one fingerprint only", () => {
  const world = new World(2, 2);
  const { session, memory } = world.session("endorse", 1);
  const checked = session.endorse(world.truth("endorse", 1), memory);
  const shown = world.truth("endorse", 1);
  shown.manifest.title = { de: "Andere", en: "Other" };
  const again = new TrusteeSession();
  again.choose(checked.file, shown);

  assert.throws(() => session.endorse(shown, memory), faultOf("fingerprint"));
  assert.throws(() => again.endorse(shown, emptyMemory()), faultOf("fingerprint"));
});

test("an older copy of the key file endorses no other fingerprint in the same browser", () => {
  const world = new World(2, 2);
  const { session, memory } = world.session("endorse", 1);
  const { memory: after } = session.endorse(world.truth("endorse", 1), memory);
  const shown = world.truth("endorse", 1);
  shown.manifest.title = { de: "Andere", en: "Other" };
  const { session: older } = world.session("endorse", 1);

  assert.throws(() => older.endorse(shown, after), faultOf("fingerprint"));
  assert.equal(older.endorse(world.truth("endorse", 1), after).kind, "endorsement");
});

test("two trustees decrypt a board, and its numbers are shown before", () => {
  const lab = new Lab({ witnesses: 2, changes: {} }).untilTally();
  const [, file] = filesOf(lab);

  const { session, numbers, outcome } = decrypt(lab, 2, file);

  const close = lab.lines.find((line) => line.includes('"kind":"close"')) ?? "";
  assert.deepEqual(numbers, { close: group.sha256Hex(close), counted: 3, ballots: 3, withheld: 0 });
  lab.add("decryption", outcome.message);
  assert.deepEqual(session.checkBoard(lab.file, outcome.memory, () => {}), numbers);
});

test("nothing is decrypted before the board was checked, nor from a board with an error", () => {
  const lab = new Lab({ witnesses: 0 }).untilTally();
  const [file] = filesOf(lab);
  const session = chosen(lab, 1, file);
  const wrong = structuredClone(lab.events.at(-1)?.body);
  lab.lines.pop();
  wrong.contests[0].sums.push(...wrong.contests[0].sums);
  lab.add("tally", wrong);

  assert.throws(() => session.decrypt(emptyMemory()), faultOf("board"));
  assert.throws(
    () => session.checkBoard(lab.file, emptyMemory(), () => {}),
    (error) => error instanceof BoardRefused && error.problem.code === "tally",
  );
  assert.throws(() => session.decrypt(emptyMemory()), faultOf("board"));
});

test("the server can have no other sums decrypted: extra, swapped, repeated or single ballots", () => {
  /** @type {((contests: Loose, lab: Lab) => void)[]} */
  const lies = [
    ([first], lab) => first.sums.push(...lab.counted[0].contests[0].ciphertexts),
    ([first]) => first.sums.reverse(),
    ([first]) => (first.sums[1] = first.sums[0]),
    ([first], lab) => (first.sums = lab.counted[0].contests[0].ciphertexts),
    (contests) => contests.push(contests[0]),
    (contests) => contests.reverse(),
    ([first]) => (first.counted += 1),
  ];
  for (const lie of lies) {
    const lab = new Lab({ witnesses: 0 }).untilTally();
    const { body } = lab.events.at(-1);
    lab.lines.pop();
    lie(body.contests, lab);
    lab.add("tally", body);

    assert.throws(() => chosen(lab, 1, filesOf(lab)[0]).checkBoard(lab.file, emptyMemory(), () => {}), BoardRefused);
  }
});

test("a second, different tally is refused, by the file and by the browser", () => {
  const lab = new Lab({ witnesses: 0 });
  lab.open().endorse().vote();
  const lines = [...lab.lines];
  const { outcome } = decrypt(finished(lab), 1, filesOf(lab)[0]);
  lab.lines = lines;
  lab.cast(lab.encrypt(1, { board: ["bo"], budget: ["yes"] }), trackerOfFirst(lab));
  finished(lab);

  assert.throws(() => decrypt(lab, 1, outcome.file), faultOf("decrypted"));
  const old = chosen(lab, 1, filesOf(lab)[0]);
  assert.throws(() => old.checkBoard(lab.file, outcome.memory, () => {}), faultOf("decrypted"));
});

test("the board of another election, and one without the witnesses' quorum, are refused", () => {
  const lab = new Lab({ witnesses: 1, quorum: 1 });
  const [file] = filesOf(lab);
  const other = new Lab({ witnesses: 0, changes: { least: 2 } }).untilTally();
  lab.open().endorse().vote().close().tally();

  assert.throws(() => chosen(lab, 1, file).checkBoard(other.file, emptyMemory(), () => {}), faultOf("fingerprint"));
  assert.throws(() => chosen(lab, 1, file).checkBoard(lab.file, emptyMemory(), () => {}), faultOf("quorum"));
});

test("a board without a tally is refused", () => {
  const lab = new Lab({ witnesses: 0 });
  lab.open().endorse().vote().close();

  assert.throws(() => chosen(lab, 1, filesOf(lab)[0]).checkBoard(lab.file, emptyMemory(), () => {}), faultOf("board"));
});

test("a contest with fewer ballots than the least is not decrypted", () => {
  const lab = new Lab({ witnesses: 0, changes: { least: 3 } }).untilTally();

  const { numbers, outcome } = decrypt(lab, 1, filesOf(lab)[0]);

  const [board, budget] = /** @type {Loose} */ (outcome.message).contests;
  assert.equal(numbers.withheld, 1);
  assert.equal(board.shares.length, 3);
  assert.deepEqual(budget.shares, []);
});

test("a decryption covers the close: on another history it does not hold", () => {
  const lab = new Lab({ witnesses: 0 }).untilTally();
  const { outcome } = decrypt(lab, 1, filesOf(lab)[0]);
  const { close } = JSON.parse(outcome.file).decrypted;
  const election = lab.election;
  const [contest] = lab.events.at(-1).body.contests;
  const [point, ...proof] = /** @type {Loose} */ (outcome.message).contests[0].shares[0];
  const [alpha, beta] = contest.sums[0].map((/** @type {string} */ text) => group.pointFromHex(text));
  const key = statements.verificationKey(1, statements.jointCommitments(election.trustees));
  const holds = (/** @type {string} */ hash) =>
    holdsEquality(
      proofFromList(proof),
      { publicPoint: key, secondBase: alpha, second: group.pointFromHex(point) },
      statements.decryption(
        election, { close: hash, contest: contest.id, position: 0, trustee: 1, key }, { alpha, beta }, group.pointFromHex(point),
      ),
    );

  assert.ok(holds(close));
  assert.ok(!holds("0".repeat(64)));
});

/** Trustee 1 is dishonest: it has sealed and signed a wrong share for trustee 2. */
function worldWithWrongShare() {
  const world = new World(2, 3);
  const shown = world.truth("confirm", 2);
  shown.shares[0] = withWrongShare(world.key, 1, 2);
  return { world, shown };
}

/**
 * Whether a complaint shows that its share is wrong, as everybody can find out.
 *
 * @param {World} world
 * @param {Loose} complaint
 */
function isJust(world, { proof, share, shared, transcript }) {
  const [sender] = world.key.registrations[share.from - 1].commitments.map((text) => group.pointFromHex(text));
  const points = pointsOfShare(share);
  const key = group.pointFromHex(world.key.registrations[share.to - 1].transport_key);
  const second = group.pointFromHex(shared);
  const signed = holdsPossession(proofFromList(share.signature), sender, statements.sharing(transcript, points, sender));
  const opened = holdsEquality(
    proofFromList(proof),
    { publicPoint: key, secondBase: points.nonce, second },
    statements.complaint(transcript, points, key, second),
  );
  const mask = group.hashToScalar(...statements.sealing(transcript, share, points.nonce, key, second));
  const commitments = world.key.registrations[share.from - 1].commitments.map((text) => group.pointFromHex(text));
  const value = group.mod(group.scalarFromHex(share.sealed) - mask);
  return signed && opened && hexOf(group.multiplyBase(value)) !== hexOf(group.evaluate(commitments, share.to));
}

/**
 * @param {Lab} lab
 * @param {number} index
 */
function shownOf(lab, index) {
  const { registrations, received, settings } = lab.key;
  return { ...settings, index, registrations, shares: received[index - 1], manifest: lab.manifest };
}

/** @param {Lab} lab */
function filesOf(lab) {
  return lab.endorsements().map(({ file }) => keyFileText(file));
}

/**
 * @param {Lab} lab
 * @param {number} index
 * @param {string} file
 */
function chosen(lab, index, file) {
  const session = new TrusteeSession();
  session.choose(file, shownOf(lab, index));
  return session;
}

/**
 * @param {Lab} lab
 * @param {number} index
 * @param {string} file
 */
function decrypt(lab, index, file) {
  const session = chosen(lab, index, file);
  const numbers = session.checkBoard(lab.file, emptyMemory(), () => {});
  return { session, numbers, outcome: session.decrypt(emptyMemory()) };
}

/** @param {Lab} lab */
function finished(lab) {
  return lab.close().tally();
}

/** @param {Lab} lab */
function trackerOfFirst(lab) {
  return lab.events.find(({ kind, body }) => kind === "ballot" && body.ballot.credential === lab.voters[0].credential)?.body.tracker;
}

