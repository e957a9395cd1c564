// From the video to JPEG bytes of a chosen size.

import { TEST_CARD, isFlat, paint, sameColours } from "./test-card.js";

/** The server takes no side under 160 pixels. */
const MIN_SIDE = 160;
const PICTURE_WAIT_MS = 400;
/** A picture is looked at in so few pixels to find out whether there is anything on it. */
const GLANCE = { width: 16, height: 12 };

/** @typedef {{side: number, quality: number}} JpegSettings the long side in pixels, and JPEG quality from 0 to 1 */

/**
 * Width and height of a picture whose long side is at most `longSide`. It is enlarged only where the
 * short side would be under the least that the server takes. Pure.
 *
 * @param {number} width
 * @param {number} height
 * @param {number} longSide
 */
export function fit(width, height, longSide) {
  const long = Math.max(width, height);
  const short = Math.min(width, height);
  const scale = Math.max(Math.min(1, longSide / long), MIN_SIDE / short);
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

/**
 * Resolves at the camera's next picture, because the same picture sent twice would count as a still.
 *
 * @param {HTMLVideoElement} video
 * @returns {Promise<void>}
 */
export function nextPicture(video) {
  return new Promise((resolve) => {
    const late = setTimeout(resolve, PICTURE_WAIT_MS);
    // Older browsers do not have it, whatever the type says.
    if (!("requestVideoFrameCallback" in video)) return;
    video.requestVideoFrameCallback(() => {
      clearTimeout(late);
      resolve();
    });
  });
}

/** Draws the video's present picture as JPEG. */
export class FrameMaker {
  /** @type {OffscreenCanvas | HTMLCanvasElement | null} */
  #canvas = null;

  /** @param {HTMLVideoElement} video */
  constructor(video) {
    this.video = video;
  }

  /**
   * @param {JpegSettings} settings
   * @returns {Promise<Blob>}
   * @throws {Error} if the camera gives no picture
   */
  async jpeg({ side, quality }) {
    const size = fit(this.video.videoWidth, this.video.videoHeight, side);
    const canvas = this.#sized(size);
    contextOf(canvas).drawImage(this.video, 0, 0, size.width, size.height);
    return toJpeg(canvas, quality);
  }

  /** Whether the camera's present picture is all of one colour, as behind a closed cover. */
  isFlat() {
    const canvas = newCanvas();
    Object.assign(canvas, GLANCE);
    const context = contextOf(canvas);
    context.drawImage(this.video, 0, 0, GLANCE.width, GLANCE.height);
    return isFlat(context.getImageData(0, 0, GLANCE.width, GLANCE.height).data);
  }

  /**
   * Whether this browser gives the pictures as they are. Protections against tracking replace what is read from a
   * canvas by white or by noise. A test card goes the same way as the camera's pictures and is looked at afterwards.
   */
  async isFaithful() {
    const canvas = newCanvas();
    Object.assign(canvas, TEST_CARD);
    paint(contextOf(canvas));
    const bitmap = await createImageBitmap(await toJpeg(canvas, 0.9));
    const context = contextOf(Object.assign(newCanvas(), TEST_CARD));
    context.drawImage(bitmap, 0, 0);
    return sameColours(context.getImageData(0, 0, TEST_CARD.width, TEST_CARD.height));
  }

  /** @param {{width: number, height: number}} size */
  #sized({ width, height }) {
    this.#canvas ??= newCanvas();
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    return this.#canvas;
  }
}

/** @returns {OffscreenCanvas | HTMLCanvasElement} */
function newCanvas() {
  return "OffscreenCanvas" in globalThis && "convertToBlob" in OffscreenCanvas.prototype
    ? new OffscreenCanvas(1, 1)
    : document.createElement("canvas");
}

/**
 * @param {OffscreenCanvas | HTMLCanvasElement} canvas
 * @returns {CanvasRenderingContext2D}
 */
function contextOf(canvas) {
  const context = /** @type {HTMLCanvasElement} */ (canvas).getContext("2d", { alpha: false });
  if (!context) throw new Error("no canvas to draw on");
  return context;
}

/**
 * @param {OffscreenCanvas | HTMLCanvasElement} canvas
 * @param {number} quality
 * @returns {Promise<Blob>}
 */
function toJpeg(canvas, quality) {
  if ("convertToBlob" in canvas) return canvas.convertToBlob({ type: "image/jpeg", quality });
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/jpeg", quality);
  });
}
