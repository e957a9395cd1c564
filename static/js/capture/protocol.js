// The words between this page and the verification socket; docs/protocol.md tells both sides. Pure.

export const VERSION = 1;
export const HEADER_BYTES = 16;
export const MAX_FRAME_BYTES = 200 * 1024;

const STAGES = ["match", "challenge"];
/** A head that went too far is shown beyond its goal. */
export const MAX_REACHED = 1.4;
const LABEL_LENGTH = 100;
const LOW_32 = 2 ** 32;

export class ProtocolError extends Error {}

/** What the server means by closing; every other code is a lost connection. */
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

export function closeMeaning(code) {
  return CLOSE_MEANING[code] ?? "lost";
}

/** version u8, step u8, reserved u16, sequence u32, milliseconds u64; big-endian. */
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

export function decodeHeader(bytes) {
  if (bytes.byteLength < HEADER_BYTES) throw new ProtocolError("header too short");
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  return {
    version: view.getUint8(0),
    step: view.getUint8(1),
    reserved: view.getUint16(2),
    sequence: view.getUint32(4),
    milliseconds: view.getUint32(8) * LOW_32 + view.getUint32(12),
  };
}

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

export function bye() {
  return JSON.stringify({ type: "bye" });
}

/** The socket's address on the page's own host: a path only, so that no message can lead elsewhere. */
export function socketAddress(path, location) {
  if (typeof path !== "string" || !path.startsWith("/") || path.startsWith("//")) {
    throw new ProtocolError("the socket's path is not a path");
  }
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`;
}

export function parseMessage(text) {
  const message = parseObject(text);
  const read = READERS[message.type];
  if (!read) throw new ProtocolError("unknown message");
  return { type: message.type, ...read(message) };
}

const READERS = {
  ready: (message) => ({
    framesNeeded: number(message.frames_needed, 1, 1000),
    seconds: number(message.seconds, 1, 3600),
    maxBytes: number(message.max_bytes, 1024, MAX_FRAME_BYTES),
    step: number(message.step, 0, 255),
  }),
  place: (message) => ({ place: number(message.place, 0, 1e6) }),
  frame: (message) => ({
    sequence: number(message.sequence, 1, LOW_32),
    box: box(message.box),
    hint: word(message.hint),
    progress: number(message.progress, 0, 1),
    stage: oneOf(message.stage, STAGES),
    step: number(message.step, 0, 255),
    challenge: challenge(message.challenge),
  }),
  verdict: (message) =>
    message.verified === true
      ? { verified: true, next: localPath(message.next) }
      : {
          verified: false,
          reason: word(message.reason),
          retryAfter: number(message.retry_after ?? 0, 0, 1e6),
        },
};

function parseObject(text) {
  if (typeof text !== "string") throw new ProtocolError("not text");
  try {
    const message = JSON.parse(text);
    if (message && typeof message === "object") return message;
  } catch {
    throw new ProtocolError("not JSON");
  }
  throw new ProtocolError("not an object");
}

function number(value, least, most) {
  if (typeof value !== "number" || !(value >= least && value <= most)) {
    throw new ProtocolError("number out of range");
  }
  return value;
}

function word(value) {
  if (typeof value !== "string" || !/^[a-z_]{1,40}$/.test(value)) {
    throw new ProtocolError("not a word");
  }
  return value;
}

function oneOf(value, allowed) {
  if (!allowed.includes(value)) throw new ProtocolError("unknown word");
  return value;
}

/** Fractions of the frame; a box may reach a little beyond its edge. */
function box(value) {
  if (value === null || value === undefined) return null;
  if (!Array.isArray(value) || value.length !== 4) throw new ProtocolError("not a box");
  const [left, top, right, bottom] = value.map((side) => number(side, -1, 2));
  return { left, top, right, bottom };
}

function challenge(value) {
  if (value === null || value === undefined) return null;
  return {
    kind: word(value.kind),
    target: number(value.target ?? 0, -360, 360),
    reached: number(value.reached, 0, MAX_REACHED),
    secondsLeft: number(value.seconds_left, 0, 3600),
  };
}

export function localPath(value) {
  const own = typeof value === "string" && /^\/(?![/\\])/.test(value);
  return own ? value : "";
}
