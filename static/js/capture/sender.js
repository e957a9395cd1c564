// One frame in flight: the next goes out when the reply to the last is in, no faster than the pace allows.

import { nextPicture } from "./frames.js";
import { afterOversize, afterReply, canShrink, settingsOf, startPace, waitBefore } from "./pace.js";

const REPLY_WAIT = 10_000;

export class Sender {
  #pace = startPace();
  #sequence = 0;
  #sentAt = -Infinity;
  #step = 0;
  #stopped = false;
  #overdue = null;

  constructor({ socket, frames, maxBytes, step }) {
    this.socket = socket;
    this.frames = frames;
    this.maxBytes = maxBytes;
    this.#step = step;
  }

  async next() {
    await pause(waitBefore(this.#sentAt, performance.now()));
    await nextPicture(this.frames.video);
    if (this.#stopped) return;
    const jpeg = await this.#picture();
    if (!this.#stopped) this.#send(jpeg);
  }

  /** A reply: learn the link's speed and the step, then send on. */
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

  #send(jpeg) {
    this.#sequence += 1;
    this.#sentAt = performance.now();
    this.#overdue = setTimeout(() => this.socket.giveUp(), REPLY_WAIT);
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

function pause(milliseconds) {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
