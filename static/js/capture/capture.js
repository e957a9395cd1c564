// The capture widget: camera, ticket, socket and page put together. The markup is templates/biometrics/_capture.html.
//
// A page includes that template, capture.css and this module; every element with data-capture is brought to life.
//
//   data-mode="page"      After VERIFIED the form [data-complete] is posted; the server then spends the grant.
//   data-mode="embedded"  After VERIFIED the element dispatches `facevote:verified` (bubbles), detail
//                         {purpose, boundTo, next}; the page goes on by itself. Set data-bound-to (for casting: the
//                         tracker) before "Start the camera" is pressed; it is read when the ticket is asked for.
//   data-mode="photos"    For enrolment by an official. No ticket, no socket. Each press of the button dispatches
//                         `facevote:photo`, detail {blob, number} (JPEG, long side at most 1280 px), up to
//                         data-max-photos (10). "Done" turns the camera off and dispatches `facevote:photos-done`,
//                         detail {count}. A page that refuses a photo may lower the count: element.dataset.taken = "3".
//
// In all modes `facevote:state` (bubbles), detail {state}, tells of every change of state.

import * as camera from "./camera.js";
import { FrameMaker } from "./frames.js";
import { Sender } from "./sender.js";
import { getTicket, VerificationSocket } from "./socket.js";
import { begin, isLive, transition } from "./states.js";
import { View } from "./view.js";

const RECONNECT_WAIT = 1500;
const QUEUE_WAIT = 5000;
const PHOTO = { side: 1280, quality: 0.92 };

class Capture {
  #model = begin();
  #stream = null;
  #socket = null;
  #sender = null;
  #run = new AbortController();
  #timer = null;
  /** Whether coloured light was chosen in place of some movements. */
  #light = false;

