// From the video to JPEG bytes of a chosen size.

/** The server takes no side under 160 px. */
const MIN_SIDE = 160;
const FRAME_WAIT = 400;

/** Width and height with the long side at most `longSide`, never enlarged but for the least side. Pure. */
export function fit(width, height, longSide) {
  const long = Math.max(width, height);
  const short = Math.min(width, height);
  const scale = Math.max(Math.min(1, longSide / long), MIN_SIDE / short);
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

/** Resolves at the camera's next picture: the same one sent twice would count as a still. */
export function nextPicture(video) {
  return new Promise((resolve) => {
    const late = setTimeout(resolve, FRAME_WAIT);
    if (!video.requestVideoFrameCallback) return;
    video.requestVideoFrameCallback(() => {
      clearTimeout(late);
      resolve();
    });
  });
}

export class FrameMaker {
  #canvas = null;

  constructor(video) {
    this.video = video;
  }

  async jpeg({ side, quality }) {
    const size = fit(this.video.videoWidth, this.video.videoHeight, side);
    const canvas = this.#sized(size);
    canvas.getContext("2d", { alpha: false }).drawImage(this.video, 0, 0, size.width, size.height);
    return toJpeg(canvas, quality);
  }

  #sized({ width, height }) {
    this.#canvas ??= newCanvas();
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    return this.#canvas;
  }
}

function newCanvas() {
  return globalThis.OffscreenCanvas?.prototype.convertToBlob
    ? new OffscreenCanvas(1, 1)
    : document.createElement("canvas");
}

function toJpeg(canvas, quality) {
  if (canvas.convertToBlob) return canvas.convertToBlob({ type: "image/jpeg", quality });
  return new Promise((resolve, reject) => {
    const take = (blob) => (blob ? resolve(blob) : reject(new Error("no picture")));
    canvas.toBlob(take, "image/jpeg", quality);
  });
}
