"""Times each step of the engine, `face_recognition`'s own functions and a simple frame loop.

    python -m benchmarks.speed.engine [--clip VIDEO] [--frames 60] [--seconds 20] [--json]
        [--plot FILE]
    python -m benchmarks.speed.engine --workers [--seconds 10]

Everything is timed on the same frames in the same run, so that the drift of a shared machine
affects all of it alike. Two times are printed: the time by the clock, and the time that the thread
itself computed, which other programs on the machine hardly change. The load average of the run
is printed too.

--workers measures one thing alone: one engine for each core, as threads of one process and as
several processes.
"""

from __future__ import annotations

import os
import statistics
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import cv2
import numpy as np

from benchmarks.harness import figures
from benchmarks.harness.clips import pictures_of
from benchmarks.harness.places import MODELS_DIR, SHARED_DATA
from benchmarks.speed.workers import Work, compare
from biometrics.engine.errors import ArtifactRefused
from biometrics.engine.faces import landmarks, quality
from biometrics.engine.faces.alignment import ALIGNMENTS, align
from biometrics.engine.faces.detection import FaceDetector
from biometrics.engine.faces.finding import face_of
from biometrics.engine.faces.fingerprint import fingerprint, scene
from biometrics.engine.faces.landmarks import FaceMesh
from biometrics.engine.images import decode_frame, encode_jpeg
from biometrics.engine.matching.encoding import Encoder
from biometrics.engine.pad.texture import TexturePad
from biometrics.engine.pipeline import Engine
from biometrics.engine.types import BgrImage
from biometrics.engine.whole_files import write_figure
from biometrics.training.matching.plots import new_figure

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from biometrics.engine.types import Box, FloatArray, RgbImage

CLIP = SHARED_DATA / "video" / "person_a" / "bona_fide.webm"
SIZE = (640, 480)
# What OpenCV takes where nobody names a quality; the published figures were measured with it.
JPEG_QUALITY = 95
CORES = 2
Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


