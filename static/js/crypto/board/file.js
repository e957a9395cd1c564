// A board file as it was downloaded: bytes, and the lines in them. docs/cryptography.md, sections 7 and 8.

/** The file is not the one that the server hands out. */
export class FileChanged extends Error {
  /** @param {"empty" | "compressed" | "byte-order-mark" | "line-ends"} code */
  constructor(code) {
    super(code);
    this.code = code;
  }
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const MARKS = [[0xef, 0xbb, 0xbf], [0xff, 0xfe], [0xfe, 0xff]];
const COMPRESSED = [[0x1f, 0x8b], [0x50, 0x4b, 0x03, 0x04], [0x28, 0xb5, 0x2f, 0xfd], [0x42, 0x5a, 0x68], [0xfd, 0x37, 0x7a]];

/**
 * Returns if nothing says that the file was changed on the way.
 *
 * @param {Uint8Array} bytes
 * @throws {FileChanged}
 */
export function checkFile(bytes) {
  /** @param {number[]} start */
  const beginsWith = (start) => start.every((byte, i) => bytes[i] === byte);
  if (bytes.length === 0) throw new FileChanged("empty");
  if (COMPRESSED.some(beginsWith)) throw new FileChanged("compressed");
  if (MARKS.some(beginsWith)) throw new FileChanged("byte-order-mark");
  // Canonical JSON has no carriage return.
  if (bytes.includes(CARRIAGE_RETURN)) throw new FileChanged("line-ends");
}

/**
 * The lines without their line feeds. The last one has `isWhole` false if its line feed is missing.
 *
 * @param {Uint8Array} bytes
 * @returns {Generator<{bytes: Uint8Array, isWhole: boolean}>}
 */
export function* linesOf(bytes) {
  let start = 0;
  while (start < bytes.length) {
    const end = bytes.indexOf(LINE_FEED, start);
    const isWhole = end >= 0;
    yield { bytes: bytes.subarray(start, isWhole ? end : bytes.length), isWhole };
    start = isWhole ? end + 1 : bytes.length;
  }
}
