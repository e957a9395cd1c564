import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const CSS = readFileSync(new URL("../../../static/css/tokens.css", import.meta.url), "utf8");

/** The colours of the light scheme, and of the dark one where they differ. */
function schemes() {
  const dark = CSS.indexOf("prefers-color-scheme: dark");
  /**
   * @param {string} text
   * @returns {Record<string, string>}
   */
  const read = (text) => Object.fromEntries([...text.matchAll(/--([a-z-]+):\s*(#[0-9a-f]{6})/g)].map(([, name, colour]) => [name, colour]));
  const light = read(CSS.slice(0, dark));
  return { light, dark: { ...light, ...read(CSS.slice(dark)) } };
}

/** @param {string} colour as #rrggbb */
function luminance(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/**
 * The contrast of two colours as WCAG defines it.
 *
 * @param {string} first
 * @param {string} second
 */
function contrast(first, second) {
  const [dim, bright] = [luminance(first), luminance(second)].sort((a, b) => a - b);
  return (bright + 0.05) / (dim + 0.05);
}

const TEXTS = [
  ["ink", "paper"], ["ink", "surface"], ["ink", "sunken"],
  ["ink-soft", "paper"], ["ink-soft", "surface"], ["ink-soft", "sunken"],
  ["tint", "paper"], ["tint", "surface"], ["on-tint", "tint"], ["on-tint", "tint-strong"],
  ["success", "success-soft"], ["warning", "warning-soft"], ["danger", "danger-soft"],
  ["on-danger", "danger"], ["on-danger", "danger-strong"],
];
const EDGES = [["line-strong", "paper"], ["line-strong", "surface"], ["focus", "paper"]];

for (const [scheme, colours] of Object.entries(schemes())) {
  test(`every text can be read in the ${scheme} scheme`, () => {
    for (const [text, ground] of TEXTS) {
      const found = contrast(colours[text], colours[ground]);
      assert.ok(found >= 4.5, `${text} on ${ground}: ${found.toFixed(2)}`);
    }
  });

  test(`every control's edge can be seen in the ${scheme} scheme`, () => {
    for (const [edge, ground] of EDGES) {
      const found = contrast(colours[edge], colours[ground]);
      assert.ok(found >= 3, `${edge} on ${ground}: ${found.toFixed(2)}`);
    }
  });
}
