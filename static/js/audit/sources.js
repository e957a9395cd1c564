// What people hand to the audit page: an opening as text or as a picture of its QR code, and the election's manifest
// from a board file, from an audit file, or alone.

import decodeQR from "../../vendor/qr/decode.js";
import { decode } from "../crypto/encode.js";

const LINE_FEED = 10;
const SLICE = 1024 * 1024;
/** Pictures of telephones are larger than a QR code needs. */
const MAX_SIDE = 1600;

/** What was given is not what the page can use. Codes: no-code, no-opening, no-manifest. */
export class NotUsable extends Error {
  /** @param {"no-code" | "no-opening" | "no-manifest"} code */
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/**
 * The opening in a text: the text of the QR code, or an audit file, which has the manifest as well.
 *
 * @param {string} text
 * @returns {{opening: unknown, manifest: unknown}} `manifest` is null if the text has none
 * @throws {NotUsable}
 */
export function openingIn(text) {
  const value = /** @type {Record<string, unknown> | null} */ (parsed(text));
  if (value?.format === "facevote-audit-2") return { opening: value.opening, manifest: value.manifest };
  if (value?.format === "facevote-opening-2") return { opening: value, manifest: null };
  throw new NotUsable("no-opening");
}

/**
 * The manifest in the first line of a board file, in an audit file, or in a file of its own.
 *
 * @param {Blob} file
 * @returns {Promise<unknown>}
 * @throws {NotUsable}
 */
export async function manifestIn(file) {
  const value = /** @type {any} */ (parsed(await firstLine(file)));
  const found = value?.kind === "open" ? value.body?.manifest : (value?.manifest ?? value);
  if (found?.format !== "facevote-election-2") throw new NotUsable("no-manifest");
  return found;
}

/**
 * A board file may be far larger than a telephone can hold; its manifest is in the first line.
 *
 * @param {Blob} file
 */
async function firstLine(file) {
  const parts = [];
  for (let start = 0; start < file.size; start += SLICE) {
    const bytes = new Uint8Array(await file.slice(start, start + SLICE).arrayBuffer());
    const end = bytes.indexOf(LINE_FEED);
    parts.push(end < 0 ? bytes : bytes.subarray(0, end));
    if (end >= 0) break;
  }
  return new TextDecoder("utf-8").decode(await new Blob(parts).arrayBuffer());
}

/** @param {string} text */
function parsed(text) {
  try {
    return decode(text.trim());
  } catch {
    return null;
  }
}

/**
 * The text of a QR code in a picture or in a frame of a video.
 *
 * @param {CanvasImageSource} image
 * @param {{width: number, height: number}} size
 * @returns {string}
 * @throws {NotUsable} with the code "no-code" if there is none
 */
export function readQr(image, size) {
  const scale = Math.min(1, MAX_SIDE / Math.max(size.width, size.height));
  const [width, height] = [Math.round(size.width * scale), Math.round(size.height * scale)];
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  try {
    if (!context) throw new TypeError("no canvas");
    context.drawImage(image, 0, 0, width, height);
    return decodeQR({ width, height, data: context.getImageData(0, 0, width, height).data });
  } catch (error) {
    throw Object.assign(new NotUsable("no-code"), { cause: error });
  }
}
