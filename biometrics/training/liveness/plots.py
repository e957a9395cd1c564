"""Plots of attack detection: the error trade-off, the scores, and a sheet of the worst mistakes."""

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
    """Write det.png, scores.png and, if there are mistakes, mistakes.jpg into `folder`.

    det.png needs both classes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    frames = judged(scored)
    bona_fide, attacks = _scores_by_class(frames)
    if len(bona_fide) and len(attacks):
        _draw_det(bona_fide, attacks, folder / "det.png")
    _draw_scores(bona_fide, attacks, threshold, folder / "scores.png")
    mistakes = worst_mistakes(scored, threshold)
    if mistakes:
        _draw_sheet(mistakes, folder / "mistakes.jpg")


def draw_training(history: History, report: Sequence[Judged], path: Path) -> None:
    """Losses and accuracy by epoch, and the error trade-off of the frames in `report`."""
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
    _plot_det(curve, *_scores_by_class(report))
    write_figure(path, figure)


def _scores_by_class(
    frames: Sequence[Judged],
) -> tuple[npt.NDArray[np.floating], npt.NDArray[np.floating]]:
    """Of bona fide frames, and of attacks."""
    return (
        np.array([frame.score for frame in frames if frame.bona_fide]),
        np.array([frame.score for frame in frames if not frame.bona_fide]),
    )


def worst_mistakes(scored: Sequence[Scored], threshold: float) -> list[Scored]:
    """The frames furthest on the wrong side of the threshold, a few of each clip."""
    wrong = [frame for frame in scored if _error(frame, threshold) > 0]
    wrong.sort(key=lambda frame: -_error(frame, threshold))
    taken: Counter[Path] = Counter()
    chosen = []
    for frame in wrong:
        taken[frame.presentation.path] += 1
        if taken[frame.presentation.path] <= MOST_OF_ONE_CLIP:
            chosen.append(frame)
    return chosen[:MOST_MISTAKES]


def _error(frame: Scored, threshold: float) -> float:
    """How far the score lies on the wrong side; not above 0 if it does not."""
    if frame.score is None:
        return 0.0
    if frame.presentation.bona_fide:
        return threshold - frame.score
    # An attack whose score equals the threshold is let through.
    return frame.score - threshold + np.finfo(float).tiny if frame.score >= threshold else 0.0


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
    tiles = [_tile(image, frame) for frame, image in _pictures(mistakes)]
    empty = np.zeros_like(tiles[0])
    tiles += [empty] * (-len(tiles) % ACROSS)
    rows = [np.hstack(tiles[at : at + ACROSS]) for at in range(0, len(tiles), ACROSS)]
    sheet = to_bgr(RgbImage(np.vstack(rows)))
    write_atomically(path, encode_jpeg(sheet, quality=SHEET_QUALITY))


def _pictures(mistakes: Sequence[Scored]) -> list[tuple[Scored, RgbImage]]:
    """Each mistake with its picture, in the same order. Each clip is read once."""
    images: dict[tuple[Path, int], RgbImage] = {}
    for path in {mistake.presentation.path for mistake in mistakes}:
        wanted = {mistake.frame for mistake in mistakes if mistake.presentation.path == path}
        for number, image in enumerate(frames_of(path)):
            if number in wanted:
                images[path, number] = image
            if number >= max(wanted):
                break
    return [(mistake, images[mistake.presentation.path, mistake.frame]) for mistake in mistakes]


def _tile(image: RgbImage, frame: Scored) -> RgbImage:
    tile = np.zeros((TILE + CAPTION, TILE, 3), np.uint8)
    scale = TILE / max(image.shape[:2])
    size = (max(1, int(image.shape[1] * scale)), max(1, int(image.shape[0] * scale)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    tile[: small.shape[0], : small.shape[1]] = small
    words = f"{frame.presentation.species or 'bona fide'} {frame.score:.2f}"
    place, font = (4, TILE + CAPTION - 8), cv2.FONT_HERSHEY_SIMPLEX
    cv2.putText(tile, words, place, font, 0.45, (255, 255, 255), 1, cv2.LINE_AA)
    return RgbImage(tile)
