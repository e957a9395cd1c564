// The states of the capture page and every way between them. Pure: an event in, the next state out.

/**
 * @typedef {object} Model
 * @property {string} state
 * @property {number} reconnects how often the connection was taken up again
 * @property {string} reason which words go with "refused"
 * @property {number} retryAfter seconds until the next try
 * @property {number} place in the queue
 */

/**
 * What happens to the page. `why` is the state that it leads to, or what closing meant.
 *
 * @typedef {{type: "start"}
 *   | {type: "unusable", why: string}
 *   | {type: "camera-ready", photos?: boolean}
 *   | {type: "camera-failed", why: string}
 *   | {type: "ticket-refused", why: string, retryAfter?: number}
 *   | {type: "place", place: number}
 *   | {type: "ready"}
 *   | {type: "verdict", verified: boolean, reason?: string, retryAfter?: number}
 *   | {type: "closed", why: string}
 *   | {type: "retry"}
 *   | {type: "hidden"}
 *   | {type: "stop"}
 *   | {type: "phone"}
 *   | {type: "phone-refused", why: string, retryAfter?: number}
 *   | {type: "phone-verified"}
 *   | {type: "no-phone"}
 *   | {type: "anew"}} CaptureEvent
 */

/** @typedef {CaptureEvent["type"]} EventType */

export const MAX_RECONNECTS = 3;
const DEFAULT_WAIT_SECONDS = 30;

/** In these states the camera is on. Leaving them turns it off. */
const LIVE = new Set(["starting", "tap-needed", "connecting", "waiting", "queued", "capturing", "reconnecting", "photos"]);

const FINAL = new Set(["verified"]);

/** While the socket is being opened or is open. */
const CONNECTED = ["connecting", "waiting", "capturing"];

/** @type {Record<string, string>} */
const REASON_CLASS = {
  several_faces: "several_faces",
  stream: "stream",
  camera: "camera",
  light_unseen: "light",
  again: "again",
  no_match: "person",
  not_live: "person",
  challenge_failed: "person",
};

/** @param {string} state */
export function isLive(state) {
  return LIVE.has(state);
}

/** @returns {Model} */
export function begin() {
  return { state: "intro", reconnects: 0, reason: "", retryAfter: 0, place: 0 };
}

/**
 * @param {Model} model
 * @param {CaptureEvent} event
 * @returns {Model} the same object if the event changes nothing
 */
export function transition(model, event) {
  const handler = /** @type {(model: Model, event: CaptureEvent) => Model} */ (HANDLERS[event.type]);
  return handler(model, event);
}

/** @type {{[Type in EventType]: (model: Model, event: Extract<CaptureEvent, {type: Type}>) => Model}} */
const HANDLERS = {
  start(model) {
    if (isLive(model.state) || FINAL.has(model.state)) return model;
    return { ...begin(), state: "starting" };
  },

  /** What was verified is used up or for another ballot. */
  anew(model) {
    return FINAL.has(model.state) ? begin() : model;
  },

  unusable(model, { why }) {
    return { ...model, state: why };
  },

  "camera-ready"(model, { photos }) {
    if (!["starting", "tap-needed"].includes(model.state)) return model;
    return { ...model, state: photos ? "photos" : "connecting" };
  },

  "camera-failed"(model, { why }) {
    return isLive(model.state) ? { ...model, state: why } : model;
  },

  "ticket-refused"(model, { why, retryAfter = 0 }) {
    if (model.state !== "connecting") return model;
    return why === "lost" ? lost(model) : { ...model, state: why, retryAfter };
  },

  place(model, { place }) {
    if (!["connecting", "waiting"].includes(model.state)) return model;
    return { ...model, state: "waiting", place };
  },

  ready(model) {
    if (!["connecting", "waiting"].includes(model.state)) return model;
    return { ...model, state: "capturing" };
  },

  verdict(model, { verified, reason = "", retryAfter = 0 }) {
    if (!CONNECTED.includes(model.state)) return model;
    if (verified) return { ...model, state: "verified" };
    if (reason === "timed_out") return { ...model, state: "timed-out", retryAfter };
    return { ...model, state: "refused", reason: REASON_CLASS[reason] ?? "again", retryAfter };
  },

  closed(model, { why }) {
    if (!CONNECTED.includes(model.state)) return model;
    if (why === "unopened") return lost(model, "connection-blocked");
    return why === "lost" ? lost(model) : closed(model, why);
  },

  retry(model) {
    if (!["reconnecting", "queued"].includes(model.state)) return model;
    return { ...model, state: "connecting" };
  },

  hidden(model) {
    return isLive(model.state) ? { ...model, state: "paused" } : model;
  },

  /** Another device takes the face step for this page. */
  phone(model) {
    return FINAL.has(model.state) ? model : { ...begin(), state: "phone" };
  },

  "phone-refused"(model, { why, retryAfter = 0 }) {
    return model.state === "phone" ? { ...model, state: why, retryAfter } : model;
  },

  "phone-verified"(model) {
    return model.state === "phone" ? { ...model, state: "verified" } : model;
  },

  "no-phone"(model) {
    return model.state === "phone" ? begin() : model;
  },

  stop(model) {
    return isLive(model.state) ? begin() : model;
  },
};

/**
 * @param {Model} model
 * @param {string} [atLast] the state when it has been tried often enough
 * @returns {Model}
 */
function lost(model, atLast = "connection-lost") {
  if (model.reconnects >= MAX_RECONNECTS) return { ...model, state: atLast };
  return { ...model, state: "reconnecting", reconnects: model.reconnects + 1 };
}

/**
 * @param {Model} model
 * @param {string} why
 * @returns {Model}
 */
function closed(model, why) {
  switch (why) {
    case "full":
      return { ...model, state: "queued" };
    case "too-many-tries":
      return { ...model, state: "too-many-tries", retryAfter: DEFAULT_WAIT_SECONDS };
    case "unanswered":
      return { ...model, state: "connection-blocked" };
    case "broken":
      return { ...model, state: "refused", reason: "again", retryAfter: 0 };
    default:
      return { ...model, state: why };
  }
}
