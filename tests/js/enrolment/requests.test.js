import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { post, upload } from "../../../static/js/enrolment/requests.js";

const fetched = globalThis.fetch;

afterEach(() => {
  globalThis.fetch = fetched;
});

/**
 * @param {number} status
 * @param {object} body
 */
function answering(status, body) {
  globalThis.fetch = async () => Response.json(body, { status });
}

const send = () => upload("/photos/", "token", new Blob(["x"]), "a.jpg");

for (const status of [201, 400, 507]) {
  test(`an upload answered with ${status} gives what is said of its file`, async () => {
    const said = { code: "no_room", error: "There is no room left on the server; nothing was stored." };
    answering(status, { files: [said] });

    assert.deepEqual(await send(), said);
  });
}

test("an answer without words is a refusal of the page's own", async () => {
  answering(500, {});

  await assert.rejects(send(), { words: "", phrase: "refused" });
});

test("a request without values is posted as a form that Django can read, with the token", async () => {
  /** @type {RequestInit | undefined} */
  let sent;
  globalThis.fetch = async (_url, options) => {
    sent = options;
    return Response.json({});
  };

  await post("/remove/", "token");

  const request = new Request("http://localhost/remove/", sent);
  assert.equal(await request.text(), "");
  assert.match(request.headers.get("Content-Type") ?? "", /^application\/x-www-form-urlencoded/);
  assert.equal(request.headers.get("X-CSRFToken"), "token");
});
