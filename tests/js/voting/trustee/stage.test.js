import assert from "node:assert/strict";
import { test } from "node:test";

import { stageOf } from "../../../../static/js/voting/trustee/stage.js";

/** @import { TrusteeState } from "../../../../static/js/voting/trustee/stage.js" */

const NOTHING_SENT = {
  registration: false, shares: false, complaint: false, confirmation: false, endorsement: false, partial: false,
};

/**
 * Only what decides the stage; the messages themselves are not looked at.
 *
 * @param {object} [changes]
 * @returns {TrusteeState}
 */
function stateWith(changes = {}) {
  const start = {
    election: "e", state: "draft", index: 1, threshold: 2, trustees: 2, registrations: [null, null],
    shares: [null, null], sent: NOTHING_SENT, complaints: [], people: [], manifest: null,
    board: null, waits_for_witnesses: false,
  };
  return { ...start, ...changes };
}

const registered = { ...NOTHING_SENT, registration: true };
const shared = { ...registered, shares: true };
const confirmed = { ...shared, confirmation: true };

test("a trustee registers first", () => {
  assert.equal(stageOf(stateWith()), "register");
});

test("shares are made when all have registered, and checked when all have sent theirs", () => {
  assert.equal(stageOf(stateWith({ sent: registered, registrations: [{}, null] })), "wait-others");
  assert.equal(stageOf(stateWith({ sent: registered, registrations: [{}, {}] })), "shares");
  assert.equal(stageOf(stateWith({ sent: shared, shares: [{}, null] })), "wait-others");
  assert.equal(stageOf(stateWith({ sent: shared, shares: [{}, {}] })), "confirm");
  assert.equal(stageOf(stateWith({ sent: confirmed })), "wait-election");
});

test("a complaint stops the ceremony for everybody", () => {
  assert.equal(stageOf(stateWith({ complaints: [{ by: 1, at_fault: 2 }] })), "stopped");
  assert.equal(stageOf(stateWith({ sent: confirmed, complaints: [{ by: 1, at_fault: 2 }] })), "stopped");
});

test("the key is checked once, before the election opens", () => {
  const endorsed = { ...confirmed, endorsement: true };

  assert.equal(stageOf(stateWith({ state: "frozen", sent: confirmed })), "key-check");
  assert.equal(stageOf(stateWith({ state: "frozen", sent: endorsed })), "wait-election");
  assert.equal(stageOf(stateWith({ state: "open", sent: endorsed })), "wait-election");
});

test("the board is decrypted when witnesses have signed its close, and the work is done afterwards", () => {
  assert.equal(stageOf(stateWith({ state: "closed", sent: confirmed })), "wait-election");
  assert.equal(stageOf(stateWith({ state: "closed", sent: confirmed, waits_for_witnesses: true })), "wait-witnesses");
  assert.equal(stageOf(stateWith({ state: "closed", sent: confirmed, board: "/b" })), "partial");
  assert.equal(stageOf(stateWith({ state: "closed", sent: { ...confirmed, partial: true }, board: "/b" })), "done");
  assert.equal(stageOf(stateWith({ state: "released", sent: confirmed })), "done");
});
