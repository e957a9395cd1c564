"""Enrolment photos encoded per second by one Celery worker, from the queue to the stored reference.

    python benchmarks/speed/enrolment.py [--photos DIR] [--lfw DIR] [--voters 80] [--json]

Two kinds of photos, three a voter: photographs of 12 megapixels (those of DIR, each scaled to 4000
pixels across) and webcam pictures of 640x480 (LFW's, enlarged). They are taken in as an upload is,
which is timed by itself, and wait; then a real worker with one process starts, is warmed by the
first photo, and is timed until none waits any more. The database is SQLite, the broker files.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import cv2
import numpy as np

from benchmarks.harness import throwaway

if TYPE_CHECKING:
    from collections.abc import Iterator

FACES = throwaway.ROOT.parent / "shared" / "data" / "faces"
PHOTOS_EACH = 3
LARGE, WEBCAM = (4000, 3000), (640, 480)
SECONDS_AT_MOST = 300


@dataclass(frozen=True, slots=True)
class Upload:
    voter: str
    jpeg: bytes


def photographs(folder: Path, most: int) -> list[Upload]:
    """12 megapixels each; a photo's voter is only a name: one face may stand under several."""
    paths = sorted(folder.glob("*.jpg"))[: most * PHOTOS_EACH]
    return [
        Upload(f"large-{place // PHOTOS_EACH}", _fitted(path, LARGE))
        for place, path in enumerate(paths)
    ]


def webcam_pictures(folder: Path, most: int) -> list[Upload]:
    people = [path for path in sorted(folder.iterdir()) if len(list(path.glob("*.jpg"))) >= 3]
    return [
        Upload(person.name, _fitted(path, WEBCAM))
        for person in people[:most]
        for path in sorted(person.glob("*.jpg"))[:PHOTOS_EACH]
    ]


def _fitted(path: Path, size: tuple[int, int]) -> bytes:
    """The whole picture, scaled, with its edges drawn out to the wanted shape."""
    image = cv2.imread(str(path))
    scale = min(size[0] / image.shape[1], size[1] / image.shape[0])
    image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    wide, high = size[0] - image.shape[1], size[1] - image.shape[0]
    image = cv2.copyMakeBorder(
        image, high // 2, high - high // 2, wide // 2, wide - wide // 2, cv2.BORDER_REFLECT_101
    )
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes()


def take_in(uploads: list[Upload]) -> float:
    """Milliseconds an upload, as the web process takes it; the photos are queued afterwards."""
    from accounts.models import User
    from biometrics.enrolment.photos import add_photo

    voters = {name: User.objects.create(username=name) for name in {one.voter for one in uploads}}
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
            [*command, "--loglevel", "warning"], cwd=throwaway.ROOT, stdout=log, stderr=log
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
    """Photos a second from the first one that is done to the last, and what came of them."""
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
    """Of the worker and its child, start included: what others on the machine hardly move."""
    ticks = 0
    for child in [pid, *_children(pid)]:
        fields = Path(f"/proc/{child}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in listed.split()]


def outcomes() -> dict[str, int]:
    from biometrics.models import ReferencePhoto

    counts: dict[str, int] = defaultdict(int)
    for state, reason in ReferencePhoto.objects.values_list("state", "reason"):
        counts[reason or state] += 1
    return dict(counts)


def measure(options: argparse.Namespace) -> dict[str, Any]:
    figures: dict[str, Any] = {"load_average": os.getloadavg()[0]}
    kinds = {
        "photos_12mp": photographs(options.photos, options.voters),
        "webcam": webcam_pictures(options.lfw, options.voters),
    }
    with throwaway.site(CELERY_TASK_ALWAYS_EAGER="off") as data:
        from biometrics.models import ReferencePhoto

        for name, uploads in kinds.items():
            taken = take_in(uploads)
            found = encoded(data)
            figures[name] = {**found, "intake_ms_p50": round(taken, 1), "outcomes": outcomes()}
            ReferencePhoto.objects.all().delete()
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description="Time the enrolment of photos.")
    parser.add_argument("--photos", type=Path, default=FACES / "photos")
    parser.add_argument("--lfw", type=Path, default=FACES / "lfw")
    parser.add_argument("--voters", type=int, default=80)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = measure(options)
    if options.json:
        print(json.dumps(figures, indent=2))
        return
    print(f"load average {figures.pop('load_average'):.1f}")
    for name, found in figures.items():
        print(f"{name:12} {found['photos_per_second']:8.2f} photos/s   {found}")


if __name__ == "__main__":
    main()
