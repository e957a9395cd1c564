// The states of the capture page and every way between them. Pure: an event in, the next state out.

export const MAX_RECONNECTS = 3;

/** While in one of these the camera is on; leaving them turns it off. */
const LIVE = new Set(["starting", "connecting", "waiting", "queued", "capturing", "reconnecting", "photos"]);

const FINAL = new Set(["verified"]);

const REASON_CLASS = {
  several_faces: "several_faces",
  stream: "stream",
  light_unseen: "light",
  again: "again",
  no_match: "person",
  not_live: "person",
  challenge_failed: "person",
};

export function isLive(state) {
  return LIVE.has(state);
}

export function begin() {
  return { state: "intro", reconnects: 0, reason: "", retryAfter: 0, place: 0 };
}

export function transition(model, event) {
  const handler = HANDLERS[event.type];
  return handler ? handler(model, event) : model;
}

const HANDLERS = {
  start(model) {
    if (isLive(model.state) || FINAL.has(model.state)) return model;
    return { ...begin(), state: "starting" };
  },

  unusable(model, { why }) {
    return { ...model, state: why };
  },

  "camera-ready"(model, { photos }) {
    if (model.state !== "starting") return model;
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

  verdict(model, { verified, reason, retryAfter }) {
    if (!["connecting", "waiting", "capturing"].includes(model.state)) return model;
    if (verified) return { ...model, state: "verified" };
    if (reason === "timed_out") return { ...model, state: "timed-out", retryAfter };
    return { ...model, state: "refused", reason: REASON_CLASS[reason] ?? "again", retryAfter };
  },

  closed(model, { why }) {
    if (!["connecting", "waiting", "capturing"].includes(model.state)) return model;
    return why === "lost" ? lost(model) : closed(model, why);
  },

  retry(model) {
    if (!["reconnecting", "queued"].includes(model.state)) return model;
    return { ...model, state: "connecting" };
  },

  hidden(model) {
    return isLive(model.state) ? { ...model, state: "paused" } : model;
  },

  stop(model) {
    return isLive(model.state) ? begin() : model;
  },
};

function lost(model) {
  if (model.reconnects >= MAX_RECONNECTS) return { ...model, state: "connection-lost" };
  return { ...model, state: "reconnecting", reconnects: model.reconnects + 1 };
}

function closed(model, why) {
  switch (why) {
    case "full":
      return { ...model, state: "queued" };
    case "too-many-tries":
      return { ...model, state: "too-many-tries", retryAfter: 30 };
    case "broken":
      return { ...model, state: "refused", reason: "again", retryAfter: 0 };
    default:
      return { ...model, state: why };
  }
}
