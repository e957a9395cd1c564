// What is seen and heard of a capture: sections by state, the stage with its guides, and words from the page.

import { dataOf, element, elements, optionalElement } from "../dom.js";
import { Clock } from "./clock.js";
import { colourOf, pathOf, pointAt, ringAt, wordFor } from "./guide.js";
import { isLive } from "./states.js";
import { Steady } from "./steady.js";

/** @import { CameraDevice } from "./camera.js" */
/** @import { GuidePoint } from "./guide.js" */
/** @import { Box, Challenge, FrameMessage } from "./protocol.js" */
/** @import { Model } from "./states.js" */

const HINT_STAYS_MS = 900;
const SPOKEN_STAYS_MS = 2500;
const COUNTDOWN_MS = 500;
/** A longer wait is shown in minutes. */
const LONG_WAIT_SECONDS = 120;

/** States that come and go by themselves. The others take the focus, so that they are read out. */
const QUIET = new Set(["intro", "starting", "connecting", "waiting", "queued", "capturing", "reconnecting"]);

const NO_PICTURE_YET = ["starting", "tap-needed"];

/** During these hints the words of the challenge are shown instead. */
const CHALLENGE_COMES_FIRST = ["none", "look_at_camera"];

export class View {
  /** @type {Steady<string>} */
  #shownHint = new Steady(HINT_STAYS_MS);
  /** @type {Steady<string>} */
  #spoken = new Steady(SPOKEN_STAYS_MS);
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #countdown;
  #step = 0;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.video = element(root, "video", HTMLVideoElement);
    this.sections = elements(root, "[data-state]");
    this.clock = new Clock(root);
  }

  /** @param {Model} model */
  show(model) {
    this.root.dataset.at = model.state;
    for (const section of this.sections) {
      section.hidden = !dataOf(section, "state").split(" ").includes(model.state);
    }
    element(this.root, "[data-stage]").hidden = !isLive(model.state) || NO_PICTURE_YET.includes(model.state);
    this.#fill(model);
    if (!QUIET.has(model.state)) this.#heading()?.focus();
    if (model.state !== "capturing") this.#clearGuides();
    if (model.state !== "capturing") this.clock.stop();
  }

  /**
   * Words that belong to the state: the reason, the place in the queue, the time to wait.
   * @param {Model} model
   */
  #fill(model) {
    for (const part of elements(this.root, "[data-reason]")) {
      part.hidden = part.dataset.reason !== model.reason;
    }
    for (const part of elements(this.root, "[data-place]")) {
      part.hidden = model.place <= 0;
      part.textContent = dataOf(part, "place").replace("{place}", String(model.place));
    }
    this.#waitFor(model.retryAfter);
    if (["waiting", "queued", "reconnecting", "connecting"].includes(model.state)) {
      this.speak(this.#heading()?.textContent ?? "");
    }
  }

  #section() {
    return this.sections.find((section) => !section.hidden);
  }

  #heading() {
    const section = this.#section();
    return section && optionalElement(section, "h2");
  }

  /**
   * Until the wait is over the button cannot be pressed and says how long it takes.
   * @param {number} seconds
   */
  #waitFor(seconds) {
    clearInterval(this.#countdown);
    const until = performance.now() + seconds * 1000;
    const tick = () => {
      const left = Math.ceil((until - performance.now()) / 1000);
      this.#showWait(Math.max(0, left));
      if (left <= 0) clearInterval(this.#countdown);
    };
    this.#countdown = setInterval(tick, COUNTDOWN_MS);
    tick();
  }

  /** @param {number} left seconds */
  #showWait(left) {
    const section = this.#section();
    if (!section) return;
    for (const button of elements(section, "[data-start]", HTMLButtonElement)) button.disabled = left > 0;
    for (const note of elements(section, "[data-wait]")) {
      note.hidden = left === 0;
      const isLong = left > LONG_WAIT_SECONDS;
      const count = Math.ceil(isLong ? left / 60 : left);
      note.textContent = dataOf(note, isLong ? "waitLong" : "wait").replace("{count}", String(count));
    }
  }

  /**
   * Gives the stage the shape of the camera's picture, so that what is seen is what is sent.
   * @param {boolean} mirrored
   */
  fitStage(mirrored) {
    const { videoWidth, videoHeight } = this.video;
    const stage = element(this.root, "[data-stage]");
    this.root.style.setProperty("--aspect", String(videoWidth / videoHeight));
    stage.classList.toggle("is-mirrored", mirrored);
    element(this.root, "[data-overlay]", SVGElement).setAttribute("viewBox", `0 0 ${videoWidth} ${videoHeight}`);
  }

  /**
   * @param {FrameMessage} frame
   * @param {number} now milliseconds
   */
  frame(frame, now) {
    this.#box(frame.box, frame.hint === "none");
    this.#progress(frame.progress);
    this.#challenge(frame.challenge);
    this.#noteStep(frame.step);
    this.clock.hold(frame.challenge !== null);
    const words = this.#words(frame);
    element(this.root, "[data-hint-text]").textContent = this.#shownHint.offer(words, now);
    this.speak(words, now);
  }

  /**
   * The words of a new cue do not wait until the words before them have been shown long enough.
   * @param {number} step
   */
  #noteStep(step) {
    if (step && step !== this.#step) {
      this.#shownHint.reset();
      this.#spoken.reset();
    }
    this.#step = step;
  }

  /** @param {FrameMessage} frame */
  #words({ hint, challenge }) {
    if (challenge && CHALLENGE_COMES_FIRST.includes(hint)) {
      return this.#word("challenge", wordFor(challenge));
    }
    return this.#word("hint", hint);
  }

  /**
   * @param {"hint" | "challenge"} list
   * @param {string} code
   * @returns {string} "hold still" for a code that the page does not know
   */
  #word(list, code) {
    const words = element(this.root, "[data-words]");
    const known = optionalElement(words, `[data-${list}="${code}"]`);
    return (known ?? element(words, '[data-hint="hold_still"]')).textContent.trim();
  }

  /**
   * Lets a screen reader say words politely: each long enough to be heard, none twice in a row.
   *
   * @param {string} words
   * @param {number} [now] milliseconds
   */
  speak(words, now = performance.now()) {
    const live = element(this.root, "[data-live]");
    const spoken = this.#spoken.offer(words, now);
    if (live.textContent !== spoken) live.textContent = spoken;
  }

  /**
   * @param {Box | null} box
   * @param {boolean} good
   */
  #box(box, good) {
    const shape = element(this.root, "[data-box]", SVGElement);
    shape.classList.toggle("is-good", good);
    shape.toggleAttribute("hidden", !box);
    if (!box) return;
    const { videoWidth, videoHeight } = this.video;
    setNumbers(shape, {
      x: box.left * videoWidth,
      y: box.top * videoHeight,
      width: Math.max(0, box.right - box.left) * videoWidth,
      height: Math.max(0, box.bottom - box.top) * videoHeight,
    });
  }

  /** @param {number} share from 0 to 1 */
  #progress(share) {
    const percent = Math.round(share * 100);
    element(this.root, "[data-ring]", SVGElement).setAttribute("stroke-dasharray", `${percent} 100`);
    setNumbers(element(this.root, "[data-progress]", SVGElement), { "aria-valuenow": percent });
  }

  /** @param {Challenge | null} challenge */
  #challenge(challenge) {
    const kind = challenge?.kind ?? "";
    this.root.dataset.challengeKind = kind;
    for (const icon of elements(this.root, "[data-icon]", SVGElement)) {
      icon.toggleAttribute("hidden", icon.dataset.icon !== kind);
    }
    this.#timeLeft(challenge);
    const reached = challenge?.reached ?? 0;
    const point = pointAt(kind, reached);
    element(this.root, "[data-guide]", SVGElement).toggleAttribute("hidden", !point);
    if (point) this.#dot(kind, point);
    this.#ring(kind, reached);
    this.#light(challenge);
  }

  /**
   * Shows the whole page in the colour that is to light the face.
   * @param {Challenge | null} challenge
   */
  #light(challenge) {
    const light = optionalElement(this.root, "[data-light]");
    if (!light) return;
    const colour = challenge ? colourOf(challenge) : null;
    light.hidden = colour === null;
    if (colour !== null) light.dataset.light = colour;
  }

  /** @param {Challenge | null} challenge */
  #timeLeft(challenge) {
    const left = element(this.root, "[data-time-left]");
    left.hidden = !challenge;
    if (challenge) {
      const seconds = Math.ceil(challenge.secondsLeft);
      left.textContent = dataOf(left, "timeLeft").replace("{seconds}", String(seconds));
    }
  }

  /**
   * @param {string} kind
   * @param {GuidePoint} point
   */
  #dot(kind, point) {
    const end = pointAt(kind, 1);
    element(this.root, "[data-guide-path]", SVGElement).setAttribute("d", pathOf(kind));
    if (end) place(element(this.root, "[data-guide-end]", SVGElement), end);
    place(element(this.root, "[data-guide-dot]", SVGElement), point);
  }

  /**
   * @param {string} kind
   * @param {number} reached
   */
  #ring(kind, reached) {
    const [radius, goal] = [ringAt(kind, reached), ringAt(kind, 1)];
    element(this.root, "[data-rings]", SVGElement).toggleAttribute("hidden", radius === null);
    if (radius === null || goal === null) return;
    setNumbers(element(this.root, "[data-ring-goal]", SVGElement), { r: goal });
    setNumbers(element(this.root, "[data-ring-now]", SVGElement), { r: radius });
  }

  #clearGuides() {
    this.#shownHint.reset();
    this.#box(null, false);
    this.#progress(0);
    this.#challenge(null);
    element(this.root, "[data-hint-text]").textContent = this.#word("hint", "look_at_camera");
  }

  /**
   * Offers the choice of a camera where there are several.
   *
   * @param {CameraDevice[]} devices
   * @param {string | undefined} current the device id of the camera in use
   */
  cameras(devices, current) {
    const picker = element(this.root, "[data-cameras]");
    const select = element(picker, "select", HTMLSelectElement);
    select.replaceChildren(
      ...devices.map(({ deviceId, label }, index) => {
        const name = label || `${dataOf(select, "unnamed")} ${index + 1}`;
        return new Option(name, deviceId, false, deviceId === current);
      }),
    );
    picker.hidden = devices.length < 2;
  }

  /**
   * @param {number} taken
   * @param {number} most
   */
  photos(taken, most) {
    const count = optionalElement(this.root, "[data-photo-count]");
    if (!count) return;
    const words = dataOf(count, "photoCount").replace("{taken}", String(taken)).replace("{most}", String(most));
    count.textContent = words;
    element(this.root, "[data-shutter]", HTMLButtonElement).disabled = taken >= most;
    if (taken) this.speak(words);
  }
}

/**
 * @param {SVGElement} circle
 * @param {GuidePoint} point
 */
function place(circle, { x, y }) {
  setNumbers(circle, { cx: x, cy: y });
}

/**
 * @param {SVGElement} shape
 * @param {Record<string, number>} attributes
 */
function setNumbers(shape, attributes) {
  for (const [name, value] of Object.entries(attributes)) shape.setAttribute(name, String(value));
}
