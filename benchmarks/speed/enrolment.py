"""Enrolment photos encoded a second by one Celery worker, from the queue to the stored reference.

    python -m benchmarks.speed.enrolment [--photos DIR] [--lfw DIR] [--voters 80] [--json]

Two kinds of photos, three for each voter: photographs of 12 megapixels (those of DIR, each scaled
to 4000 pixels across) and webcam pictures of 640x480 (LFW's, enlarged). They are taken in as an
upload is, which is timed by itself, and then wait in the queue. A real worker with one process
starts; its first photo warms it up, and it is timed until no photo waits any more. The database is
SQLite, the broker a folder of files.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from benchmarks.harness import figures, throwaway
from benchmarks.harness.clips import read_picture
from benchmarks.harness.places import ROOT, SHARED_DATA
from biometrics.engine.images import encode_jpeg
from biometrics.engine.types import BgrImage

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

FACES = SHARED_DATA / "faces"
JPEG_QUALITY = 90
PHOTOS_EACH = 3
LARGE, WEBCAM = (4000, 3000), (640, 480)
SECONDS_AT_MOST = 300


@dataclass(frozen=True, slots=True)
class Upload:
    voter: str
    jpeg: bytes


def photographs(folder: Path, most: int) -> list[Upload]:
    """12 megapixels each. A voter is only a name here: one face may belong to several of them."""
    paths = sorted(folder.glob("*.jpg"))[: most * PHOTOS_EACH]
    return [
        Upload(f"large-{place // PHOTOS_EACH}", _fitted(path, LARGE))
        for place, path in enumerate(paths)
    ]


def webcam_pictures(folder: Path, most: int) -> list[Upload]:
    """640x480, of people with at least three pictures."""
    people = [path for path in sorted(folder.iterdir()) if len(list(path.glob("*.jpg"))) >= 3]
    return [
        Upload(person.name, _fitted(path, WEBCAM))
        for person in people[:most]
        for path in sorted(person.glob("*.jpg"))[:PHOTOS_EACH]
    ]


def _fitted(path: Path, size: tuple[int, int]) -> bytes:
    """The JPEG of the whole picture, scaled; its edges are mirrored to fill `size`."""
    image = read_picture(path)
    scale = min(size[0] / image.shape[1], size[1] / image.shape[0])
    scaled = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    wide, high = size[0] - scaled.shape[1], size[1] - scaled.shape[0]
    whole = cv2.copyMakeBorder(
        scaled, high // 2, high - high // 2, wide // 2, wide - wide // 2, cv2.BORDER_REFLECT_101
    )
    return encode_jpeg(BgrImage(np.asarray(whole, dtype=np.uint8)), quality=JPEG_QUALITY)


def take_in(uploads: list[Upload]) -> float:
    """The median milliseconds of an upload in the web process; it queues the photos."""
    from django.utils import timezone

    from accounts.models import User
    from biometrics.consent.agreement import give_consent, text_version
    from biometrics.enrolment.photos import add_photo

    voters = {
        name: User.objects.create(username=name) for name in {upload.voter for upload in uploads}
    }
    for voter in voters.values():
        give_consent(voter, text_version(), timezone.now())
    times = []
    for upload in uploads:
        started = time.perf_counter()
        add_photo(voters[upload.voter], upload.jpeg, None)
        times.append((time.perf_counter() - started) * 1000)
    return float(np.median(times))


@contextmanager
def worker(data: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "celery", "-A", "facevote", "worker", "--concurrency", "1"]
    with (data / "worker.log").open("ab") as log:
        running = subprocess.Popen(
            [*command, "--loglevel", "warning"], cwd=ROOT, stdout=log, stderr=log
        )
        try:
            yield running
        finally:
            running.terminate()
            try:
                running.wait(60)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()


def encoded(data: Path) -> dict[str, Any]:
    """Photos a second, from the first that is done to the last. SystemExit if the worker fails."""
    from biometrics.models import PhotoState, ReferencePhoto

    waiting = ReferencePhoto.objects.filter(state=PhotoState.WAITING)
    before = waiting.count()
    with worker(data) as running:
        until = time.monotonic() + SECONDS_AT_MOST
        first, left = None, before
        while left and time.monotonic() < until:
            time.sleep(0.02)
            left = waiting.count()
            if first is None and left < before:
                first = time.perf_counter(), left
        if left or first is None:
            raise SystemExit((data / "worker.log").read_text(encoding="utf-8")[-2000:])
        seconds = time.perf_counter() - first[0]
        computed = _cpu_seconds(running.pid)
    return {
        "photos_per_second": round(first[1] / seconds, 2),
        "worker_cpu_seconds": round(computed, 2),
        "photos": before,
    }


def _cpu_seconds(pid: int) -> float:
    """Computed by the worker and its child, start included; other programs hardly change it."""
    ticks = 0
    for child in [pid, *_children(pid)]:
        fields = Path(f"/proc/{child}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in listed.split()]


def outcomes() -> dict[str, int]:
    """How many photos ended in which state, or were refused for which reason."""
    from biometrics.models import ReferencePhoto

    counts: dict[str, int] = defaultdict(int)
    for state, reason in ReferencePhoto.objects.values_list("state", "reason"):
        counts[reason or state] += 1
    return dict(counts)


def measure(options: argparse.Namespace) -> dict[str, Any]:
    measured: dict[str, Any] = {"load_average": os.getloadavg()[0]}
    photos = {
        "photos_12mp": photographs(options.photos, options.voters),
        "webcam": webcam_pictures(options.lfw, options.voters),
    }
    with throwaway.site(CELERY_TASK_ALWAYS_EAGER="off") as data:
        from biometrics.models import ReferencePhoto

        for name, uploads in photos.items():
            intake = {"intake_ms_p50": round(take_in(uploads), 1)}
            measured[name] = encoded(data) | intake | {"outcomes": outcomes()}
            ReferencePhoto.objects.all().delete()
    return measured


def main() -> None:
    parser = figures.parser(__doc__)
    parser.add_argument("--photos", type=Path, default=FACES / "photos")
    parser.add_argument("--lfw", type=Path, default=FACES / "lfw")
    parser.add_argument("--voters", type=int, default=80)
    options = parser.parse_args()
    figures.show(measure(options), as_json=options.json)


if __name__ == "__main__":
    main()