@dataclass(slots=True)
class Stopwatch:
    """Milliseconds of each named step."""

    times: dict[str, list[float]] = field(default_factory=dict)
    computed: dict[str, list[float]] = field(default_factory=dict)

    def time(
        self,
        name: str,
        work: Callable[Parameters, Result],
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> Result:
        """The result of `work(*args, **kwargs)`; what it took is noted under `name`."""
        started, computing = time.perf_counter(), time.thread_time()
        result = work(*args, **kwargs)
        self.computed.setdefault(name, []).append((time.thread_time() - computing) * 1000)
        self.times.setdefault(name, []).append((time.perf_counter() - started) * 1000)
        return result

    def forget_last(self, name: str) -> None:
        """Drop the last entry of `name`."""
        self.computed[name].pop()
        self.times[name].pop()

    def computed_at(self, name: str, percent: float) -> float:
        return float(np.percentile(self.computed[name], percent))

    def p50(self, name: str) -> float:
        return statistics.median(self.times[name])

    def p95(self, name: str) -> float:
        return float(np.percentile(self.times[name], 95))


def read_frames(clip: Path, count: int) -> list[bytes]:
    """`count` JPEGs of 640x480, spread evenly over the clip."""
    pictures = list(pictures_of(clip))
    chosen = [pictures[at] for at in np.linspace(0, len(pictures) - 1, count).astype(int)]
    return [encode_jpeg(_resized(picture), quality=JPEG_QUALITY) for picture in chosen]


def _resized(picture: BgrImage) -> BgrImage:
    return BgrImage(np.asarray(cv2.resize(picture, SIZE), dtype=np.uint8))


def fit_frames(frames: list[bytes], engine: Engine) -> list[bytes]:
    """The frames that the engine encodes. Refused ones cost less and would flatter the figures."""
    return [frame for frame in frames if engine.process(frame).template is not None]


def load_engine(encoder: str | None) -> tuple[Engine, bool]:
    """The engine, and whether it detects attacks: it does where that model is installed."""
    try:
        return Engine.load(MODELS_DIR, encoder=encoder), True
    except (ArtifactRefused, ImportError):
        return Engine.load(MODELS_DIR, encoder=encoder, pad=False), False


def time_steps(
    frames: list[bytes], encoder: str | None, watch: Stopwatch, *, guarded: bool
) -> None:
    """Each step alone. `guarded`: with attack detection."""
    detector, mesh = FaceDetector.load(MODELS_DIR), FaceMesh.load(MODELS_DIR)
    encode = Encoder.load(MODELS_DIR, encoder).encode
    pad = TexturePad.load(MODELS_DIR) if guarded else None
    for frame in frames:
        image = watch.time("decode", decode_frame, frame)
        detections = watch.time("detect", detector.detect, image)
        if not detections:
            continue
        points = watch.time("mesh", mesh.locate, image, detections[0])
        face = face_of(points, score=detections[0].score)
        watch.time("pose", landmarks.pose, points)
        watch.time("quality", quality.measure, image, face)
        watch.time("encode", encode, image, points)
        watch.time("fingerprint", _fingerprints, image, face.box)
        if pad is not None:
            watch.time("attack detection", pad.score, image, face.box)


def _fingerprints(image: RgbImage, box: Box) -> tuple[int, FloatArray]:
    """Of the face and of what surrounds it."""
    return fingerprint(image, box), scene(image)


def time_whole(frames: list[bytes], engine: Engine, watch: Stopwatch) -> None:
    """Whole frames, as the site judges them."""
    previous = None
    for frame in frames:
        result = watch.time("frame", engine.process, frame, previous=previous)
        previous = result.face.box if result.face else None


def time_descriptor(frames: list[bytes], watch: Stopwatch) -> None:
    """The descriptor network alone, on the same aligned faces, in both implementations."""
    import dlib  # needed for this comparison alone
    import face_recognition_models  # needed for this comparison alone

    model = dlib.face_recognition_model_v1(
        face_recognition_models.face_recognition_model_location()
    )
    detector, mesh = FaceDetector.load(MODELS_DIR), FaceMesh.load(MODELS_DIR)
    network = Encoder.load(MODELS_DIR, "dlib").networks[0]
    for frame in frames:
        image = decode_frame(frame)
        detections = detector.detect(image)
        if not detections:
            continue
        crop = align(image, mesh.locate(image, detections[0]), ALIGNMENTS["dlib"])
        watch.time("descriptor", network.describe, crop)
        watch.time("descriptor, dlib", model.compute_face_descriptor, crop)


def time_library(frames: list[bytes], watch: Stopwatch) -> None:
    """`face_recognition`'s own functions on whole frames; encoding is told where the face is."""
    import face_recognition  # needed for this comparison alone

    for frame in frames:
        image = decode_frame(frame)
        places = watch.time("face_locations (HOG)", face_recognition.face_locations, image)
        if places:
            watch.time(
                "face_encodings, face given", face_recognition.face_encodings, image, places[:1]
            )


def time_simple_loop(frames: list[bytes], watch: Stopwatch) -> None:
    """HOG, `face_encodings` and one Keras `predict` on a 32x32 crop for every frame.

    This is the loop of the program that this site replaces.
    """
    import face_recognition  # needed for this comparison alone

    network = _small_network()

    def loop(frame: bytes) -> bool:
        """Whether a face was found."""
        bgr = np.asarray(cv2.imdecode(np.frombuffer(frame, np.uint8), cv2.IMREAD_COLOR))
        image = np.ascontiguousarray(bgr[:, :, ::-1])
        places = face_recognition.face_locations(image)
        if not places:
            return False
        top, right, bottom, left = places[0]
        face_recognition.face_encodings(image, places[:1])
        crop = cv2.resize(image[max(top, 0) : bottom, max(left, 0) : right], (32, 32))
        network.predict(crop[None].astype(np.float32) / 255, verbose=0)
        return True

    for frame in frames:
        if not watch.time("ancestor's frame", loop, frame):
            watch.forget_last("ancestor's frame")


def _small_network() -> Any:
    """An untrained Keras model: (n, 32, 32, 3) float32 -> (n, 2). It has already run once."""
    import keras  # TensorFlow: needed for this comparison alone

    layers = keras.layers
    network = keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dense(2, activation="softmax"),
        ]
    )
    network.predict(np.zeros((1, 32, 32, 3), np.float32), verbose=0)
    return network


def sustained(frames: list[bytes], encoder: str | None, seconds: float) -> float:
    """Frames a second, by two threads with an engine each."""
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
    time_simple_loop(frames, watch)
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
    """Threads of one process against processes, one engine each."""
    frames = read_frames(options.clip, options.frames)
    frames = fit_frames(frames, load_engine(options.encoder)[0])
    layouts = compare(Work(frames, MODELS_DIR, options.encoder, options.seconds), CORES)
    return layouts | {"workers": CORES, "load_average": os.getloadavg()[0]}


def plot(watch: Stopwatch, path: Path) -> None:
    """A box for the times of each step."""
    figure, axes = new_figure()
    axes.boxplot(list(watch.times.values()), orientation="horizontal", showfliers=False)
    axes.set_yticks(range(1, len(watch.times) + 1), list(watch.times))
    axes.set(xlabel="milliseconds", xscale="log", title="Time of each step")
    write_figure(path, figure)


def main() -> None:
    parser = figures.parser(__doc__)
    parser.add_argument("--clip", type=Path, default=CLIP)
    parser.add_argument("--encoder", help="a name in models/encoder.json")
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--workers", action="store_true", help="threads against processes, alone")
    options = parser.parse_args()
    if options.workers:
        figures.show(measure_workers(options), as_json=options.json)
        return
    measured, watch = measure(options)
    if options.plot:
        plot(watch, options.plot)
    figures.show(measured, as_json=options.json)


if __name__ == "__main__":
    main()
