import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { getJson, postForm, postJson, postJsonText, Refused, Unreachable } from "../../static/js/http.js";

const realFetch = globalThis.fetch;

/** @type {{url: unknown, options: RequestInit}[]} */
let requests = [];

afterEach(() => {
  globalThis.fetch = realFetch;
  requests = [];
});

/** @param {() => Response | Promise<Response>} answer */
function answering(answer) {
  globalThis.fetch = async (url, options = {}) => {
    requests.push({ url, options });
    return answer();
  };
}

/** @param {RequestInit} options */
function headersOf(options) {
  return new Headers(options.headers);
}

test("a JSON object is read, with the session's cookie and without following a redirect", async () => {
  answering(() => Response.json({ state: "open" }));

  const answer = await getJson("/state/");

  assert.deepEqual(answer, { state: "open" });
  const [{ url, options }] = requests;
  assert.equal(url, "/state/");
  assert.deepEqual([options.method, options.credentials, options.redirect], ["GET", "same-origin", "manual"]);
  assert.equal(headersOf(options).get("Accept"), "application/json");
  assert.equal(headersOf(options).get("X-CSRFToken"), null);
});

test("a value is posted as JSON with the token", async () => {
  answering(() => Response.json({}));

  await postJson("/message/", { index: 1 }, { csrfToken: "t0ken" });

  const [{ options }] = requests;
  assert.equal(options.method, "POST");
  assert.equal(options.body, '{"index":1}');
  assert.equal(headersOf(options).get("Content-Type"), "application/json");
  assert.equal(headersOf(options).get("X-CSRFToken"), "t0ken");
});

test("a text that is JSON already is posted byte for byte", async () => {
  answering(() => Response.json({}));

  await postJsonText("/cast/", '{"a":1, "a":2}', { csrfToken: "t0ken" });

  assert.equal(requests[0].options.body, '{"a":1, "a":2}');
});

test("a form is posted as it is, and the browser names its type", async () => {
  answering(() => Response.json({}));
  const form = new URLSearchParams({ tracker: "ab" });

  await postForm("/spoil/", form, { csrfToken: "t0ken" });

  const [{ options }] = requests;
  assert.equal(options.body, form);
  assert.equal(headersOf(options).get("Content-Type"), null);
  assert.equal(headersOf(options).get("X-CSRFToken"), "t0ken");
});

test("no connection is Unreachable, and says why", async () => {
  const cause = new TypeError("fetch failed");
  answering(() => Promise.reject(cause));

  await assert.rejects(getJson("/state/"), (error) => error instanceof Unreachable && error.cause === cause);
});

test("an aborted request is Unreachable", async () => {
  globalThis.fetch = (_url, options) => Promise.reject(options?.signal?.reason);

  const request = postJson("/ticket/", {}, { signal: AbortSignal.abort() });

  await assert.rejects(request, Unreachable);
});

test("a redirect is the answer of a session that has ended", async () => {
  const redirect = Object.defineProperty(Response.json({}), "type", { value: "opaqueredirect" });
  answering(() => redirect);

  await assert.rejects(getJson("/state/"), (error) => error instanceof Refused && error.status === 401);
});

test("another status is Refused, with the status and what the body says", async () => {
  answering(() => Response.json({ code: "closed", message: "It is closed.", retry_after: 3 }, { status: 409 }));

  await assert.rejects(getJson("/cast/"), (error) => {
    assert.ok(error instanceof Refused);
    assert.equal(error.status, 409);
    assert.equal(error.body.retry_after, 3);
    assert.deepEqual([error.text("message"), error.text("retry_after"), error.text("missing")], ["It is closed.", "", ""]);
    return true;
  });
});

for (const [name, body] of [
  ["a page", "<!doctype html>"],
  ["nothing", ""],
  ["a list", "[1]"],
  ["null", "null"],
]) {
  test(`${name} in place of a JSON object is Refused, also with status 200`, async () => {
    answering(() => new Response(body, { status: 200 }));

    await assert.rejects(getJson("/state/"), (error) => {
      assert.ok(error instanceof Refused);
      assert.equal(error.status, 200);
      assert.deepEqual(error.body, {});
      return true;
    });
  });
}
