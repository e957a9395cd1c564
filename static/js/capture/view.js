// What is seen and heard of a capture: sections shown by state, the stage with its guides, words from the page.

import { colourOf, pathOf, pointAt, ringAt, wordFor } from "./guide.js";
import { isLive } from "./states.js";
import { Steady } from "./steady.js";

const HINT_STAYS = 900;
/** Above so many seconds a wait is told in minutes. */
const LONG = 120;
const SPOKEN_STAYS = 2500;

/** States that come and go by themselves; the others take the focus so that they are read out. */
const QUIET = new Set(["intro", "starting", "connecting", "waiting", "queued", "capturing", "reconnecting"]);

export class View {
  #shownHint = new Steady(HINT_STAYS);
  #spoken = new Steady(SPOKEN_STAYS);
  #countdown = null;
  #step = 0;

  constructor(root) {
    this.root = root;
    this.video = this.one("video");
    this.sections = [...root.querySelectorAll("[data-state]")];
  }

  one(selector) {
    return this.root.querySelector(selector);
  }

  show(model) {
    this.root.dataset.at = model.state;
    for (const section of this.sections) {
      section.hidden = !section.dataset.state.split(" ").includes(model.state);
    }
    this.one("[data-stage]").hidden = !isLive(model.state) || model.state === "starting";
    this.#fill(model);
    if (!QUIET.has(model.state)) this.#focus();
    if (model.state !== "capturing") this.#clearGuides();
  }

  /** Words that belong to the state: the reason, the place, the time to wait. */
  #fill(model) {
    for (const part of this.root.querySelectorAll("[data-reason]")) {
      part.hidden = part.dataset.reason !== model.reason;
    }
    for (const part of this.root.querySelectorAll("[data-place]")) {
      part.hidden = !(model.place > 0);
      part.textContent = part.dataset.place.replace("{place}", model.place);
    }
    this.#waitFor(model.retryAfter);
    if (["waiting", "queued", "reconnecting", "connecting"].includes(model.state)) {
      this.speak(this.#section()?.querySelector("h2")?.textContent ?? "");
    }
  }