  constructor(root) {
    this.root = root;
    this.view = new View(root);
    this.frames = new FrameMaker(this.view.video);
    this.#listen();
    const missing = camera.missingAbility();
    if (missing) this.#dispatch({ type: "unusable", why: missing });
    else this.view.show(this.#model);
  }

  get photos() {
    return this.root.dataset.mode === "photos";
  }

  #listen() {
    for (const button of this.root.querySelectorAll("[data-start]")) {
      button.addEventListener("click", () => this.#start(button));
    }
    for (const button of this.root.querySelectorAll("[data-stop]")) {
      button.addEventListener("click", () => this.#finish());
    }
    this.view.one("[data-cameras] select").addEventListener("change", (event) => this.#choose(event.target.value));
    this.view.one("[data-shutter]")?.addEventListener("click", () => this.#takePhoto());
    this.view.video.addEventListener("resize", () => this.#fit());
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.#dispatch({ type: "hidden" });
    });
    addEventListener("pagehide", () => this.#dispatch({ type: "hidden" }));
  }

  #start(button) {
    this.#light = button.hasAttribute("data-with-light");
    this.#dispatch({ type: "start" });
  }

  #dispatch(event) {
    const before = this.#model;
    this.#model = transition(before, event);
    if (this.#model === before) return;
    this.view.show(this.#model);
    if (this.#model.state !== before.state) this.#enter(this.#model.state);
  }

  #enter(state) {
    if (state !== "waiting" && state !== "capturing") this.#disconnect();
    if (!isLive(state)) this.#releaseCamera();
    this.#announce("facevote:state", { state });
    this.#act(state);
  }

  #act(state) {
    switch (state) {
      case "starting":
        this.#openCamera(camera.rememberedCamera());
        break;
      case "connecting":
        this.#connect();
        break;
      case "reconnecting":
        this.#timer = setTimeout(() => this.#dispatch({ type: "retry" }), RECONNECT_WAIT);
        break;
      case "queued":
        this.#timer = setTimeout(() => this.#dispatch({ type: "retry" }), QUEUE_WAIT);
        break;
      case "photos":
        this.view.photos(this.#taken(), this.#most());
        break;
      case "verified":
        this.#goOn();
        break;
    }
  }

  // camera

  async #openCamera(deviceId) {
    const run = this.#run;
    try {
      const stream = await camera.openCamera(deviceId);
      if (run.signal.aborted) camera.release(stream);
      else await this.#useCamera(stream);
    } catch (error) {
      this.#dispatch({ type: "camera-failed", why: error.why ?? "camera-busy" });
    }
  }

  async #useCamera(stream) {
    camera.release(this.#stream);
    this.#stream = stream;
    stream.getVideoTracks()[0].addEventListener("ended", () => this.#cameraEnded(stream));
    this.view.video.srcObject = stream;
    await this.view.video.play();
    this.#fit();
    this.view.cameras(await camera.listCameras(), camera.describe(stream).deviceId);
    this.#dispatch({ type: "camera-ready", photos: this.photos });
  }

  #cameraEnded(stream) {
    if (stream === this.#stream) this.#dispatch({ type: "camera-failed", why: "camera-busy" });
  }

  #fit() {
    if (!this.#stream) return;
    this.view.fitStage(camera.describe(this.#stream).facingMode !== "environment");
  }

  /** Another camera is another capture: what was seen so far counts no more, so the socket starts anew. */
  #choose(deviceId) {
    camera.rememberCamera(deviceId);
    this.#dispatch({ type: "stop" });
    this.#dispatch({ type: "start" });
  }

  #releaseCamera() {
    this.#run.abort();
    this.#run = new AbortController();
    camera.release(this.#stream);
    this.#stream = null;
    this.view.video.srcObject = null;
  }

  // connection

  async #connect() {
    const run = this.#run;
    try {
      const answer = await getTicket({ ...this.#request(), signal: run.signal });
      if (!run.signal.aborted) this.#openSocket(answer);
    } catch (error) {
      if (run.signal.aborted) return;
      this.#dispatch({ type: "ticket-refused", why: error.why ?? "lost", retryAfter: error.retryAfter });
    }
  }

  #request() {
    const { ticketUrl, purpose, boundTo } = this.root.dataset;
    const csrfToken = this.view.one("[name=csrfmiddlewaretoken]").value;
    return { url: ticketUrl, purpose, boundTo: boundTo ?? "", csrfToken };
  }

  #openSocket({ ticket, socket }) {
    this.#socket = new VerificationSocket({
      path: socket,
      ticket,
      camera: camera.describe(this.#stream),
      light: this.#light,
      onMessage: (message) => this.#take(message),
      onClosed: (why) => this.#dispatch({ type: "closed", why }),
    });
  }

  #take(message) {
    switch (message.type) {
      case "ready":
        this.#dispatch(message);
        this.#send(message);
        break;
      case "frame":
        this.view.frame(message, performance.now());
        this.#carryOn(this.#sender?.reply(message));
        break;
      case "verdict":
        this.next = message.next ?? "";
        this.#dispatch(message);
        break;
      default:
        this.#dispatch(message);
    }
  }

  #send({ maxBytes, step }) {
    this.#sender?.stop();
    this.#sender = new Sender({ socket: this.#socket, frames: this.frames, maxBytes, step });
    this.#carryOn(this.#sender.next());
  }

  /** A picture that cannot be made means that the camera has gone. */
  async #carryOn(sending) {
    try {
      await sending;
    } catch {
      this.#dispatch({ type: "camera-failed", why: "camera-busy" });
    }
  }

  #disconnect() {
    clearTimeout(this.#timer);
    this.#sender?.stop();
    this.#sender = null;
    this.#socket?.leave();
    this.#socket = null;
  }

  // what comes of it

  #goOn() {
    const { mode, purpose, boundTo } = this.root.dataset;
    if (mode === "embedded") {
      this.#announce("facevote:verified", { purpose, boundTo: boundTo ?? "", next: this.next });
      return;
    }
    const form = this.view.one("[data-complete]");
    if (form.getAttribute("action")) form.submit();
    else location.assign(this.next || "/");
  }

  async #takePhoto() {
    if (this.#taken() >= this.#most()) return;
    const blob = await this.frames.jpeg(PHOTO);
    this.root.dataset.taken = String(this.#taken() + 1);
    this.view.photos(this.#taken(), this.#most());
    this.#announce("facevote:photo", { blob, number: this.#taken() });
  }

  #finish() {
    this.#dispatch({ type: "stop" });
    if (this.photos) this.#announce("facevote:photos-done", { count: this.#taken() });
  }

  #taken() {
    return Number(this.root.dataset.taken ?? 0);
  }

  #most() {
    return Number(this.root.dataset.maxPhotos ?? 10);
  }

  #announce(type, detail) {
    this.root.dispatchEvent(new CustomEvent(type, { bubbles: true, detail }));
  }
}

for (const root of document.querySelectorAll("[data-capture]")) new Capture(root);
