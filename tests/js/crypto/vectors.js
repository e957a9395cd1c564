import { readFileSync } from "node:fs";

export const vectors = JSON.parse(
  readFileSync(new URL("../../vectors/python.json", import.meta.url), "utf8"),
);

export const copy = (value) => structuredClone(value);
