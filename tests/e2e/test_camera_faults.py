"""A fault of camera, browser or network is named, and never counted against the voter."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.drawn_site import encrypt, fill_in, sign_in, to_the_ballot

# A camera of a canvas on which `draw(pen, video)` draws; `video` shows the drawn camera.
OWN_CAMERA = """
const before = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
const cameraOf = async (start, rate) => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [640, 480];
  const pen = canvas.getContext("2d");
  const video = document.createElement("video");
  video.muted = true;
  video.srcObject = await before({ video: true });
  await video.play();
  start(pen, video);
  return canvas.captureStream(rate);
};
const camera = (start, rate = 30) => {
  navigator.mediaDevices.getUserMedia = () => cameraOf(start, rate);
};
"""
NO_FRAMES = "camera(() => {}, 0);"
BLACK = "camera((pen) => setInterval(() => pen.fillRect(0, 0, 640, 480), 33));"
FROZEN = "camera((pen, video) => setTimeout(() => pen.drawImage(video, 0, 0), 300));"
FROZEN_THOUGH_SENDING = """
camera((pen, video) => setTimeout(() => {
  pen.drawImage(video, 0, 0);
  const still = pen.getImageData(0, 0, 640, 480);
  setInterval(() => pen.putImageData(still, 0, 0), 33);
}, 300));
"""
ONE_A_SECOND = """
camera((pen, video) => {
  pen.drawImage(video, 0, 0);
  setInterval(() => pen.drawImage(video, 0, 0), 1000);
});
"""
REPLACED_BY = """
OffscreenCanvas.prototype.convertToBlob = async function () {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [this.width, this.height];
  const pen = canvas.getContext("2d");
  %s
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.8));
};
"""
WHITE = REPLACED_BY % 'pen.fillStyle = "#fff"; pen.fillRect(0, 0, this.width, this.height);'
NOISE = (
    REPLACED_BY
    % """
  const noise = pen.createImageData(this.width, this.height);
  for (let at = 0; at < noise.data.length; at += 1) noise.data[at] = Math.random() * 256;
  pen.putImageData(noise, 0, 0);
