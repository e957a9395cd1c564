"""DET curve, score histograms and error-versus-reject curves as PNG files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from biometrics.engine.matching.metrics import det_curve
from biometrics.engine.whole_files import write_figure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from biometrics.training.matching.scores import ScoreSet


def draw(scores: Mapping[str, ScoreSet], thresholds: Mapping[str, float], folder: Path) -> None:
    """Write det.png and a scores-NAME.png for each set of scores into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    _draw_det(scores, folder / "det.png")
    for name, found in scores.items():
        _draw_histogram(found, thresholds.get(name), folder / f"scores-{name}.png")


def draw_rejects(groups: Mapping[str, Any], folder: Path) -> None:
    """Write error-versus-reject.png: a panel for each target FMR, a line for each group.

    `groups` is that part of the report. Nothing is written if no group has a curve.
    """
    curves = {name: rates["error_versus_reject"] for name, rates in groups.items()}
    targets = sorted({target for by_target in curves.values() for target in by_target})
    if not targets:
        return
    folder.mkdir(parents=True, exist_ok=True)
    figure, axes = new_figure(across=len(targets))
    for panel, target in zip(np.atleast_1d(axes), targets, strict=True):
        for name, by_target in curves.items():
            if target in by_target:
                _draw_reject(panel, name, by_target[target])
        panel.set(xlabel="samples refused, %", ylabel="FNMR, %", title=f"FMR {target}")
        panel.set_ylim(bottom=0)
        panel.grid(visible=True, alpha=0.3)
        panel.legend()
    write_figure(folder / "error-versus-reject.png", figure)


def _draw_reject(panel: Any, name: str, curve: Mapping[str, Any]) -> None:
    points = curve["by_score"]
    (line,) = panel.plot(*_percents(points), marker=".", label=f"{name}, by quality score")
    low, high = ([100 * point["fnmr"][end] for point in points] for end in ("low", "high"))
    panel.fill_between(_percents(points)[0], low, high, color=line.get_color(), alpha=0.15)
    if curve["site_cuts"]:
        cuts = _percents([curve["site_cuts"]])
        style = {"color": line.get_color(), "marker": "*", "markersize": 14, "linestyle": "none"}
        panel.plot(*cuts, **style, label=f"{name}, the site's cuts")


def _percents(points: Sequence[Mapping[str, Any]]) -> tuple[list[float], list[float]]:
    """The shares refused, and the FNMRs."""
    return (
        [100 * point["refused"] for point in points],
        [100 * point["fnmr"]["value"] for point in points],
    )


def new_figure(*, across: int = 1) -> tuple[Any, Any]:
    """A Matplotlib figure and its axes; an array of axes if `across` is more than 1."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 (of the group `train`)
    from matplotlib.figure import Figure  # noqa: PLC0415 (as above)

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
    write_figure(path, figure)


def _draw_histogram(found: ScoreSet, threshold: float | None, path: Path) -> None:
    figure, axes = new_figure()
    bins = np.linspace(-0.4, 1, 141).tolist()
    axes.hist(found.nonmated, bins=bins, density=True, alpha=0.6, label="different people")
    axes.hist(found.mated, bins=bins, density=True, alpha=0.6, label="same person")
    if threshold is not None:
        axes.axvline(threshold, color="black", linestyle="--", label="threshold")
    axes.set(xlabel="similarity", ylabel="density", yscale="log", title=path.stem)
    axes.legend()
    write_figure(path, figure)
