"""Times the search for one face among many, with random templates.

python -m benchmarks.speed.search [--templates 100000] [--json] [--plot FILE]
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from benchmarks.harness import figures
from benchmarks.harness.places import MODELS_DIR
from biometrics.engine.artifacts import read_card
from biometrics.engine.matching.comparison import GalleryMatrix
from biometrics.engine.matching.encoding import CARD, Encoder
from biometrics.engine.types import Template
from biometrics.engine.whole_files import write_figure
from biometrics.training.matching.plots import new_figure

ROUNDS = 30


def search_times(rows: int, length: int) -> list[float]:
    """Milliseconds of each search, for a probe that is near to one of the templates.

    `rows` templates of `length` numbers; SystemExit if a search does not find the template.
    """
    random = np.random.default_rng(0)
    vectors = random.standard_normal((rows, length), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    gallery = GalleryMatrix(vectors, "0" * 64)
    times = []
    for _ in range(ROUNDS):
        row = int(random.integers(rows))
        noisy = vectors[row] + random.standard_normal(length).astype(np.float32) * 0.02
        probe = Template(noisy / np.linalg.norm(noisy), "random", "0" * 64)
        started = time.perf_counter()
        candidates = gallery.search(probe, most=10)
        times.append((time.perf_counter() - started) * 1000)
        if candidates[0].row != row:
            raise SystemExit("the search missed the template")
    return times


def plot(by_encoder: dict[str, dict[str, float]], path: Path) -> None:
    """A bar for each encoder's median."""
    figure, axes = new_figure()
    axes.bar(list(by_encoder), [times["search_ms_p50"] for times in by_encoder.values()])
    axes.set(ylabel="milliseconds", title="One face among many")
    write_figure(path, figure)


def main() -> None:
    parser = figures.parser(__doc__)
    parser.add_argument("--templates", type=int, default=100_000)
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args()
    by_encoder = {}
    for name in read_card(MODELS_DIR, CARD)["encoders"]:
        times = search_times(options.templates, Encoder.load(MODELS_DIR, name).length)
        by_encoder[name] = {
            "templates": options.templates,
            "search_ms_p50": float(np.median(times)),
            "search_ms_p95": float(np.percentile(times, 95)),
        }
    if options.plot:
        plot(by_encoder, options.plot)
    default = Encoder.load(MODELS_DIR).name
    measured = {**by_encoder[default], "encoder": default, "by_encoder": by_encoder}
    figures.show(measured, as_json=options.json)


if __name__ == "__main__":
    main()
