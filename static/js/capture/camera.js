// The camera: opening it, naming what went wrong, listing and remembering, and letting it go.

const REMEMBERED = "facevote.camera";

const FAILURE = {
  NotAllowedError: "permission-refused",
  SecurityError: "permission-refused",
  NotFoundError: "no-camera",
  OverconstrainedError: "no-camera",
  NotReadableError: "camera-busy",
  AbortError: "camera-busy",
};

export class CameraFailure extends Error {
  constructor(why) {
    super(why);
    this.why = why;
  }
}

/** "" when this browser can do it, else the state that says why not. */
export function missingAbility(scope = globalThis) {
  if (scope.isSecureContext === false) return "insecure-context";
  const able =
    scope.navigator?.mediaDevices?.getUserMedia &&
    scope.WebSocket &&
    scope.HTMLCanvasElement?.prototype.toBlob;
  return able ? "" : "unsupported";
}

export function failureOf(error) {
  return FAILURE[error?.name] ?? "camera-busy";
}

export async function openCamera(deviceId = rememberedCamera()) {
  try {
    return await request(deviceId);
  } catch (error) {
    // The remembered camera may be unplugged today: any other will do.
    if (deviceId && failureOf(error) === "no-camera") return openCamera("");
    throw new CameraFailure(failureOf(error));
  }
}

function request(deviceId) {
  const which = deviceId ? { deviceId: { exact: deviceId } } : { facingMode: "user" };
  return navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { ...which, width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 } },
  });
}

/** Label and settings of the camera in use; signals for officials, never a defence. */
export function describe(stream) {
  const [track] = stream.getVideoTracks();
  const { width, height, frameRate, deviceId, facingMode } = track.getSettings();
  return { label: track.label, width, height, frameRate, deviceId, facingMode };
}

export async function listCameras() {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices
    .filter((device) => device.kind === "videoinput")
    .map(({ deviceId, label }) => ({ deviceId, label }));
}

export function release(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

export function rememberCamera(deviceId) {
  try {
    localStorage.setItem(REMEMBERED, deviceId);
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}

export function rememberedCamera() {
  try {
    return localStorage.getItem(REMEMBERED) ?? "";
  } catch {
    return "";
  }
}
