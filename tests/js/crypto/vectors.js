// What the server's half made.

import { readFileSync } from "node:fs";

/**
 * @typedef {object} Vectors
 * @property {{text: string, scalar: string, point: string}[]} hashes
 * @property {{value: string, json: string}[]} texts
 */

/** @param {string} name */
const read = (name) => JSON.parse(readFileSync(new URL(`../../vectors/${name}`, import.meta.url), "utf8"));

/** @type {Vectors} */
export const vectors = read("python.json");

/** The same for format 1, made by the version that was the last to make such elections. */
export const firstVectors = read("format_1.json");
