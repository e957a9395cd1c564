"""Times each step of the engine, `face_recognition`'s own functions and the ancestor's loop.

All on the same frames in the same run: the drift of a shared machine hits them alike. Beside the
time by the clock stands the time that the thread itself computed, which others on the machine
hardly move; the load average of the run is printed too.

    python -m benchmarks.speed.engine [--clip VIDEO] [--frames 60] [--seconds 20] [--json] [--plot FILE]
    python -m benchmarks.speed.engine --workers [--seconds 10]

--workers measures one thing alone: an engine on each core, as threads of one process and as
processes.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import cv2
import numpy as np

from biometrics.engine.errors import ArtifactRefused
from biometrics.engine.faces import landmarks, quality
from biometrics.engine.faces.alignment import ALIGNMENTS, align
from biometrics.engine.faces.detection import FaceDetector
from biometrics.engine.faces.finding import face_of
from biometrics.engine.faces.fingerprint import fingerprint, scene
from biometrics.engine.faces.landmarks import FaceMesh
from biometrics.engine.images import decode_frame
from biometrics.engine.matching.encoding import Encoder
from biometrics.engine.pad.texture import TexturePad
from biometrics.engine.pipeline import Engine
from biometrics.engine.whole_files import write_figure
from biometrics.training.matching.plots import new_figure

if TYPE_CHECKING:
    from collections.abc import Callable

BASE_DIR = Path(__file__).resolve().parents[1]
MODELS_DIR = BASE_DIR / "models"
CLIP = BASE_DIR.parent / "shared" / "data" / "video" / "person_a" / "bona_fide.webm"
SIZE = (640, 480)
CORES = 2


@dataclass(slots=True)
class Stopwatch:
    """Milliseconds of each named step."""

    times: dict[str, list[float]] = field(default_factory=dict)
    computed: dict[str, list[float]] = field(default_factory=dict)

    def time(self, name: str, work: Callable[[], Any]) -> Any:
        started, computing = time.perf_counter(), time.thread_time()
        result = work()
        self.computed.setdefault(name, []).append((time.thread_time() - computing) * 1000)
        self.times.setdefault(name, []).append((time.perf_counter() - started) * 1000)
        return result

    def computed_at(self, name: str, percent: float) -> float:
        return float(np.percentile(self.computed[name], percent))

    def p50(self, name: str) -> float:
        return statistics.median(self.times[name])

    def p95(self, name: str) -> float:
        return float(np.percentile(self.times[name], 95))


def read_frames(clip: Path, count: int) -> list[bytes]:
    """JPEGs of 640x480, spread over the clip."""
    reader = cv2.VideoCapture(str(clip))
    if not reader.isOpened():
        raise SystemExit(f"{clip} cannot be read; name another with --clip")
    pictures = []
    while True:
        ok, image = reader.read()
        if not ok:
            break
        pictures.append(image)
    chosen = [pictures[i] for i in np.linspace(0, len(pictures) - 1, count).astype(int)]
    return [cv2.imencode(".jpg", cv2.resize(one, SIZE))[1].tobytes() for one in chosen]


def fit_frames(frames: list[bytes], engine: Engine) -> list[bytes]:
    """Refused frames are cheaper: they would flatter the figures."""
    return [frame for frame in frames if engine.process(frame).template is not None]


def load_engine(encoder: str | None) -> tuple[Engine, bool]:
    """With attack detection where its model is there."""
    try:
        return Engine.load(MODELS_DIR, encoder=encoder), True
    except (ArtifactRefused, ImportError):
        return Engine.load(MODELS_DIR, encoder=encoder, pad=False), False


def time_steps(
    frames: list[bytes], encoder: str | None, watch: Stopwatch, *, guarded: bool
) -> None:
    """Each step alone; the sum is the whole frame."""
    detector, mesh = FaceDetector.load(MODELS_DIR), FaceMesh.load(MODELS_DIR)
    encode = Encoder.load(MODELS_DIR, encoder).encode
    pad = TexturePad.load(MODELS_DIR) if guarded else None
    for frame in frames:
        image = watch.time("decode", lambda frame=frame: decode_frame(frame))
        found = watch.time("detect", lambda image=image: detector.detect(image))
        if not found:
            continue
        points = watch.time("mesh", lambda i=image, f=found: mesh.locate(i, f[0]))
        face = face_of(points, score=found[0].score)
        watch.time("pose", lambda points=points: landmarks.pose(points))
        watch.time("quality", lambda i=image, f=face: quality.measure(i, f))
        watch.time("encode", lambda i=image, p=points: encode(i, p))
        watch.time("fingerprint", lambda i=image, f=face: (fingerprint(i, f.box), scene(i)))
        if pad is not None:
            watch.time("attack detection", lambda i=image, f=face: pad.score(i, f.box))


def time_whole(frames: list[bytes], engine: Engine, watch: Stopwatch) -> None:
    """The pipeline as the site runs it."""
    previous = None
    for frame in frames:
        result = watch.time("frame", lambda f=frame, p=previous: engine.process(f, previous=p))
        previous = result.face.box if result.face else None


def time_descriptor(frames: list[bytes], watch: Stopwatch) -> None:
    """The descriptor network alone, on the same aligned faces, in both implementations."""
    import dlib
    import face_recognition_models

    model = dlib.face_recognition_model_v1(
        face_recognition_models.face_recognition_model_location()
    )
    detector, mesh = FaceDetector.load(MODELS_DIR), FaceMesh.load(MODELS_DIR)
    network = Encoder.load(MODELS_DIR, "dlib").networks[0]
    for frame in frames:
        image = decode_frame(frame)
        found = detector.detect(image)
        if not found:
            continue
        crop = align(image, mesh.locate(image, found[0]), ALIGNMENTS["dlib"])
        watch.time("descriptor", lambda crop=crop: network.describe(crop))
        watch.time("descriptor, dlib", lambda crop=crop: model.compute_face_descriptor(crop))


def time_library(frames: list[bytes], watch: Stopwatch) -> None:
    """`face_recognition`'s own functions on full frames, given the face's place where it can be."""
    import face_recognition

    for frame in frames:
        image = decode_frame(frame)
        places = watch.time(
            "face_locations (HOG)", lambda image=image: face_recognition.face_locations(image)
        )
        if places:
            watch.time(
                "face_encodings, face given",
                lambda i=image, p=places: face_recognition.face_encodings(i, p[:1]),
            )


def time_ancestor(frames: list[bytes], watch: Stopwatch) -> None:
    """HOG, `face_encodings`, and one Keras `predict` on a 32x32 crop for every frame."""
    import face_recognition
    import keras

    network = keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            keras.layers.Conv2D(16, 3, padding="same", activation="relu"),
            keras.layers.Conv2D(16, 3, padding="same", activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Conv2D(32, 3, padding="same", activation="relu"),
            keras.layers.Conv2D(32, 3, padding="same", activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Flatten(),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(2, activation="softmax"),
        ]
    )
    network.predict(np.zeros((1, 32, 32, 3), np.float32), verbose=0)

    def loop(frame: bytes) -> bool:
        image = cv2.imdecode(np.frombuffer(frame, np.uint8), cv2.IMREAD_COLOR)[:, :, ::-1]
        image = np.ascontiguousarray(image)
        places = face_recognition.face_locations(image)
        if not places:
            return False
        top, right, bottom, left = places[0]
        face_recognition.face_encodings(image, places[:1])
        crop = cv2.resize(image[max(top, 0) : bottom, max(left, 0) : right], (32, 32))
        network.predict(crop[None].astype(np.float32) / 255, verbose=0)
        return True

    for frame in frames:
        found = watch.time("ancestor's frame", lambda frame=frame: loop(frame))
        if not found:
            watch.times["ancestor's frame"].pop()


def sustained(frames: list[bytes], encoder: str | None, seconds: float) -> float:
    """Frames per second of one engine on each of two threads."""
    counts = [0] * CORES
    engines = [load_engine(encoder)[0] for _ in range(CORES)]
    until = time.perf_counter() + seconds

    def work(place: int) -> None:
        while time.perf_counter() < until:
            engines[place].process(frames[counts[place] % len(frames)])
            counts[place] += 1

    threads = [threading.Thread(target=work, args=(place,)) for place in range(CORES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds


def measure(options: argparse.Namespace) -> tuple[dict[str, Any], Stopwatch]:
    watch = Stopwatch()
    frames = read_frames(options.clip, options.frames)
    engine, guarded = load_engine(options.encoder)
    frames = fit_frames(frames, engine)
    time_whole(frames, engine, watch)
    time_steps(frames, options.encoder, watch, guarded=guarded)
    time_descriptor(frames, watch)
    rate = sustained(frames, options.encoder, options.seconds)
    time_library(frames, watch)
    time_ancestor(frames, watch)
    return {
        "descriptor_ms": watch.p50("descriptor"),
        "descriptor_speedup": watch.p50("face_encodings, face given") / watch.p50("descriptor"),
        "descriptor_speedup_computed": watch.computed_at("face_encodings, face given", 50)
        / watch.computed_at("descriptor", 50),
        "descriptor_speedup_same_crop": watch.p50("descriptor, dlib") / watch.p50("descriptor"),
        "frame_ms_p50": watch.p50("frame"),
        "frame_ms_p95": watch.p95("frame"),
        "frame_computed_ms_p50": watch.computed_at("frame", 50),
        "frame_computed_ms_p95": watch.computed_at("frame", 95),
        "frames_per_second": rate,
        "ancestor_frame_ms_p50": watch.p50("ancestor's frame"),
        "encoder": engine.encoder_name,
        "with_pad": guarded,
        "frames": len(frames),
        "load_average": os.getloadavg()[0],
        "steps_computed_ms_p50": {name: watch.computed_at(name, 50) for name in watch.computed},
        "steps_ms_p50": {name: watch.p50(name) for name in watch.times},
    }, watch


def measure_workers(options: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.speed.workers import Work, compare

    frames = read_frames(options.clip, options.frames)
    frames = fit_frames(frames, load_engine(options.encoder)[0])
    found = compare(Work(frames, MODELS_DIR, options.encoder, options.seconds), CORES)
    return found | {"workers": CORES, "load_average": os.getloadavg()[0]}


def plot(watch: Stopwatch, path: Path) -> None:
    figure, axes = new_figure()
    axes.boxplot(list(watch.times.values()), orientation="horizontal", showfliers=False)
    axes.set_yticks(range(1, len(watch.times) + 1), list(watch.times))
    axes.set(xlabel="milliseconds", xscale="log", title="Time of each step")
    write_figure(path, figure)


def main() -> None:
    parser = argparse.ArgumentParser(description="Time the engine.")
    parser.add_argument("--clip", type=Path, default=CLIP)
    parser.add_argument("--encoder", help="a name in models/encoder.json")
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--workers", action="store_true", help="threads against processes, alone")
    options = parser.parse_args()
    if options.workers:
        print(json.dumps(measure_workers(options), indent=2))
        return
    figures, watch = measure(options)
    if options.plot:
        plot(watch, options.plot)
    if options.json:
        print(json.dumps(figures, indent=2))
        return
    for name, times in watch.times.items():
        own = watch.computed_at(name, 50)
        shown = f"p50 {statistics.median(times):8.2f} ms   computed {own:8.2f} ms"
        print(f"{name:28} {shown}   n {len(times)}")
    for name, value in figures.items():
        if isinstance(value, float):
            print(f"{name:28} {value:12.2f}")


if __name__ == "__main__":
    main()
