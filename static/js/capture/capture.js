// The capture widget: camera, ticket, socket and page put together. The markup is templates/biometrics/_capture.html.
//
// A page includes that template, capture.css and this module. Every element with data-capture becomes a widget.
//
//   data-mode="page"      After the state "verified" the form [data-complete] is posted. The server then spends the
//                         grant.
//   data-mode="embedded"  After the state "verified" the element dispatches `facevote:verified` (it bubbles) with the
//                         detail {purpose, boundTo, next}, and the page goes on by itself. For casting, set
//                         data-bound-to to the tracker before "Start the camera" is pressed: it is read when the
//                         ticket is asked for.
//   data-mode="photos"    For enrolment by an official. No ticket, no socket. Each press of the button dispatches
//                         `facevote:photo` with the detail {blob, number} (JPEG, long side at most 1280 pixels), up
//                         to data-max-photos (10). "Done" turns the camera off and dispatches `facevote:photos-done`
//                         with the detail {count}. A page that refuses a photo may lower the count:
//                         element.dataset.taken = "3".
//
// A page that needs another verification after one that was used up dispatches `facevote:anew` on the widget.
// In all modes `facevote:state` (it bubbles) with the detail {state} reports every change of state.

import { csrfToken, dataOf, element, elements, optionalElement } from "../dom.js";
import * as camera from "./camera.js";
import { Desk } from "./desk.js";
import { FrameMaker } from "./frames.js";
import { Sender } from "./sender.js";
import { getTicket, TicketRefused, VerificationSocket } from "./socket.js";
import { begin, isLive, transition } from "./states.js";
import { View } from "./view.js";

/** @import { Message, ReadyMessage } from "./protocol.js" */
/** @import { Ticket, TicketRequest } from "./socket.js" */
/** @import { CaptureEvent } from "./states.js" */

const RECONNECT_WAIT_MS = 1500;
const QUEUE_WAIT_MS = 5000;
const PHOTO = { side: 1280, quality: 0.92 };
const MOST_PHOTOS = 10;

class Capture {
  #model = begin();
  /** @type {MediaStream | null} */
  #stream = null;
  /** @type {VerificationSocket | null} */
  #socket = null;
  /** @type {Sender | null} */
  #sender = null;
  #run = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** Whether coloured light was chosen in place of some movements. */
  #light = false;
  /** Where the server leads after the verdict. */
  #next = "";

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.view = new View(root);
    this.frames = new FrameMaker(this.view.video);
    this.desk = new Desk(root, {
      matter: () => this.#matter(),
      onVerified: () => this.#dispatch({ type: "phone-verified" }),
      onRefused: ({ why, retryAfter }) => this.#dispatch({ type: "phone-refused", why, retryAfter }),
    });
    this.#listen();
    const missing = camera.missingAbility();
    if (missing) this.#dispatch({ type: "unusable", why: missing });
    else this.view.show(this.#model);
    if ("phoneResumes" in root.dataset) this.#resume();
  }

  get photos() {
    return this.root.dataset.mode === "photos";
  }

