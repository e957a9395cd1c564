import assert from "node:assert/strict";
import test from "node:test";
import { Malformed } from "../../../static/js/crypto/shape.js";
import { folded, hourText, longText, momentText, plainText } from "../../../static/js/crypto/texts.js";

/** @param {number} code */
const sign = (code) => String.fromCodePoint(code);

for (const text of ["Zoë", "李 明", "A", "a".repeat(500), "𝄞".repeat(500), "no-break? no."]) {
  test(`${JSON.stringify(text.slice(0, 20))} is a plain text`, () => assert.equal(plainText(text), text));
}

const BAD = [
  "", " a", "a ", "a  b", "a\u0301", "a\nb", "a\u0000", "a\u007f", "a\u009f", "\ud800", "a\ue000", "a\ufdd0", "a\u{1ffff}",
  "\u00ad", "a\u034fb", "a\u200bb", "a\u202eb", "a\u2060b", "a\u2066b", "a\ufeffb", "a\u{e0041}b", "a\u3164b", "a\u180eb",
  "a\ufe0fb", "a\ufffbb", "a\u{1d173}b", "a\u{1bca0}b", "a\u00a0b", "a\u3000b", "a\u2003b", "a".repeat(501), 1, null, true, ["a"],
];
for (const value of BAD) {
  test(`${JSON.stringify(value)?.slice(0, 30)} is no plain text`, () => assert.throws(() => plainText(value), Malformed));
}

test("the first and the last of each forbidden range are refused, their neighbours are not", () => {
  const ranges = [
    [0xad, 0xad], [0x34f, 0x34f], [0x61c, 0x61c], [0x115f, 0x1160], [0x17b4, 0x17b5], [0x180b, 0x180f], [0x200b, 0x200f],
    [0x202a, 0x202e], [0x2060, 0x206f], [0x3164, 0x3164], [0xfe00, 0xfe0f], [0xfeff, 0xfeff], [0xffa0, 0xffa0],
    [0xfff0, 0xfffb], [0x1bca0, 0x1bca3], [0x1d173, 0x1d17a], [0xe0000, 0xe0fff],
  ];
  for (const [from, to] of ranges) {
    for (const code of [from, to]) assert.throws(() => plainText(`a${sign(code)}b`), Malformed, code.toString(16));
  }
  for (const code of [0xac, 0xae, 0x350, 0x61b, 0x115e, 0x1161, 0x17b6, 0x2010, 0x3163, 0xfe10, 0xfffc, 0x1d17b]) {
    const text = `a${sign(code)}b`;
    assert.equal(plainText(text.normalize("NFC")), text);
  }
});

test("a long text has lines of plain text, and may have empty ones inside", () => {
  assert.equal(longText("one\n\ntwo"), "one\n\ntwo");
  for (const text of ["", "\na", "a\n", "a\n b", "a\r\nb", "a".repeat(5001)]) assert.throws(() => longText(text), Malformed);
});

test("hours and moments name days that exist", () => {
  assert.equal(hourText("2028-02-29T23:00Z"), "2028-02-29T23:00Z");
  assert.equal(momentText("2026-11-24T09:30Z"), "2026-11-24T09:30Z");
  for (const text of ["2026-02-29T09:00Z", "2026-13-01T09:00Z", "2026-00-01T09:00Z", "2026-01-01T24:00Z", "1999-12-31T09:00Z", "2026-1-1T09:00Z", "2026-01-01T09:00Z\n", 5]) {
    assert.throws(() => hourText(text), Malformed);
  }
  assert.throws(() => hourText("2026-11-24T09:30Z"), Malformed);
  assert.throws(() => momentText("2026-11-24T09:60Z"), Malformed);
});

test("names that differ in case or width only are told to be one", () => {
  for (const [one, other] of [["Straße", "STRASSE"], ["ＡＢ", "ab"], ["Σίσυφος", "ΣΊΣΥΦΟΣ"], ["ẞ", "ss"]]) {
    assert.equal(folded(one), folded(other));
  }
  assert.notEqual(folded("ı"), folded("i"));
});
