// The audit page: shows what is in a ballot that was opened instead of cast. It runs without a server, also from a file
// on another device, and its policy lets it ask nothing over the network.

import { OpeningWrong, checkOpening } from "../crypto/audit.js";
import { readManifest } from "../crypto/manifest.js";
import { inLanguage } from "../crypto/texts-shown.js";
import { shortTracker } from "../crypto/tracker.js";
import { verifyKeys } from "../crypto/trustees/keys.js";
import { element, elements } from "../dom.js";
import { nameOf } from "../voting/labels.js";
import { showSelections, showTracker } from "../voting/render.js";
import { NotUsable, manifestIn, openingIn, readQr } from "./sources.js";

/** @import { OpenedContest } from "../crypto/audit.js" */

const LOOK_MS = 200;
/** The code of a long ballot has small dots, so the camera should show as many of them as it can. */
const CAMERA = { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } };

const root = element(document, "[data-audit]");
const video = element(root, "video", HTMLVideoElement);
const cameraButton = element(root, "[data-camera]", HTMLButtonElement);
const language = document.documentElement.lang || "en";

/** @type {unknown} */
let opening = null;
/** @type {unknown} */
let manifest = null;

/**
 * Shows one notice, or none.
 * @param {string} code
 */
function tell(code) {
  for (const words of elements(root, "[data-word]")) words.hidden = words.dataset.word !== code;
}

/**
 * Does what a file, a text or the camera brings, and shows the ballot once both parts are there.
 * @param {() => void | Promise<void>} take
 */
async function run(take) {
  element(root, "[data-result]").hidden = true;
  tell("");
  try {
    await take();
    if (opening !== null && manifest !== null) show();
    else if (opening !== null) tell("needs-manifest");
    else tell("needs-opening");
  } catch (error) {
    tell(codeOf(error));
  }
}

/** @param {unknown} error */
function codeOf(error) {
  if (error instanceof NotUsable) return error.code;
  return error instanceof OpeningWrong ? `opening-${error.code}` : "untrue";
}

/** Computes the ballot anew. */
function show() {
  const election = readManifest(manifest);
  verifyKeys(election);
  const { contests, tracker } = checkOpening(election, opening);
  showSelections(element(root, "[data-selections]"), rowsOf(contests), element(root, "[data-blank]").textContent);
  showTracker(element(root, "[data-tracker]"), shortTracker(tracker));
  showTracker(element(root, "[data-short-fingerprint]"), shortTracker(election.fingerprint));
  element(root, "[data-election]").textContent = inLanguage(election.title, language);
  element(root, "[data-full-tracker]").textContent = tracker;
  element(root, "[data-full-fingerprint]").textContent = election.fingerprint;
  const result = element(root, "[data-result]");
  result.hidden = false;
  result.focus();
}

/**
 * @param {OpenedContest[]} contests
 * @returns {[title: string, names: string[]][]}
 */
function rowsOf(contests) {
  return contests.map(({ contest, selected, blank }) => {
    // The id tells two contests or choices of one title apart.
    const names = selected.map((place) => `${nameOf(contest.choices[place], language)} [${contest.choices[place].id}]`);
    const none = element(root, "[data-none]").textContent;
    return [`${inLanguage(contest.title, language)} [${contest.id}]`, blank || names.length > 0 ? names : [none]];
  });
}

/** @param {string} text */
function takeOpening(text) {
  const found = openingIn(text);
  opening = found.opening;
  manifest = found.manifest ?? manifest;
}

/** @param {File} file an audit file, or a picture of a QR code */
async function takeFile(file) {
  if (!file.type.startsWith("image/")) {
    takeOpening(await file.text());
    return;
  }
  const picture = await createImageBitmap(file);
  takeOpening(readQr(picture, picture));
}

async function startCamera() {
  cameraButton.disabled = true;
  try {
    video.srcObject = await navigator.mediaDevices.getUserMedia({ video: CAMERA });
    video.hidden = false;
    await video.play();
  } catch {
    stopCamera();
    tell("no-camera");
    return;
  }
  tell("looking");
  look();
}

function look() {
  if (video.hidden) return;
  try {
    const text = readQr(video, { width: video.videoWidth, height: video.videoHeight });
    stopCamera();
    run(() => takeOpening(text));
  } catch {
    setTimeout(look, LOOK_MS);
  }
}

function stopCamera() {
  const { srcObject } = video;
  if (srcObject instanceof MediaStream) for (const track of srcObject.getTracks()) track.stop();
  video.hidden = true;
  cameraButton.disabled = false;
}

/**
 * @param {string} selector
 * @param {(file: File) => Promise<void>} take
 */
function onFile(selector, take) {
  const input = element(root, selector, HTMLInputElement);
  input.addEventListener("change", () => {
    const [file] = input.files ?? [];
    if (file) run(() => take(file));
  });
}

onFile("#opening-file", takeFile);
onFile("#manifest-file", async (file) => {
  manifest = await manifestIn(file);
});
const text = element(root, "#opening-text", HTMLTextAreaElement);
text.addEventListener("change", () => run(() => takeOpening(text.value)));
cameraButton.addEventListener("click", startCamera);
element(document, "[data-starting]").remove();
root.hidden = false;