"""
)
SOCKET = """
window.WebSocket = class extends EventTarget {
  static OPEN = 1;
  readyState = 0;
  constructor() { super(); %s }
  close() {}
  send() {}
};
"""
SWALLOWED = SOCKET % ""
STRIPPED = SOCKET % (
    'setTimeout(() => this.dispatchEvent(new CloseEvent("close", { code: 1006 })), 100);'
)
NO_LIST = "navigator.mediaDevices.enumerateDevices = () => Promise.reject(new Error('no'));"
NO_SETTINGS = "MediaStreamTrack.prototype.getSettings = undefined;"
NO_CALLBACK = "delete HTMLVideoElement.prototype.requestVideoFrameCallback;"
NEEDS_A_TAP = """
const play = HTMLMediaElement.prototype.play;
let taps = 0;
addEventListener("click", () => { taps += 1; }, true);
HTMLMediaElement.prototype.play = function () {
  if (!this.isConnected || taps >= 2) return play.call(this);
  return Promise.reject(new DOMException("tap first", "NotAllowedError"));
};
"""

NAMED = {
    "no frames": (NO_FRAMES, "camera-silent", "This camera gives no picture"),
    "black": (BLACK, "camera-covered", r"No picture: is the camera.s cover closed\?"),
    "frozen": (FROZEN, "camera-frozen", "The camera.s picture stands still"),
    "frozen though it sends": (FROZEN_THOUGH_SENDING, "camera-frozen", "stands still"),
    "white canvas": (WHITE, "pictures-altered", "Your browser alters pictures"),
    "noise canvas": (NOISE, "pictures-altered", "canvas protection"),
    "a socket that is swallowed": (SWALLOWED, "connection-blocked", "This network blocks"),
    "a socket that is refused": (STRIPPED, "connection-blocked", "This network blocks"),
}
HARMLESS = {
    "no list of cameras": NO_LIST,
    "no settings": NO_SETTINGS,
    "an old browser": NO_CALLBACK,
    "one picture a second": ONE_A_SECOND,
}


@pytest.fixture
def start_with(drawn_site, page):
    """Ada before the face step, whose camera starts with a fault; returns the page."""

    def start(fault):
        page.add_init_script(f"(() => {{ {OWN_CAMERA} {fault} }})();")
        sign_in(page, drawn_site, "ada")
        return page

    return start


@pytest.fixture
def counted(drawn_site):
    """How many failed tries are counted against Ada."""

    def count():
        return int(
            drawn_site.shell(
                "from biometrics.models import FaceLockout\n"
                "print(sum(row.failures for row in FaceLockout.objects.all()))"
            )
        )

    return count


@pytest.mark.parametrize("fault", NAMED)
def test_a_fault_of_the_device_is_named_with_what_to_do_and_is_not_counted(
    start_with, counted, fault
):
    script, state, words = NAMED[fault]

    page = start_with(script)

    section = page.locator(f".capture > section[data-state='{state}']")
    expect(section).to_be_visible(timeout=25_000)
    expect(section).to_contain_text(re.compile(words))
    expect(section.locator("[data-start]")).to_be_visible()
    assert counted() == 0


@pytest.mark.parametrize("fault", HARMLESS)
def test_what_does_no_harm_keeps_nobody_out(start_with, counted, fault):
    page = start_with(HARMLESS[fault])

    page.wait_for_url("**/elections/", timeout=30_000)
    assert counted() == 0


def test_a_browser_that_wants_a_tap_first_gets_one(start_with):
    page = start_with(NEEDS_A_TAP)
    waiting = page.locator(".capture > section[data-state='tap-needed']")
    expect(waiting).to_contain_text("One more tap")

    waiting.get_by_role("button", name="Show my picture").click()

    page.wait_for_url("**/elections/", timeout=30_000)


def test_a_camera_that_recovers_is_taken_at_the_next_try(start_with):
    page = start_with(
        "const good = navigator.mediaDevices.getUserMedia;" + FROZEN + "window.mend = () => {"
        " navigator.mediaDevices.getUserMedia = good; };"
    )
    frozen = page.locator(".capture > section[data-state='camera-frozen']")
    expect(frozen).to_be_visible(timeout=25_000)

    page.evaluate("() => window.mend()")
    frozen.locator("[data-start]").click()

    page.wait_for_url("**/elections/", timeout=30_000)


def test_the_time_that_is_left_is_shown_and_help_comes_when_it_takes_long(drawn_site, page):
    sign_in(page, drawn_site, "ben", start=False)
    page.evaluate("() => Object.assign(window.drawn, { person: '', room: '#000' })")

    page.locator("section[data-state=intro] [data-start]").click()

    clock, help_ = page.locator("[data-clock]"), page.locator("[data-help='10']")
    expect(clock).to_have_text(re.compile(r"^1[0-5] seconds left$"), timeout=10_000)
    expect(help_).to_be_hidden()
    expect(help_).to_be_visible(timeout=12_000)
    expect(help_).to_contain_text("Face a window or a lamp")


# What a voter must see at once: the picture with the ring, the hint and the way out.
NEEDED = (
    "[data-stage]",
    ".capture [data-progress]",
    "[data-hint-text]",
    ".capture-controls [data-stop]",
)
WINDOWS = ((1366, 650), (1280, 800), (768, 1024), (360, 640))


def out_of_view(page):
    """What is not wholly in the window, without scrolling, for each of its sizes."""
    missing = []
    for width, height in WINDOWS:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("() => scrollTo(0, 0)")
        for part in NEEDED:
            box = page.locator(part).first.bounding_box()
            inside = box and box["width"] > 40 and box["height"] > 20
            if not inside or box["y"] < 0 or box["y"] + box["height"] > height:
                missing.append((width, height, part, box))
    return missing


def test_picture_ring_hint_and_stop_are_in_view_in_every_window(drawn_site, page):
    nobody = "() => Object.assign(window.drawn, { person: '', room: '#000' })"
    sign_in(page, drawn_site, "cleo", start=False)
    page.evaluate(nobody)
    page.locator("section[data-state=intro] [data-start]").click()
    page.locator("[data-clock]").wait_for()
    signing_in = out_of_view(page)
    page.evaluate("() => Object.assign(window.drawn, { person: 'rgb(224, 32, 32)' })")
    page.wait_for_url("**/elections/", timeout=30_000)
    to_the_ballot(page, drawn_site, "cleo")
    fill_in(page)
    encrypt(page)
    page.evaluate(nobody)
    page.locator("section[data-state=encrypted] [data-cast]").click()
    page.locator("section[data-state=face] section[data-state=intro] [data-start]").click()
    page.locator("[data-clock]").wait_for()

    casting = out_of_view(page)

    assert not signing_in
    assert not casting
