"""Recipes of training the liveness network, judged on people of the training set by halves.

    python -m benchmarks.studies.liveness_folds TABLE --train-only DIR --faces DIR [--home 1 6] [--json]

TABLE is a CSV as for train_liveness; only its split `train` is read, so that a recipe can be chosen
without those on whom the network is reported. Its people, real and attacked, are told apart by an
encoder and halved; each half is judged by a network that learnt from the other half and from all
the rest. Told are, over both halves, the loss (both classes alike) and the EER, after the last
epoch, for shares of the trained weights mixed with the published ones, and for each --home: how
much more than other pictures those count that have real attacks with their surroundings.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.studies.people_of_frames import ENCODER, MODELS_DIR, tell_apart
from biometrics.engine.matching.metrics import equal_error_rate
from biometrics.training.conversion.convolution_graph import Stored, export_tflite
from biometrics.training.liveness import dataset
from biometrics.training.liveness import features as liveness_features
from biometrics.training.liveness import network as liveness_network
from biometrics.training.liveness.dataset import Side, of, weights
from biometrics.training.liveness.features import Plan
from biometrics.training.liveness.recipe import ENOUGH_VARIANTS, published
from biometrics.training.liveness.samples import (
    LargestFace,
    one_face_each,
    read_data,
    read_manifest,
)
from biometrics.training.liveness.training import (
    Labelled,
    Schedule,
    Trainer,
    mixed,
    reproducible,
    weighted_loss,
)
from biometrics.training.matching.samples import Picture, collect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from biometrics.training.liveness.dataset import Example
    from biometrics.training.liveness.samples import Presentation

SHARES = (0.3, 0.5, 0.7, 0.85, 1.0)
MOST_FACES = 1200
HALVES = 2


def halves(table: Path, people: int, seed: int) -> list[list[Presentation]]:
    """The lines of the split `train`, by the half that their person fell into."""
    listed = read_manifest(table, split="train")
    pictures = [Picture(one.path.resolve(), "", str(one.path), "train") for one in listed]
    found = collect(pictures, MODELS_DIR, encoder=ENCODER)
    seen = [place for place, acquired in enumerate(found.acquired) if acquired]
    real = [place for place in seen if listed[place].bona_fide]
    groups = tell_apart(found.references[real], people)
    names = sorted(set(groups.tolist()) - {-1})
    means = np.stack(
        [found.references[np.array(real)[groups == name]].mean(axis=0) for name in names]
    )
    persons = (found.references @ means.T / np.linalg.norm(means, axis=1)).argmax(axis=1)
    dealt = np.random.default_rng(seed).permutation(len(names)) % HALVES
    return [[listed[at] for at in seen if dealt[persons[at]] == half] for half in range(HALVES)]


class Fold:
    """One half's people held out; features are computed once."""

    def __init__(
        self,
        learnt: Sequence[Presentation],
        held: Sequence[Presentation],
        folder: Path,
        *,
        seed: int,
    ) -> None:
        sides = dict.fromkeys(learnt, Side.TRAIN) | dict.fromkeys(held, Side.CHOOSE)
        found = dataset.examples(sides.items(), LargestFace(MODELS_DIR), every=10)
        examples = dataset.completed([one for one in found if one is not None], seed=seed)
        self.learnt, self.held = of(examples, Side.TRAIN), of(examples, Side.CHOOSE)
        self._home = {one.group for one in self.held}
        self._folder, self._seed = folder, seed
        reproducible(seed)
        front, self._back = liveness_network.halves(published(folder))
        self._start = self._back.get_weights()
        network = export_tflite(front, Stored.FLOAT32)
        self._features = [
            liveness_features.compute(network, some, Plan(variants, seed), folder / f"{name}.npy")
            for name, some, variants in (
                ("learnt", self.learnt, ENOUGH_VARIANTS),
                ("held", self.held, 0),
            )
        ]

    @property
    def bona_fide(self) -> np.ndarray:
        return np.array([one.bona_fide for one in self.held])

    def scores(self, home: float, epochs: int) -> dict[float, np.ndarray]:
        """Of those held out, by the share of trained weights."""
        self._back.set_weights(self._start)
        reproducible(self._seed)
        schedule = Schedule(epochs, patience=epochs, seed=self._seed)
        trainer = Trainer(self._back, schedule, self._folder, plan="folds")
        trainer.fit(
            self._labelled(self.learnt, self._features[0], home),
            self._labelled(self.held, self._features[1], home),
            lambda _history: None,
        )
        end, found = self._back.get_weights(), {}
        for share in SHARES:
            self._back.set_weights(mixed(self._start, end, share))
            found[share] = trainer.scores(self._features[1])
        return found

    def _labelled(self, some: Sequence[Example], features: Any, home: float) -> Labelled:
        counts = np.array(weights(some, self._home, more=home), dtype=np.float32)
        return Labelled(features, np.array([one.bona_fide for one in some]), counts)


def measure(options: argparse.Namespace, work: Path) -> dict[str, Any]:
    parts = halves(options.table, options.people, options.seed)
    rest = [one for place in options.train_only for one in read_data(place)]
    rest += list(one_face_each(options.faces, options.seed))[:MOST_FACES]
    folds = []
    for number in range(HALVES):
        folder = work / str(number)
        folder.mkdir()
        folds.append(Fold([*parts[1 - number], *rest], parts[number], folder, seed=options.seed))
    bona_fide = np.concatenate([fold.bona_fide for fold in folds])
    report: dict[str, Any] = {"bona_fide": int(bona_fide.sum()), "attacks": int((~bona_fide).sum())}
    for home in options.home:
        found = [fold.scores(home, options.epochs) for fold in folds]
        rows = {share: np.concatenate([one[share] for one in found]) for share in SHARES}
        report[f"home {home:g}"] = {f"{share}": row(one, bona_fide) for share, one in rows.items()}
    return report


def row(scores: np.ndarray, bona_fide: np.ndarray) -> dict[str, float]:
    counts = np.where(bona_fide, 1 / bona_fide.sum(), 1 / (~bona_fide).sum()).astype(np.float32)
    error = equal_error_rate(scores[bona_fide], scores[~bona_fide])
    loss = weighted_loss(scores, Labelled(scores, bona_fide, counts))
    return {"loss": round(loss, 4), "eer": round(float(error.value), 4)}


def main() -> None:
    parser = argparse.ArgumentParser(description="Judge recipes by halves of the training people.")
    parser.add_argument("table", type=Path)
    parser.add_argument("--train-only", nargs="+", type=Path, default=[])
    parser.add_argument("--faces", type=Path, required=True)
    parser.add_argument("--people", type=int, default=20, help="how many there are in the split")
    parser.add_argument("--home", type=float, nargs="+", default=[1, 3, 6, 10])
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="facevote-") as work:
        report = measure(options, Path(work))
    if options.json:
        sys.stdout.write(json.dumps(report, indent=2) + "\n")
        return
    for name, shares in report.items():
        if isinstance(shares, dict):
            told = ", ".join(
                f"{share}: {one['loss']} / {one['eer']:.1%}" for share, one in shares.items()
            )
            sys.stdout.write(f"{name}: loss / EER at share {told}\n")


if __name__ == "__main__":
    main()
