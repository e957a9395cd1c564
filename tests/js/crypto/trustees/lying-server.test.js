import assert from "node:assert/strict";
import test from "node:test";
import { tellMany } from "./lying-server.js";

test("no lie of the server in any message leads to a key, a confirmation or a complaint about an honest trustee", () => {
  const met = tellMany(100);

  assert.ok(met.refused > 60);
});
