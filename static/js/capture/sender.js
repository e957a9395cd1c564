// Sends frames, one at a time: the next one when the reply to the last is there, no faster than the pace allows.
// No picture is sent twice, and none that shows nothing: that is the camera's fault, and the page says so.

import { CameraFailure } from "./camera.js";
import { nextPicture } from "./frames.js";
import { afterOversize, afterReply, canShrink, settingsOf, startPace, waitBefore } from "./pace.js";

/** @import { FrameMaker } from "./frames.js" */
/** @import { FrameMessage } from "./protocol.js" */
/** @import { VerificationSocket } from "./socket.js" */

const REPLY_WAIT_MS = 10_000;
/** A camera that gives no new picture for so long stands still. The server keeps the place for longer. */
const STILL_MS = 4000;

/**
 * @typedef {object} SenderOptions
 * @property {VerificationSocket} socket
 * @property {FrameMaker} frames
 * @property {number} maxBytes of a picture
 * @property {number} step that the first frame answers
 */

export class Sender {
  #pace = startPace();
  #sequence = 0;
  #sentAt = -Infinity;
  #step = 0;
  #stopped = false;
  #last = new Uint8Array();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #overdue;

  /** @param {SenderOptions} options */
  constructor({ socket, frames, maxBytes, step }) {
    this.socket = socket;
    this.frames = frames;
    this.maxBytes = maxBytes;
    this.#step = step;
  }

  /**
   * Sends the next picture.
   * @throws {CameraFailure} if the camera stands still ("camera-frozen") or sees nothing ("camera-covered")
   * @throws {Error} if it gives no picture at all
   */
  async next() {
    await pause(waitBefore(this.#sentAt, performance.now()));
    const since = performance.now();
    while (!this.#stopped) {
      await nextPicture(this.frames.video);
      const flat = this.frames.isFlat();
      const jpeg = flat ? null : await this.#newPicture();
      if (this.#stopped) return;
      if (jpeg) {
        this.#send(jpeg);
        return;
      }
      if (performance.now() - since > STILL_MS) throw new CameraFailure(flat ? "camera-covered" : "camera-frozen");
    }
  }

  /** @returns {Promise<Blob | null>} null if it is the picture that was sent last */
  async #newPicture() {
    const jpeg = await this.#picture();
    const bytes = new Uint8Array(await jpeg.arrayBuffer());
    if (bytes.length === this.#last.length && bytes.every((byte, at) => byte === this.#last[at])) return null;
    this.#last = bytes;
    return jpeg;
  }

  /**
   * Takes a reply: learns the link's speed and the step from it, then sends the next picture.
   *
   * @param {FrameMessage} frame
   */
  reply(frame) {
    clearTimeout(this.#overdue);
    this.#pace = afterReply(this.#pace, performance.now() - this.#sentAt);
    this.#step = frame.step;
    return this.next();
  }

  stop() {
    this.#stopped = true;
    clearTimeout(this.#overdue);
  }

  /** @param {Blob} jpeg */
  #send(jpeg) {
    this.#sequence += 1;
    this.#sentAt = performance.now();
    this.#overdue = setTimeout(() => this.socket.giveUp(), REPLY_WAIT_MS);
    const header = { step: this.#step, sequence: this.#sequence, milliseconds: this.#sentAt };
    this.socket.sendFrame(header, jpeg);
  }

  async #picture() {
    let jpeg = await this.frames.jpeg(settingsOf(this.#pace));
    while (jpeg.size > this.maxBytes && canShrink(this.#pace)) {
      this.#pace = afterOversize(this.#pace);
      jpeg = await this.frames.jpeg(settingsOf(this.#pace));
    }
    return jpeg;
  }
}

/**
 * @param {number} milliseconds
 * @returns {Promise<void>}
 */
function pause(milliseconds) {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
