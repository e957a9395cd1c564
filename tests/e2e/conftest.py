"""A real server, a real worker's tasks and a real browser whose webcam plays a clip."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import pytest

from tests.e2e import drawn_site as drawn
from tests.support import real_site
from tests.support.places import BASE, SHARED_DATA
from tests.support.still_films import write_webcam

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager

    from playwright.sync_api import Browser, Page

    from biometrics.engine.types import BgrImage
    from tests.support.real_site import Site

CLIPS = SHARED_DATA / "video"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
CAMERA = Path(__file__).with_name("drawn_camera.js").read_text(encoding="utf-8")
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}
# A page of a busy machine may take long to load its libraries and to check an election.
WAIT_MS = 60_000
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/e2e" in str(item.path):
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def clips() -> Path:
    if not CLIPS.is_dir():
        pytest.skip("needs the research clips in ../shared/data/video")
    return CLIPS


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    # A clip that loops can follow no cue.
    with running_site(
        tmp_path_factory.mktemp("site"), CHALLENGE_LOGIN="passive", CHALLENGE_CAST="passive"
    ) as site:
        yield site


@pytest.fixture(scope="module")
def drawn_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The same with the scripted engine and its people: no real face is needed."""
    with running_site(tmp_path_factory.mktemp("drawn"), **drawn.ENVIRONMENT) as site:
        site.shell(drawn.SET_UP)
        yield site


@contextmanager
def running_site(data: Path, **settings: str) -> Iterator[Site]:
    """The same with the browser's libraries laid out."""
    real_site.lay_out_libraries(data)
    with real_site.running_site(data, **settings) as site:
        yield site


@contextmanager
def running_worker(site: Site) -> Iterator[None]:
    command = [sys.executable, "-m", "celery", "-A", "facevote", "worker"]
    with (Path(site.environment["DATA_DIR"]) / "worker.log").open("wb") as log:
        worker = subprocess.Popen(
            [*command, "--beat", "--concurrency", "1", "--loglevel", "warning"],
            cwd=BASE,
            env=site.environment,
            stdout=log,
            stderr=log,
        )
        try:
            yield
        finally:
            worker.terminate()
            worker.wait(20)


@pytest.fixture(scope="session")
def webcam(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """Writes a clip's second half as the file that Chromium plays as its webcam."""

    def write(clip: Path) -> Path:
        target = tmp_path_factory.mktemp("webcam") / "webcam.mjpeg"
        frames = _frames(clip)
        with target.open("wb") as file:
            for frame in frames[len(frames) // 2 :]:
                file.write(cv2.imencode(".jpg", _upright(frame))[1].tobytes())
        return target

    return write


@pytest.fixture(scope="session")
def still_webcam(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[Iterable[BgrImage]], Path]:
    """Writes frames of a photograph as the file that Chromium plays as its webcam."""

    def write(frames: Iterable[BgrImage]) -> Path:
        return write_webcam(frames, tmp_path_factory.mktemp("webcam") / "still.mjpeg")

    return write


@pytest.fixture(scope="session")
def photos() -> Callable[[Path, Path], None]:
    """Writes enrolment photos: frames of a clip's first half."""

    def write(clip: Path, folder: Path) -> None:
        folder.mkdir(parents=True)
        frames = _frames(clip)
        half = len(frames) // 2
        for index in range(0, half, max(1, half // 6)):
            cv2.imwrite(str(folder / f"{index:04}.jpg"), frames[index])

    return write


@pytest.fixture
def browser_with() -> Callable[..., AbstractContextManager[Browser]]:
    """A browser whose webcam plays a file; skips where Chromium is missing."""
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing: apt-get install chromium")
        pytest.skip("needs Chromium: apt-get install chromium")

    @contextmanager
    def start(file: Path | None = None) -> Iterator[Browser]:
        from playwright.sync_api import sync_playwright

        video = [f"--use-file-for-fake-video-capture={file}"] if file else []
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *video])
            try:
                yield browser
            finally:
                browser.close()

    return start


def drawn_page(browser: Browser, **look: object) -> Page:
    """A page whose camera is drawn, on a telephone unless `look` says otherwise."""
    context = browser.new_context(**{"viewport": PHONE, **look})  # type: ignore[arg-type]
    context.add_init_script(CAMERA)
    context.set_default_timeout(WAIT_MS)
    return context.new_page()


@pytest.fixture
def page(browser_with: Callable[..., AbstractContextManager[Browser]]) -> Iterator[Page]:
    """On a telephone with the drawn camera, for stories that need no real face."""
    with browser_with() as browser:
        yield drawn_page(browser)


def _frames(clip: Path) -> list[cv2.typing.MatLike]:
    capture = cv2.VideoCapture(str(clip))
    frames: list[cv2.typing.MatLike] = []
    while True:
        more, frame = capture.read()
        if not more:
            return frames
        frames.append(frame)


def _upright(frame: cv2.typing.MatLike) -> cv2.typing.MatLike:
    """At most 640 pixels on the long side, both sides even."""
    height, width = frame.shape[:2]
    scale = min(1.0, 640 / max(height, width))
    size = (int(width * scale) // 2 * 2, int(height * scale) // 2 * 2)
    return cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