  #listen() {
    for (const button of elements(this.root, "[data-start]")) {
      button.addEventListener("click", () => this.#start(button));
    }
    for (const button of elements(this.root, "[data-stop]")) {
      button.addEventListener("click", () => this.#finish());
    }
    optionalElement(this.root, "[data-play]")?.addEventListener("click", () => this.#show());
    this.#listenForPhone();
    const picker = element(this.root, "[data-cameras] select", HTMLSelectElement);
    picker.addEventListener("change", () => this.#choose(picker.value));
    optionalElement(this.root, "[data-shutter]")?.addEventListener("click", () => this.#takePhoto());
    this.root.addEventListener("facevote:anew", () => this.#dispatch({ type: "anew" }));
    this.view.video.addEventListener("resize", () => this.#fit());
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.#dispatch({ type: "hidden" });
    });
    addEventListener("pagehide", () => this.#dispatch({ type: "hidden" }));
  }

  #listenForPhone() {
    for (const button of elements(this.root, "[data-use-phone]")) {
      button.addEventListener("click", () => {
        this.#dispatch({ type: "phone" });
        this.desk.start();
      });
    }
    optionalElement(this.root, "[data-no-phone]")?.addEventListener("click", () => {
      this.#dispatch({ type: "no-phone" });
      this.desk.giveUp();
    });
  }

  /** A phone may have been at work for this page when it was loaded anew. */
  async #resume() {
    this.#dispatch({ type: "phone" });
    if (!(await this.desk.resume())) this.#dispatch({ type: "no-phone" });
  }

  /** @param {HTMLElement} button */
  #start(button) {
    this.#light = button.hasAttribute("data-with-light");
    this.#dispatch({ type: "start" });
  }

  /** @param {CaptureEvent} event */
  #dispatch(event) {
    const before = this.#model;
    this.#model = transition(before, event);
    if (this.#model === before) return;
    this.view.show(this.#model);
    if (this.#model.state !== before.state) this.#enter(this.#model.state);
  }

  /** @param {string} state */
  #enter(state) {
    if (state !== "waiting" && state !== "capturing") this.#disconnect();
    if (!isLive(state)) this.#releaseCamera();
    if (state !== "phone") this.desk.stop();
    this.#announce("facevote:state", { state });
    this.#act(state);
  }

  /** @param {string} state */
  #act(state) {
    switch (state) {
      case "starting":
        this.#openCamera(camera.rememberedCamera());
        break;
      case "connecting":
        this.#connect();
        break;
      case "reconnecting":
        this.#timer = setTimeout(() => this.#dispatch({ type: "retry" }), RECONNECT_WAIT_MS);
        break;
      case "queued":
        this.#timer = setTimeout(() => this.#dispatch({ type: "retry" }), QUEUE_WAIT_MS);
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

  /** @param {string} deviceId */
  async #openCamera(deviceId) {
    const run = this.#run;
    try {
      const stream = await camera.openCamera(deviceId);
      if (run.signal.aborted) camera.release(stream);
      else await this.#useCamera(stream);
    } catch (error) {
      if (!run.signal.aborted) this.#failed(error);
    }
  }

  /** @param {MediaStream} stream */
  async #useCamera(stream) {
    camera.release(this.#stream);
    this.#stream = stream;
    stream.getVideoTracks()[0].addEventListener("ended", () => this.#cameraEnded(stream));
    await camera.play(this.view.video, stream);
    await this.#ready(stream);
  }

  /** After a tap: some browsers show no film before one, to save power. */
  async #show() {
    const stream = this.#stream;
    if (!stream) return;
    try {
      await camera.playing(this.view.video);
      await this.#ready(stream);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** @param {MediaStream} stream */
  async #ready(stream) {
    const run = this.#run;
    this.#fit();
    if (!(await this.frames.isFaithful())) throw new camera.CameraFailure("pictures-altered");
    this.view.cameras(await camera.listCameras(), camera.describe(stream).deviceId);
    if (!run.signal.aborted) this.#dispatch({ type: "camera-ready", photos: this.photos });
  }

  /** @param {unknown} error of the camera or of its pictures */
  #failed(error) {
    const why = error instanceof camera.CameraFailure ? error.why : "camera-busy";
    this.#dispatch({ type: "camera-failed", why });
  }

  /** @param {MediaStream} stream */
  #cameraEnded(stream) {
    if (stream === this.#stream) this.#dispatch({ type: "camera-failed", why: "camera-busy" });
  }

  #fit() {
    if (!this.#stream) return;
    this.view.fitStage(camera.describe(this.#stream).facingMode !== "environment");
  }

  /**
   * Another camera is another capture. What was seen so far no longer counts, so the socket starts anew.
   * @param {string} deviceId
   */
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
      const ticket = await getTicket({ ...this.#request(), signal: run.signal });
      if (!run.signal.aborted) this.#openSocket(ticket);
    } catch (error) {
      if (run.signal.aborted) return;
      const { why, retryAfter } = error instanceof TicketRefused ? error : new TicketRefused("lost");
      this.#dispatch({ type: "ticket-refused", why, retryAfter });
    }
  }

  /** @returns {TicketRequest} */
  #request() {
    const { purpose = "", boundTo = "" } = this.root.dataset;
    return { url: dataOf(this.root, "ticketUrl"), purpose, boundTo, csrfToken: csrfToken(this.root) };
  }

  #matter() {
    const { purpose = "", boundTo = "" } = this.root.dataset;
    return { purpose, bound_to: boundTo };
  }

  /** @param {Ticket} answer */
  #openSocket({ ticket, socket }) {
    if (!this.#stream) return;
    this.#socket = new VerificationSocket({
      path: socket,
      ticket,
      camera: camera.describe(this.#stream),
      light: this.#light,
      onMessage: (message) => this.#take(message),
      onClosed: (why) => this.#dispatch({ type: "closed", why }),
    });
  }

  /** @param {Message} message */
  #take(message) {
    switch (message.type) {
      case "ready":
        this.#dispatch(message);
        this.view.clock.start(message.seconds);
        this.#send(message);
        break;
      case "frame":
        this.view.frame(message, performance.now());
        this.#carryOn(this.#sender?.reply(message));
        break;
      case "verdict":
        this.#next = message.verified ? message.next : "";
        this.#dispatch(message);
        break;
      default:
        this.#dispatch(message);
    }
  }

  /** @param {ReadyMessage} message */
  #send({ maxBytes, step }) {
    this.#sender?.stop();
    if (!this.#socket) return;
    this.#sender = new Sender({ socket: this.#socket, frames: this.frames, maxBytes, step });
    this.#carryOn(this.#sender.next());
  }

  /**
   * A picture that cannot be made means that the camera is gone.
   * @param {Promise<void> | undefined} sending
   */
  async #carryOn(sending) {
    try {
      await sending;
    } catch (error) {
      this.#failed(error);
    }
  }

  #disconnect() {
    clearTimeout(this.#timer);
    this.#sender?.stop();
    this.#sender = null;
    this.#socket?.leave();
    this.#socket = null;
  }

  // result

  #goOn() {
    const { mode, purpose, boundTo = "" } = this.root.dataset;
    if (mode === "embedded") {
      this.#announce("facevote:verified", { purpose, boundTo, next: this.#next });
      return;
    }
    const form = element(this.root, "[data-complete]", HTMLFormElement);
    if (form.getAttribute("action")) form.submit();
    else location.assign(this.#next || "/");
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
    return Number(this.root.dataset.maxPhotos ?? MOST_PHOTOS);
  }

  /**
   * @param {string} type
   * @param {object} detail
   */
  #announce(type, detail) {
    this.root.dispatchEvent(new CustomEvent(type, { bubbles: true, detail }));
  }
}

for (const root of elements(document, "[data-capture]")) new Capture(root);
