import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { failureOf, missingAbility } from "../../../static/js/capture/camera.js";
import { refusalOf } from "../../../static/js/capture/socket.js";
import { begin, isLive, MAX_RECONNECTS, transition } from "../../../static/js/capture/states.js";

const TEMPLATE = readFileSync(new URL("../../../templates/biometrics/_capture.html", import.meta.url), "utf8");
const SHOWN = new Set([...TEMPLATE.matchAll(/data-state="([^"]+)"/g)].flatMap(([, names]) => names.split(" ")));

/** @import { CaptureEvent, Model } from "../../../static/js/capture/states.js" */

/**
 * @param {Model} model
 * @param {CaptureEvent[]} events
 */
const afterAll = (model, events) => events.reduce((now, event) => transition(now, event), model);
/** @param {...CaptureEvent} events */
const after = (...events) => afterAll(begin(), events);
/** @type {CaptureEvent[]} */
const CAMERA = [{ type: "start" }, { type: "camera-ready" }];
/** @type {CaptureEvent[]} */
const LIVE = [...CAMERA, { type: "ready" }];

test("from the button to the verdict", () => {
  assert.equal(after(...CAMERA).state, "connecting");
  assert.equal(after(...LIVE).state, "capturing");
  assert.equal(after(...LIVE, { type: "verdict", verified: true }).state, "verified");
});

test("every failure of the camera has a state of its own, and turns the camera off", () => {
  const errors = {
    NotAllowedError: "permission-refused",
    SecurityError: "permission-refused",
    NotFoundError: "no-camera",
    NotReadableError: "camera-busy",
    AbortError: "camera-busy",
    SomethingNew: "camera-busy",
  };
  for (const [name, state] of Object.entries(errors)) {
    const model = after({ type: "start" }, { type: "camera-failed", why: failureOf({ name }) });
    assert.equal(model.state, state);
    assert.ok(!isLive(model.state));
  }
});

test("a browser that cannot do it is told why before anybody presses a button", () => {
  assert.equal(missingAbility({ isSecureContext: false }), "insecure-context");
  assert.equal(missingAbility({ isSecureContext: true, navigator: {} }), "unsupported");
});

test("what the server says to the ticket leads to words", () => {
  /** @type {[status: number, answer: Record<string, unknown>, state: string][]} */
  const cases = [
    [429, { code: "too_many_tries", retry_after: 90 }, "too-many-tries"],
    [403, { code: "blocked" }, "blocked"],
    [403, { code: "no_reference" }, "not-enrolled"],
    [403, { code: "sign_in" }, "signed-out"],
    [409, { code: "consent_needed" }, "consent-needed"],
    [503, { code: "stopping" }, "queued"],
  ];
  for (const [status, answer, state] of cases) {
    const { why, retryAfter } = refusalOf(status, answer);
    const model = after(...CAMERA, { type: "ticket-refused", why, retryAfter });
    assert.equal(model.state, state);
    if (status === 429) assert.equal(model.retryAfter, 90);
  }
});

test("a broken connection is taken up again, and not for ever", () => {
  let model = after(...LIVE);
  for (let time = 0; time < MAX_RECONNECTS; time += 1) {
    model = transition(model, { type: "closed", why: "lost" });
    assert.equal(model.state, "reconnecting");
    model = afterAll(model, [{ type: "retry" }, { type: "ready" }]);
  }
  assert.equal(transition(model, { type: "closed", why: "lost" }).state, "connection-lost");
});

test("a socket that never opens is told from a connection that broke", () => {
  let model = after(...CAMERA);
  for (let time = 0; time < MAX_RECONNECTS; time += 1) {
    model = transition(model, { type: "closed", why: "unopened" });
    assert.equal(model.state, "reconnecting");
    model = transition(model, { type: "retry" });
  }
  assert.equal(transition(model, { type: "closed", why: "unopened" }).state, "connection-blocked");
  assert.equal(after(...CAMERA, { type: "closed", why: "unanswered" }).state, "connection-blocked");
});

test("a browser that waits for a tap keeps the camera on", () => {
  const model = after({ type: "start" }, { type: "camera-failed", why: "tap-needed" });
  assert.equal(model.state, "tap-needed");
  assert.ok(isLive(model.state));
  assert.equal(transition(model, { type: "camera-ready" }).state, "connecting");
});

test("a device's fault has words of its own", () => {
  for (const why of ["camera-silent", "camera-covered", "camera-frozen", "pictures-altered"]) {
    assert.ok(SHOWN.has(after(...LIVE, { type: "camera-failed", why }).state));
  }
  const slow = after(...LIVE, { type: "verdict", verified: false, reason: "camera" });
  assert.equal(slow.reason, "camera");
  assert.match(TEMPLATE, /data-reason="camera"/);
});

test("a full house is waited for and tried again by itself", () => {
  const queued = after(...CAMERA, { type: "closed", why: "full" });
  assert.equal(queued.state, "queued");
  assert.equal(transition(queued, { type: "retry" }).state, "connecting");
  const inLine = after(...CAMERA, { type: "place", place: 3 });
  assert.deepEqual([inLine.state, inLine.place], ["waiting", 3]);
  assert.equal(transition(inLine, { type: "ready" }).state, "capturing");
});

test("leaving the page turns the camera off, and one can start again", () => {
  const paused = after(...LIVE, { type: "hidden" });
  assert.equal(paused.state, "paused");
  assert.equal(transition(paused, { type: "start" }).state, "starting");
});

test("nothing leads away from a verdict, or out of a state that it does not belong to", () => {
  const verified = after(...LIVE, { type: "verdict", verified: true });
  /** @type {CaptureEvent[]} */
  const events = [
    { type: "start" }, { type: "hidden" }, { type: "stop" }, { type: "closed", why: "lost" }, { type: "retry" },
  ];
  for (const event of events) assert.equal(transition(verified, event).state, "verified");
  assert.equal(after({ type: "verdict", verified: true }).state, "intro");
  // The page that asked for it may need another one, for another ballot.
  assert.deepEqual(transition(verified, { type: "anew" }), begin());
  assert.equal(after(...LIVE, { type: "anew" }).state, "capturing");
  assert.equal(after({ type: "ready" }).state, "intro");
});

test("every state that can be reached is shown by the page", () => {
  /** @type {CaptureEvent[]} */
  const events = [
    { type: "start" },
    { type: "unusable", why: "unsupported" },
    { type: "unusable", why: "insecure-context" },
    { type: "camera-ready" },
    { type: "camera-ready", photos: true },
    ...["no-camera", "permission-refused", "camera-busy"].map((why) => ({ type: /** @type {const} */ ("camera-failed"), why })),
    ...["lost", "too-many-tries", "blocked", "not-enrolled", "signed-out", "consent-needed"].map((why) => ({
      type: /** @type {const} */ ("ticket-refused"),
      why,
    })),
    ...["full", "lost", "broken", "too-many-tries", "signed-out", "timed-out"].map((why) => ({ type: /** @type {const} */ ("closed"), why })),
    { type: "place", place: 1 },
    { type: "ready" },
    ...["timed_out", "no_match", "not_live", "challenge_failed", "stream", "again"].map((reason) => ({
      type: /** @type {const} */ ("verdict"),
      verified: false,
      reason,
    })),
    { type: "verdict", verified: true },
    { type: "retry" },
    { type: "hidden" },
    { type: "stop" },
  ];
  const seen = new Map([["intro", begin()]]);
  for (const model of seen.values()) {
    for (const event of events) {
      const next = transition(model, event);
      if (!seen.has(next.state)) seen.set(next.state, next);
    }
  }
  assert.ok(seen.size > 18);
  for (const state of seen.keys()) assert.ok(SHOWN.has(state), state);
});

test("a phone takes the face step for the page, from wherever it stands", () => {
  for (const events of [[], CAMERA, LIVE, [...CAMERA, { type: "closed", why: "lost" }]]) {
    const phone = after(.../** @type {CaptureEvent[]} */ (events), { type: "phone" });
    assert.equal(phone.state, "phone");
    assert.ok(!isLive(phone.state));
    assert.equal(transition(phone, { type: "hidden" }).state, "phone");
    assert.equal(transition(phone, { type: "phone-verified" }).state, "verified");
    assert.equal(transition(phone, { type: "no-phone" }).state, "intro");
    assert.equal(transition(phone, { type: "start" }).state, "starting");
  }
});

test("what a phone reports too late changes nothing", () => {
  assert.equal(after(...LIVE, { type: "phone-verified" }).state, "capturing");
  assert.equal(after({ type: "no-phone" }).state, "intro");
  assert.equal(after(...LIVE, { type: "verdict", verified: true }, { type: "phone" }).state, "verified");
});

test("a lock-out is told before a code is shown", () => {
  const refused = after({ type: "phone" }, { type: "phone-refused", why: "too-many-tries", retryAfter: 30 });
  assert.equal(refused.state, "too-many-tries");
  assert.equal(refused.retryAfter, 30);
});
