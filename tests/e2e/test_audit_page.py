"""The audit page from a file, without a server: it says what is in an opened ballot."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
import segno
from playwright.sync_api import expect

from biometrics.engine.types import BgrImage
from tests.e2e.audit_page_file import build
from tests.e2e.conftest import PHONE
from tests.support.still_films import write_webcam
from tests.voting.crypto.elections import vectors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page


WIDTH, HEIGHT = 1280, 720  # of the camera
KEEP_TRACKS = """() => {
  globalThis.tracks = [];
  const devices = navigator.mediaDevices;
  const ask = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (wanted) => {
    const stream = await ask(wanted);
    globalThis.tracks.push(...stream.getTracks());
    return stream;
  };
}"""


@pytest.fixture(scope="module")
def audit_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("audit"))


@pytest.fixture
def page(audit_page, browser_with):
    with browser_with() as browser:
        yield page_of(browser, audit_page)


def page_of(browser, audit_page):
    page = browser.new_page(viewport=PHONE)
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(audit_page.as_uri())
    expect(page.get_by_role("heading", name="Check an opened ballot")).to_be_visible()
    return page


@pytest.fixture
def board(tmp_path):
    """A file whose first line opens the election of the vectors, as a board's does."""
    known = vectors("python.json")
    line = {"body": {"manifest": known["manifest"], "roll": known["roll"]}, "kind": "open"}
    text = json.dumps(line, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    path = tmp_path / "board.jsonl"
    path.write_text(f"{text}\nmore\n", encoding="utf-8")
    return path


def code_of(opening: dict[str, object]) -> str:
    return json.dumps(opening, separators=(",", ":"), sort_keys=True)


def held_before_camera(text: str, frames: int = 60) -> Iterator[BgrImage]:
    """A hand brings a telephone with the code before the camera: tilted, and blurred."""
    picture = io.BytesIO()
    segno.make(text, error="l").save(picture, kind="png", scale=6, border=6)
    data = np.frombuffer(picture.getvalue(), np.uint8)
    code = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    side = code.shape[0]
    for number in range(frames):
        away = max(0.0, 1 - 2 * number / frames)  # how far the hand still has to come
        move = cv2.getRotationMatrix2D((side / 2, side / 2), 4 + 30 * away, 640 / side)
        move[:, 2] += (WIDTH / 2 - side / 2 + WIDTH * away, HEIGHT / 2 - side / 2)
        seen = cv2.warpAffine(code, move, (WIDTH, HEIGHT), borderValue=(90, 110, 120))
        yield BgrImage(np.asarray(cv2.GaussianBlur(seen, (3, 3), 0), np.uint8))


def give_text(page: Page, text: str) -> None:
    page.get_by_label("Or the text of the code").fill(text)
    page.get_by_label("Or the text of the code").blur()


def test_the_text_of_the_code_and_the_boards_file_show_the_choices(page, board):
    known = vectors("python.json")

    give_text(page, code_of(known["opening"]))
    expect(page.get_by_text("Now give the election")).to_be_visible()
    page.locator("#manifest-file").set_input_files(board)

    result = page.locator("[data-result]")
    expect(result).to_be_visible()
    expect(result.locator("[data-selections]")).to_contain_text('Cem "C."')
    expect(result.locator("[data-selections]")).to_contain_text("Blank")
    assert result.locator("[data-tracker]").inner_text().split() == known["short"].split("-")
    expect(result.locator("[data-full-fingerprint]")).to_have_text(known["fingerprint"])
    assert all(url.startswith(("file:", "data:", "blob:")) for url in page.asked)


def test_a_picture_of_the_code_is_read(page, board):
    known = vectors("python.json")
    picture = io.BytesIO()
    segno.make(code_of(known["opening"]), error="l").save(picture, kind="png", scale=5)

    page.locator("#manifest-file").set_input_files(board)
    page.get_by_label("Or a picture of the code").set_input_files(
        {"name": "code.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    )

    expect(page.locator("[data-result] [data-full-tracker]")).to_have_text(known["tracker"])


def test_the_camera_reads_the_code_and_is_let_go(audit_page, browser_with, board, tmp_path):
    known = vectors("python.json")
    film = write_webcam(held_before_camera(code_of(known["opening"])), tmp_path / "code.mjpeg")

    with browser_with(film) as browser:
        page = page_of(browser, audit_page)
        page.evaluate(KEEP_TRACKS)
        page.locator("#manifest-file").set_input_files(board)
        page.get_by_role("button", name="with the camera").dblclick()

        expect(page.locator("[data-result] [data-full-tracker]")).to_have_text(
            known["tracker"], timeout=60_000
        )
        expect(page.locator("video")).to_be_hidden()
        assert page.evaluate("() => globalThis.tracks.map((track) => track.readyState)") == [
            "ended"
        ]
        assert all(url.startswith(("file:", "data:", "blob:")) for url in page.asked)


def test_another_code_before_the_camera_is_told(audit_page, browser_with, tmp_path):
    film = write_webcam(held_before_camera("https://example.org/"), tmp_path / "code.mjpeg")

    with browser_with(film) as browser:
        page = page_of(browser, audit_page)
        page.get_by_role("button", name="with the camera").click()

        expect(page.get_by_text("This is not an opened ballot.")).to_be_visible(timeout=60_000)
        expect(page.get_by_role("button", name="with the camera")).to_be_visible()


def test_the_file_of_the_voting_page_is_enough(page):
    known = vectors("python.json")
    data = json.dumps(known["audit"], separators=(",", ":"), sort_keys=True, ensure_ascii=False)

    page.get_by_label("Or a picture of the code").set_input_files(
        {"name": "opened.json", "mimeType": "application/json", "buffer": data.encode()}
    )

    expect(page.locator("[data-result] [data-full-tracker]")).to_have_text(known["tracker"])


def test_another_choice_than_the_ballot_holds_is_named(page, board):
    opening = vectors("python.json")["opening"]
    [first, digits], *others = opening["selections"]
    lie = {**opening, "selections": [[first, digits[::-1].replace("101", "011")], *others]}

    page.locator("#manifest-file").set_input_files(board)
    give_text(page, code_of(lie))

    expect(page.get_by_text("does not contain what the voting page says")).to_be_visible()
    expect(page.locator("[data-result]")).to_be_hidden()


def test_what_is_no_ballot_and_no_election_is_told(page, board):
    give_text(page, "hello")
    expect(page.get_by_text("This is not an opened ballot.")).to_be_visible()

    page.locator("#manifest-file").set_input_files(
        {"name": "x.json", "mimeType": "application/json", "buffer": b"{}"}
    )
    expect(page.get_by_text("has no manifest")).to_be_visible()
