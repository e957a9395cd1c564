// The messages between this page and the verification socket. docs/protocol.md describes both sides. Pure.

/** @import { CameraDescription } from "./camera.js" */

export const VERSION = 1;
export const HEADER_BYTES = 16;
export const MAX_FRAME_BYTES = 200 * 1024;

const STAGES = ["match", "challenge"];
/** A head that went too far is shown beyond its goal. */
export const MAX_REACHED = 1.4;
const LABEL_LENGTH = 100;
const LOW_32 = 2 ** 32;

/** @typedef {{step: number, sequence: number, milliseconds: number}} FrameHeader */

/** @typedef {{left: number, top: number, right: number, bottom: number}} Box in fractions of the frame */

/**
 * A movement or a light that is asked for. `reached` is 1 at the goal.
 * @typedef {{kind: string, target: number, reached: number, secondsLeft: number}} Challenge
 */

/** @typedef {{type: "ready", framesNeeded: number, seconds: number, maxBytes: number, step: number}} ReadyMessage */

/** @typedef {{type: "place", place: number}} PlaceMessage the place in the queue */

/**
 * The reply to a frame.
 *
 * @typedef {object} FrameMessage
 * @property {"frame"} type
 * @property {number} sequence
 * @property {Box | null} box of the face
 * @property {string} hint
 * @property {number} progress from 0 to 1
 * @property {string} stage
 * @property {number} step
 * @property {Challenge | null} challenge
 */

/**
 * @typedef {{type: "verdict", verified: true, next: string}
 *   | {type: "verdict", verified: false, reason: string, retryAfter: number}} VerdictMessage
 */

/** @typedef {ReadyMessage | PlaceMessage | FrameMessage | VerdictMessage} Message */

/** What came from the server does not follow the protocol. */
export class ProtocolError extends Error {}

/**
 * What the server means by closing. Every other code is a lost connection.
 * @type {Record<number, string>}
 */
const CLOSE_MEANING = {
  4400: "broken",
  4401: "signed-out",
  4403: "broken",
  4408: "timed-out",
  4413: "lost",
  4409: "lost",
  4429: "too-many-tries",
  4503: "full",
};

/**
 * @param {number} code
 * @returns {string}
 */
export function closeMeaning(code) {
  return CLOSE_MEANING[code] ?? "lost";
}

/**
 * version u8, step u8, reserved u16, sequence u32, milliseconds u64; big-endian.
 *
 * @param {FrameHeader} header
 * @returns {Uint8Array<ArrayBuffer>} 16 bytes
 */
export function encodeHeader({ step, sequence, milliseconds }) {
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, VERSION);
  view.setUint8(1, step);
  view.setUint16(2, 0);
  view.setUint32(4, sequence);
  view.setUint32(8, Math.floor(milliseconds / LOW_32));
  view.setUint32(12, Math.floor(milliseconds) % LOW_32);
  return bytes;
}

/**
 * @param {string} ticket
 * @param {CameraDescription} camera
 * @param {boolean} [light] whether the voter chose coloured light in place of some movements
 * @returns {string} JSON
 */
export function hello(ticket, camera, light = false) {
  return JSON.stringify({
    type: "hello",
    version: VERSION,
    ticket,
    camera: {
      label: String(camera.label ?? "").slice(0, LABEL_LENGTH),
      width: Math.round(camera.width ?? 0),
      height: Math.round(camera.height ?? 0),
      frame_rate: Math.round(camera.frameRate ?? 0),
    },
    light,
  });
}

/** @returns {string} JSON */
export function bye() {
  return JSON.stringify({ type: "bye" });
}

/**
 * The socket's address on the page's own host. Only a path is taken, so that no message can lead elsewhere.
 *
 * @param {unknown} path
 * @param {{protocol: string, host: string}} location
 * @returns {string}
 * @throws {ProtocolError} if it is not a path
 */
