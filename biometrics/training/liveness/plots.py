"""Attack detection in pictures: error trade-off, scores, and a sheet of the worst mistakes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from biometrics.engine.images import encode_jpeg, to_bgr
from biometrics.engine.matching.metrics import det_curve
from biometrics.engine.types import RgbImage
from biometrics.engine.whole_files import write_atomically, write_figure
from biometrics.training.liveness.report import judged
from biometrics.training.liveness.samples import frames_of
from biometrics.training.matching.plots import new_figure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy.typing as npt

    from biometrics.training.liveness.report import Judged
    from biometrics.training.liveness.samples import Scored
    from biometrics.training.liveness.training import History

TILE, CAPTION, ACROSS = 180, 24, 6
SHEET_QUALITY = 95
MOST_MISTAKES = 24
# One bad clip must not fill the sheet.
MOST_OF_ONE_CLIP = 3


def draw(scored: Sequence[Scored], threshold: float, folder: Path) -> None:
    """DIR/det.png, DIR/scores.png and, where there are mistakes, DIR/mistakes.jpg."""
    folder.mkdir(parents=True, exist_ok=True)
    frames = judged(scored)
    bona_fide = np.array([one.score for one in frames if one.bona_fide])
    attacks = np.array([one.score for one in frames if not one.bona_fide])
    if len(bona_fide) and len(attacks):
        _draw_det(bona_fide, attacks, folder / "det.png")
    _draw_scores(bona_fide, attacks, threshold, folder / "scores.png")
    mistakes = worst_mistakes(scored, threshold)
    if mistakes:
        _draw_sheet(mistakes, folder / "mistakes.jpg")


def draw_training(history: History, report: Sequence[Judged], path: Path) -> None:
    """Losses and accuracy by epoch, and the error trade-off on the reporting side."""
    figure, (losses, accuracy, curve) = new_figure(across=3)
    epochs = range(1, len(history.loss) + 1)
    losses.plot(epochs, history.loss, label="learnt")
    losses.plot(epochs, history.choose_loss, label="choosing side")
    losses.set(xlabel="epoch", title="Loss")
    losses.legend()
    accuracy.plot(epochs, history.choose_accuracy, label="accuracy")
    accuracy.plot(epochs, history.choose_eer, label="EER")
    accuracy.set(xlabel="epoch", title="Choosing side", ylim=(0, 1))
    accuracy.legend()
    bona_fide = np.array([one.score for one in report if one.bona_fide])
    attacks = np.array([one.score for one in report if not one.bona_fide])
    _plot_det(curve, bona_fide, attacks)
    write_figure(path, figure)


def worst_mistakes(scored: Sequence[Scored], threshold: float) -> list[Scored]:
    """Those furthest on the wrong side of the threshold, a few of each clip."""
    wrong = [one for one in scored if _error(one, threshold) > 0]
    wrong.sort(key=lambda one: -_error(one, threshold))
    taken: Counter[Path] = Counter()
    chosen = []
    for one in wrong:
        taken[one.presentation.path] += 1
        if taken[one.presentation.path] <= MOST_OF_ONE_CLIP:
            chosen.append(one)
    return chosen[:MOST_MISTAKES]


def _error(one: Scored, threshold: float) -> float:
    if one.score is None:
        return 0.0
    if one.presentation.bona_fide:
        return threshold - one.score
    # An attack that scores the threshold itself is let through.
    return one.score - threshold + np.finfo(float).tiny if one.score >= threshold else 0.0


def _draw_det(
    bona_fide: npt.NDArray[np.floating], attacks: npt.NDArray[np.floating], path: Path
) -> None:
    figure, axes = new_figure()
    _plot_det(axes, bona_fide, attacks)
    write_figure(path, figure)


def _plot_det(
    axes: Any, bona_fide: npt.NDArray[np.floating], attacks: npt.NDArray[np.floating]
) -> None:
    curve = det_curve(bona_fide, attacks)
    axes.plot(np.maximum(curve.fmr, 1e-4), np.maximum(curve.fnmr, 1e-4))
    axes.set(xscale="log", yscale="log", xlabel="APCER", ylabel="BPCER", title="Error trade-off")
    axes.grid(visible=True, which="both", alpha=0.3)


def _draw_scores(
    bona_fide: npt.NDArray[np.floating],
    attacks: npt.NDArray[np.floating],
    threshold: float,
    path: Path,
) -> None:
    figure, axes = new_figure()
    bins = np.linspace(0, 1, 51).tolist()
    axes.hist(attacks, bins=bins, alpha=0.6, label="attacks")
    axes.hist(bona_fide, bins=bins, alpha=0.6, label="bona fide")
    axes.axvline(threshold, color="black", linestyle="--", label="threshold")
    axes.set(xlabel="score", ylabel="frames", yscale="log", title="Scores")
    axes.legend()
    write_figure(path, figure)


def _draw_sheet(mistakes: Sequence[Scored], path: Path) -> None:
    tiles = [_tile(image, one) for one, image in _pictures(mistakes)]
    empty = np.zeros_like(tiles[0])
    tiles += [empty] * (-len(tiles) % ACROSS)
    rows = [np.hstack(tiles[at : at + ACROSS]) for at in range(0, len(tiles), ACROSS)]
    sheet = to_bgr(RgbImage(np.vstack(rows)))
    write_atomically(path, encode_jpeg(sheet, quality=SHEET_QUALITY))


def _pictures(mistakes: Sequence[Scored]) -> list[tuple[Scored, RgbImage]]:
    """Each clip is read once; the order of the mistakes is kept."""
    found: dict[tuple[Path, int], RgbImage] = {}
    for path in {one.presentation.path for one in mistakes}:
        wanted = {one.frame for one in mistakes if one.presentation.path == path}
        for number, image in enumerate(frames_of(path)):
            if number in wanted:
                found[path, number] = image
            if number >= max(wanted):
                break
    return [(one, found[one.presentation.path, one.frame]) for one in mistakes]


def _tile(image: RgbImage, one: Scored) -> RgbImage:
    tile = np.zeros((TILE + CAPTION, TILE, 3), np.uint8)
    scale = TILE / max(image.shape[:2])
    size = (max(1, int(image.shape[1] * scale)), max(1, int(image.shape[0] * scale)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    tile[: small.shape[0], : small.shape[1]] = small
    words = f"{one.presentation.species or 'bona fide'} {one.score:.2f}"
    place, font = (4, TILE + CAPTION - 8), cv2.FONT_HERSHEY_SIMPLEX
    cv2.putText(tile, words, place, font, 0.45, (255, 255, 255), 1, cv2.LINE_AA)
    return RgbImage(tile)
