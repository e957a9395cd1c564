// Texts of a manifest in one of its languages. A page may import this: it needs no WebAssembly.

/** A text in each language of the election, or the only one of format 1. @typedef {Record<string, string> | string} Texts */

/**
 * A text in the language that somebody reads, or else in the election's first.
 *
 * @param {Texts | null} value
 * @param {string} language
 * @returns {string} "" for null
 */
export function inLanguage(value, language) {
  if (value === null || typeof value === "string") return value ?? "";
  return value[language.replaceAll("-", "_")] ?? Object.values(value)[0];
}
