"""Times the search of one face among many, with random templates.

python -m benchmarks.speed.search [--templates 100000] [--json] [--plot FILE]
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from biometrics.engine.artifacts import read_card
from biometrics.engine.matching.comparison import GalleryMatrix
from biometrics.engine.matching.encoding import CARD, Encoder
from biometrics.engine.types import Template
from biometrics.engine.whole_files import write_figure
from biometrics.training.matching.plots import new_figure

MODELS_DIR = Path(__file__).resolve().parents[1] / "models"
ROUNDS = 30


def search_times(rows: int, length: int) -> list[float]:
    """Milliseconds of each search for a probe near to one of the templates."""
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
        found = gallery.search(probe, most=10)
        times.append((time.perf_counter() - started) * 1000)
        if found[0].row != row:
            raise SystemExit("the search missed the template")
    return times


def plot(figures: dict[str, dict[str, float]], path: Path) -> None:
    figure, axes = new_figure()
    axes.bar(list(figures), [found["search_ms_p50"] for found in figures.values()])
    axes.set(ylabel="milliseconds", title="One face among many")
    write_figure(path, figure)


def main() -> None:
    parser = argparse.ArgumentParser(description="Time the 1:N search.")
    parser.add_argument("--templates", type=int, default=100_000)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args()
    figures = {}
    for name in read_card(MODELS_DIR, CARD)["encoders"]:
        times = search_times(options.templates, Encoder.load(MODELS_DIR, name).length)
        figures[name] = {
            "templates": options.templates,
            "search_ms_p50": float(np.median(times)),
            "search_ms_p95": float(np.percentile(times, 95)),
        }
    if options.plot:
        plot(figures, options.plot)
    if options.json:
        default = Encoder.load(MODELS_DIR).name
        print(json.dumps({**figures[default], "encoder": default, "by_encoder": figures}, indent=2))
        return
    for name, found in figures.items():
        shown = f"p50 {found['search_ms_p50']:7.2f} ms   p95 {found['search_ms_p95']:7.2f} ms"
        print(f"{name:14} {options.templates} templates   {shown}")


if __name__ == "__main__":
    main()
