"""DET curve and score histogram as PNG files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from biometrics.engine.metrics import det_curve

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from biometrics.training.matching_scores import ScoreSet


def draw(scores: Mapping[str, ScoreSet], thresholds: Mapping[str, float], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    _draw_det(scores, folder / "det.png")
    for name, found in scores.items():
        _draw_histogram(found, thresholds.get(name), folder / f"scores-{name}.png")


def new_figure(*, across: int = 1) -> tuple[Any, Any]:
    """A figure and its axes, an array of them if there are several."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7 if across == 1 else 5 * across, 5), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots(1, across)


def _draw_det(scores: Mapping[str, ScoreSet], path: Path) -> None:
    figure, axes = new_figure()
    for name, found in scores.items():
        curve = det_curve(found.mated, found.nonmated)
        shown = curve.fmr > 0
        axes.plot(curve.fmr[shown], np.maximum(curve.fnmr[shown], 1e-5), label=name)
    axes.set(xscale="log", yscale="log", xlabel="FMR", ylabel="FNMR", title="Error trade-off")
    axes.grid(visible=True, which="both", alpha=0.3)
    axes.legend()
    figure.savefig(path, dpi=120)


def _draw_histogram(found: ScoreSet, threshold: float | None, path: Path) -> None:
    figure, axes = new_figure()
    bins = np.linspace(-0.4, 1, 141).tolist()
    axes.hist(found.nonmated, bins=bins, density=True, alpha=0.6, label="different people")
    axes.hist(found.mated, bins=bins, density=True, alpha=0.6, label="same person")
    if threshold is not None:
        axes.axvline(threshold, color="black", linestyle="--", label="threshold")
    axes.set(xlabel="similarity", ylabel="density", yscale="log", title=path.stem)
    axes.legend()
    figure.savefig(path, dpi=120)
