// The camera: opens it, names what went wrong, lists and remembers cameras, and lets them go.

const REMEMBERED = "facevote.camera";
/** A camera that is slower to give its first picture gives none. */
const PICTURE_WAIT_MS = 10_000;

/** @type {Record<string, string>} */
const STATE_OF_ERROR = {
  NotAllowedError: "permission-refused",
  SecurityError: "permission-refused",
  NotFoundError: "no-camera",
  OverconstrainedError: "no-camera",
  NotReadableError: "camera-busy",
  AbortError: "camera-busy",
};

/** The camera gives no picture. `why` is the state of the page that says what to do. */
export class CameraFailure extends Error {
  /** @param {string} why */
  constructor(why) {
    super(why);
    this.why = why;
  }
}

/**
 * What a browser must have for the face step. Tests hand in their own.
 *
 * @typedef {object} BrowserScope
 * @property {boolean} [isSecureContext]
 * @property {{mediaDevices?: {getUserMedia?: unknown}}} [navigator]
 * @property {unknown} [WebSocket]
 * @property {{prototype: {toBlob?: unknown}}} [HTMLCanvasElement]
 */

/**
 * @param {BrowserScope} [scope]
 * @returns {string} "" if this browser can do it, else the state that says why not
 */
export function missingAbility(scope = globalThis) {
  if (scope.isSecureContext === false) return "insecure-context";
  const able =
    scope.navigator?.mediaDevices?.getUserMedia &&
    scope.WebSocket &&
    scope.HTMLCanvasElement?.prototype.toBlob;
  return able ? "" : "unsupported";
}

/**
 * @param {unknown} error of getUserMedia()
 * @returns {string} the state that says what went wrong
 */
export function failureOf(error) {
  const name = error instanceof Object && "name" in error ? String(error.name) : "";
  return STATE_OF_ERROR[name] ?? "camera-busy";
}

/**
 * @param {string} [deviceId] "" for any camera
 * @returns {Promise<MediaStream>}
 * @throws {CameraFailure}
 */
export async function openCamera(deviceId = rememberedCamera()) {
  try {
    return await request(deviceId);
  } catch (error) {
    // The remembered camera may be unplugged today. Then any other one will do.
    if (deviceId && failureOf(error) === "no-camera") return openCamera("");
    throw new CameraFailure(failureOf(error));
  }
}

/** @param {string} deviceId */
function request(deviceId) {
  const which = deviceId ? { deviceId: { exact: deviceId } } : { facingMode: "user" };
  return navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { ...which, width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 } },
  });
}

/**
 * @typedef {object} CameraDescription
 * @property {string} label
 * @property {number} [width] in pixels
 * @property {number} [height] in pixels
 * @property {number} [frameRate] in pictures a second
 * @property {string} [deviceId]
 * @property {string} [facingMode]
 */

/**
 * Label and settings of the camera in use. They inform officials; they are no defence.
 *
 * @param {MediaStream} stream
 * @returns {CameraDescription}
 */
export function describe(stream) {
  const [track] = stream.getVideoTracks();
  // Some protections against tracking take it away, whatever the type says.
  const { width, height, frameRate, deviceId, facingMode } = track.getSettings?.() ?? {};
  return { label: track.label, width, height, frameRate, deviceId, facingMode };
}

/** @typedef {{deviceId: string, label: string}} CameraDevice */

/** @returns {Promise<CameraDevice[]>} none if the browser does not tell: the check goes on without a choice */
export async function listCameras() {
  const devices = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  return devices
    .filter((device) => device.kind === "videoinput")
    .map(({ deviceId, label }) => ({ deviceId, label }));
}

/**
 * Shows the camera's picture.
 *
 * @param {HTMLVideoElement} video
 * @param {MediaStream} stream
 * @throws {CameraFailure} with "tap-needed" if the browser waits for the person, with "camera-silent" if no picture
 *     comes
 */
export async function play(video, stream) {
  video.srcObject = stream;
  await playing(video);
}

/**
 * @param {HTMLVideoElement} video
 * @throws {CameraFailure} as `play` does
 */
export async function playing(video) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let late;
  const silence = new Promise((_resolve, reject) => {
    late = setTimeout(() => reject(new CameraFailure("camera-silent")), PICTURE_WAIT_MS);
  });
  try {
    await Promise.race([video.play(), silence]);
  } catch (error) {
    if (error instanceof CameraFailure) throw error;
    throw new CameraFailure(failureOf(error) === "permission-refused" ? "tap-needed" : "camera-busy");
  } finally {
    clearTimeout(late);
  }
}

/** @param {MediaStream | null} stream */
export function release(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/** @param {string} deviceId */
export function rememberCamera(deviceId) {
  try {
    localStorage.setItem(REMEMBERED, deviceId);
  } catch {
    // A browser that stores nothing asks again next time.
  }
}

/** @returns {string} "" if none is remembered */
export function rememberedCamera() {
  try {
    return localStorage.getItem(REMEMBERED) ?? "";
  } catch {
    return "";
  }
}
