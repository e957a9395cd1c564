// How large, how good and how frequent the frames are. They adapt to the link by its round-trip times. Pure.

/** @import { JpegSettings } from "./frames.js" */

/** @typedef {{level: number, smoothed: number | null, since: number}} Pace `since` counts frames on this level */

/**
 * The best first. Below the last a face is too coarse to be compared.
 * @type {JpegSettings[]}
 */
export const LEVELS = [
  { side: 640, quality: 0.85 },
  { side: 640, quality: 0.75 },
  { side: 560, quality: 0.75 },
  { side: 480, quality: 0.7 },
  { side: 400, quality: 0.65 },
  { side: 320, quality: 0.6 },
];

/** Milliseconds. The server takes 12 frames a second; 11 leave room for a link that delivers them in bunches. */
export const MIN_INTERVAL = 1000 / 11;
const SLOW_MS = 400;
const FAST_MS = 160;
const STEADY_FRAMES = 10;
const SMOOTHING = 0.3;

/** @returns {Pace} */
export function startPace() {
  return { level: 0, smoothed: null, since: 0 };
}

/**
 * @param {Pace} pace
 * @returns {JpegSettings}
 */
export function settingsOf(pace) {
  return LEVELS[pace.level];
}

/**
 * The pace after a reply: a level down when replies are slow, a level up after a run of fast ones.
 *
 * @param {Pace} pace
 * @param {number} roundTrip milliseconds
 * @returns {Pace}
 */
export function afterReply(pace, roundTrip) {
  const smoothed =
    pace.smoothed === null ? roundTrip : pace.smoothed + SMOOTHING * (roundTrip - pace.smoothed);
  const since = pace.since + 1;
  if (smoothed > SLOW_MS && since >= 2) return moved(pace, 1);
  if (smoothed < FAST_MS && since >= STEADY_FRAMES) return moved({ ...pace, smoothed }, -1);
  return { ...pace, smoothed, since };
}

/**
 * The pace after a frame that was too large to be sent.
 *
 * @param {Pace} pace
 * @returns {Pace}
 */
export function afterOversize(pace) {
  return moved(pace, 1);
}

/** @param {Pace} pace */
export function canShrink(pace) {
  return pace.level < LEVELS.length - 1;
}

/**
 * @param {number} lastSentAt
 * @param {number} now
 * @returns {number} milliseconds to wait before the next frame may be sent
 */
export function waitBefore(lastSentAt, now) {
  return Math.max(0, lastSentAt + MIN_INTERVAL - now);
}

/**
 * @param {Pace} pace
 * @param {1 | -1} by
 * @returns {Pace}
 */
function moved(pace, by) {
  const level = Math.min(LEVELS.length - 1, Math.max(0, pace.level + by));
  return { level, smoothed: level === pace.level ? pace.smoothed : null, since: 0 };
}
