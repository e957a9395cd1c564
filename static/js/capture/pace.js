// How large, how good and how often: frames adapt to the link by their round-trip times. Pure.

/** Long side in pixels and JPEG quality, best first; below the last a face is too coarse to be compared. */
export const LEVELS = [
  { side: 640, quality: 0.85 },
  { side: 640, quality: 0.75 },
  { side: 560, quality: 0.75 },
  { side: 480, quality: 0.7 },
  { side: 400, quality: 0.65 },
  { side: 320, quality: 0.6 },
];

/** The server takes 12 frames a second; 11 leave room for a link that bunches them. */
export const MIN_INTERVAL = 1000 / 11;
const SLOW = 400;
const FAST = 160;
const STEADY_FRAMES = 10;
const SMOOTHING = 0.3;

export function startPace() {
  return { level: 0, smoothed: null, since: 0 };
}

export function settingsOf(pace) {
  return LEVELS[pace.level];
}

/** After a reply: a level down when replies are slow, a level up after a run of fast ones. */
export function afterReply(pace, roundTrip) {
  const smoothed =
    pace.smoothed === null ? roundTrip : pace.smoothed + SMOOTHING * (roundTrip - pace.smoothed);
  const since = pace.since + 1;
  if (smoothed > SLOW && since >= 2) return moved(pace, 1);
  if (smoothed < FAST && since >= STEADY_FRAMES) return moved({ ...pace, smoothed }, -1);
  return { ...pace, smoothed, since };
}

/** After a frame that was too large to be sent. */
export function afterOversize(pace) {
  return moved(pace, 1);
}

export function canShrink(pace) {
  return pace.level < LEVELS.length - 1;
}

/** Milliseconds to wait before the next frame may go out. */
export function waitBefore(lastSentAt, now) {
  return Math.max(0, lastSentAt + MIN_INTERVAL - now);
}

function moved(pace, by) {
  const level = Math.min(LEVELS.length - 1, Math.max(0, pace.level + by));
  return { level, smoothed: level === pace.level ? pace.smoothed : null, since: 0 };
}