export function socketAddress(path, location) {
  if (typeof path !== "string" || !path.startsWith("/") || path.startsWith("//")) {
    throw new ProtocolError("the socket's path is not a path");
  }
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`;
}

/**
 * @param {unknown} text
 * @returns {Message}
 * @throws {ProtocolError} if it is not a message of the protocol
 */
export function parseMessage(text) {
  const message = objectOf(parse(text));
  switch (message.type) {
    case "ready":
      return readReady(message);
    case "place":
      return { type: "place", place: number(message.place, 0, 1e6) };
    case "frame":
      return readFrame(message);
    case "verdict":
      return readVerdict(message);
    default:
      throw new ProtocolError("unknown message");
  }
}

/**
 * @param {Record<string, unknown>} message
 * @returns {ReadyMessage}
 */
function readReady(message) {
  return {
    type: "ready",
    framesNeeded: number(message.frames_needed, 1, 1000),
    seconds: number(message.seconds, 1, 3600),
    maxBytes: number(message.max_bytes, 1024, MAX_FRAME_BYTES),
    step: number(message.step, 0, 255),
  };
}

/**
 * @param {Record<string, unknown>} message
 * @returns {FrameMessage}
 */
function readFrame(message) {
  return {
    type: "frame",
    sequence: number(message.sequence, 1, LOW_32),
    box: box(message.box),
    hint: word(message.hint),
    progress: number(message.progress, 0, 1),
    stage: oneOf(message.stage, STAGES),
    step: number(message.step, 0, 255),
    challenge: challenge(message.challenge),
  };
}

/**
 * @param {Record<string, unknown>} message
 * @returns {VerdictMessage}
 */
function readVerdict(message) {
  if (message.verified === true) return { type: "verdict", verified: true, next: localPath(message.next) };
  return {
    type: "verdict",
    verified: false,
    reason: word(message.reason),
    retryAfter: number(message.retry_after ?? 0, 0, 1e6),
  };
}

/**
 * @param {unknown} text
 * @returns {unknown}
 */
function parse(text) {
  if (typeof text !== "string") throw new ProtocolError("not text");
  try {
    return JSON.parse(text);
  } catch {
    throw new ProtocolError("not JSON");
  }
}

/**
 * @param {unknown} value
 * @returns {Record<string, unknown>}
 */
function objectOf(value) {
  if (typeof value !== "object" || value === null) throw new ProtocolError("not an object");
  return /** @type {Record<string, unknown>} */ (value);
}

/**
 * @param {unknown} value
 * @param {number} least
 * @param {number} most
 */
function number(value, least, most) {
  if (typeof value !== "number" || !(value >= least && value <= most)) {
    throw new ProtocolError("number out of range");
  }
  return value;
}

/** @param {unknown} value */
function word(value) {
  if (typeof value !== "string" || !/^[a-z_]{1,40}$/.test(value)) {
    throw new ProtocolError("not a word");
  }
  return value;
}

/**
 * @param {unknown} value
 * @param {string[]} allowed
 */
function oneOf(value, allowed) {
  if (typeof value !== "string" || !allowed.includes(value)) throw new ProtocolError("unknown word");
  return value;
}

/**
 * Fractions of the frame. A box may reach a little beyond its edge.
 *
 * @param {unknown} value
 * @returns {Box | null}
 */
function box(value) {
  if (value === null || value === undefined) return null;
  if (!Array.isArray(value) || value.length !== 4) throw new ProtocolError("not a box");
  const [left, top, right, bottom] = value.map((side) => number(side, -1, 2));
  return { left, top, right, bottom };
}

/**
 * @param {unknown} value
 * @returns {Challenge | null}
 */
function challenge(value) {
  if (value === null || value === undefined) return null;
  const asked = objectOf(value);
  return {
    kind: word(asked.kind),
    target: number(asked.target ?? 0, -360, 360),
    reached: number(asked.reached, 0, MAX_REACHED),
    secondsLeft: number(asked.seconds_left, 0, 3600),
  };
}

/**
 * @param {unknown} value
 * @returns {string} "" for everything but a path on this site
 */
function localPath(value) {
  return typeof value === "string" && /^\/(?![/\\])/.test(value) ? value : "";
}