  #section() {
    return this.sections.find((section) => !section.hidden);
  }

  #focus() {
    this.#section()?.querySelector("h2")?.focus();
  }

  /** Until the wait is over the button cannot be pressed and says how long it takes. */
  #waitFor(seconds) {
    clearInterval(this.#countdown);
    const until = performance.now() + seconds * 1000;
    const tick = () => {
      const left = Math.ceil((until - performance.now()) / 1000);
      this.#showWait(Math.max(0, left));
      if (left <= 0) clearInterval(this.#countdown);
    };
    this.#countdown = setInterval(tick, 500);
    tick();
  }

  #showWait(left) {
    const section = this.#section();
    for (const button of section?.querySelectorAll("[data-start]") ?? []) button.disabled = left > 0;
    for (const note of section?.querySelectorAll("[data-wait]") ?? []) {
      note.hidden = left === 0;
      const [words, count] = left > LONG ? [note.dataset.waitLong, left / 60] : [note.dataset.wait, left];
      note.textContent = words.replace("{count}", Math.ceil(count));
    }
  }

  /** The stage takes the shape of the camera's picture: what is seen is what is sent. */
  fitStage(mirrored) {
    const { videoWidth, videoHeight } = this.video;
    const stage = this.one("[data-stage]");
    stage.style.setProperty("--aspect", String(videoWidth / videoHeight));
    stage.classList.toggle("is-mirrored", mirrored);
    this.one("[data-overlay]").setAttribute("viewBox", `0 0 ${videoWidth} ${videoHeight}`);
  }

  frame(frame, now) {
    this.#box(frame.box, frame.hint === "none");
    this.#progress(frame.progress);
    this.#challenge(frame.challenge);
    this.#noteStep(frame.step);
    const words = this.#words(frame);
    this.one("[data-hint-text]").textContent = this.#shownHint.offer(words, now);
    this.speak(words, now);
  }

  /** What a new cue says may not wait until the words before it have stood long enough. */
  #noteStep(step) {
    if (step && step !== this.#step) {
      this.#shownHint.reset();
      this.#spoken.reset();
    }
    this.#step = step;
  }

  #words({ hint, challenge }) {
    if (challenge && ["none", "look_at_camera"].includes(hint)) {
      return this.#word("challenge", wordFor(challenge));
    }
    return this.#word("hint", hint);
  }

  #word(kind, code) {
    const words = this.one("[data-words]");
    const found = words.querySelector(`[data-${kind}="${code}"]`);
    return (found ?? words.querySelector('[data-hint="hold_still"]')).textContent.trim();
  }

  /** Read out politely, each phrase long enough to be heard, none twice in a row. */
  speak(words, now = performance.now()) {
    const live = this.one("[data-live]");
    const said = this.#spoken.offer(words, now);
    if (live.textContent !== said) live.textContent = said;
  }

  #box(box, good) {
    const shape = this.one("[data-box]");
    shape.classList.toggle("is-good", good);
    shape.toggleAttribute("hidden", !box);
    if (!box) return;
    const { videoWidth, videoHeight } = this.video;
    shape.setAttribute("x", box.left * videoWidth);
    shape.setAttribute("y", box.top * videoHeight);
    shape.setAttribute("width", Math.max(0, box.right - box.left) * videoWidth);
    shape.setAttribute("height", Math.max(0, box.bottom - box.top) * videoHeight);
  }

  #progress(share) {
    const percent = Math.round(share * 100);
    this.one("[data-ring]").setAttribute("stroke-dasharray", `${percent} 100`);
    this.one("[data-progress]").setAttribute("aria-valuenow", percent);
  }

  #challenge(challenge) {
    const kind = challenge?.kind ?? "";
    this.root.dataset.challengeKind = kind;
    for (const icon of this.root.querySelectorAll("[data-icon]")) {
      icon.toggleAttribute("hidden", icon.dataset.icon !== kind);
    }
    this.#left(challenge);
    const reached = challenge?.reached ?? 0;
    const point = pointAt(kind, reached);
    this.one("[data-guide]").toggleAttribute("hidden", !point);
    if (point) this.#dot(kind, point);
    this.#ring(kind, reached);
    this.#light(challenge);
  }

  /** The whole page in the colour that the face is to take on. */
  #light(challenge) {
    const light = this.root.querySelector("[data-light]");
    if (!light) return;
    const colour = challenge ? colourOf(challenge) : null;
    light.hidden = colour === null;
    if (colour !== null) light.dataset.light = colour;
  }

  #left(challenge) {
    const left = this.one("[data-time-left]");
    left.hidden = !challenge;
    if (challenge) {
      left.textContent = left.dataset.timeLeft.replace("{seconds}", Math.ceil(challenge.secondsLeft));
    }
  }

  #dot(kind, { x, y }) {
    const end = pointAt(kind, 1);
    this.one("[data-guide-path]").setAttribute("d", pathOf(kind));
    place(this.one("[data-guide-end]"), end);
    place(this.one("[data-guide-dot]"), { x, y });
  }

  #ring(kind, reached) {
    const radius = ringAt(kind, reached);
    this.one("[data-rings]").toggleAttribute("hidden", radius === null);
    if (radius === null) return;
    this.one("[data-ring-goal]").setAttribute("r", ringAt(kind, 1));
    this.one("[data-ring-now]").setAttribute("r", radius);
  }

  #clearGuides() {
    this.#shownHint.reset();
    this.#box(null, false);
    this.#progress(0);
    this.#challenge(null);
    this.one("[data-hint-text]").textContent = this.#word("hint", "look_at_camera");
  }

  cameras(devices, current) {
    const picker = this.one("[data-cameras]");
    const select = picker.querySelector("select");
    select.replaceChildren(...devices.map((device, index) => option(device, index, select, current)));
    picker.hidden = devices.length < 2;
  }

  photos(taken, most) {
    const count = this.one("[data-photo-count]");
    if (!count) return;
    const words = count.dataset.photoCount.replace("{taken}", taken).replace("{most}", most);
    count.textContent = words;
    this.one("[data-shutter]").disabled = taken >= most;
    if (taken) this.speak(words);
  }
}

function place(circle, { x, y }) {
  circle.setAttribute("cx", x);
  circle.setAttribute("cy", y);
}

function option({ deviceId, label }, index, select, current) {
  const name = label || `${select.dataset.unnamed} ${index + 1}`;
  return new Option(name, deviceId, false, deviceId === current);
}
