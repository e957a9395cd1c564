"""Compares recipes of training the liveness network, on people of the training set by halves.

    python -m benchmarks.studies.liveness_folds TABLE --train-only DIR --faces DIR
        [--home 1 6] [--json]

TABLE is a CSV as for train_liveness. Only its split `train` is read, so that a recipe can be chosen
without the people on whom the network is reported. An encoder tells the split's people apart, and
they are divided into two halves. Each half is judged by a network that learnt from the other half
and from all other data.

The figures are the loss (both classes count alike) and the EER over both halves, after the last
epoch. They are given for several shares of the trained weights, mixed with the published ones, and
for each --home: how much more a picture counts that has real attacks with their surroundings.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.harness import figures
from benchmarks.harness.places import MODELS_DIR
from benchmarks.studies.people_of_frames import ENCODER, tell_apart
from biometrics.engine.matching.metrics import equal_error_rate
from biometrics.training.conversion.convolution_graph import Stored, export_tflite
from biometrics.training.liveness import dataset
from biometrics.training.liveness import features as liveness_features
from biometrics.training.liveness import network as liveness_network
from biometrics.training.liveness.dataset import Side, example_weights, samples_for_side
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
    import argparse
    from collections.abc import Sequence

    import numpy.typing as npt

    from biometrics.training.liveness.dataset import Example
    from biometrics.training.liveness.features import Features
    from biometrics.training.liveness.samples import Presentation

    Flags = npt.NDArray[np.bool_]
    Scores = npt.NDArray[np.float64]

SHARES = (0.3, 0.5, 0.7, 0.85, 1.0)
MOST_FACES = 1200
HALVES = 2


def halves(table: Path, people: int, seed: int) -> list[list[Presentation]]:
    """The lines of the split `train`, by the half that their person is in."""
    listed = read_manifest(table, split="train")
    pictures = [Picture(item.path.resolve(), "", str(item.path), "train") for item in listed]
    samples = collect(pictures, MODELS_DIR, encoder=ENCODER)
    with_face = [place for place, acquired in enumerate(samples.acquired) if acquired]
    real = np.array([place for place in with_face if listed[place].bona_fide])
    groups = tell_apart(samples.references[real], people)
    names = sorted(set(groups.tolist()) - {-1})
    means = np.stack([samples.references[real[groups == name]].mean(axis=0) for name in names])
    # Attacks go to the person whose mean they are nearest to.
    persons = (samples.references @ means.T / np.linalg.norm(means, axis=1)).argmax(axis=1)
    dealt = np.random.default_rng(seed).permutation(len(names)) % HALVES
    return [
        [listed[place] for place in with_face if dealt[persons[place]] == half]
        for half in range(HALVES)
    ]


class Fold:
    """A training with one half's people held out. Features are computed once."""

    def __init__(
        self,
        learnt: Sequence[Presentation],
        held_out: Sequence[Presentation],
        folder: Path,
        *,
        seed: int,
    ) -> None:
        sides = dict.fromkeys(learnt, Side.TRAIN) | dict.fromkeys(held_out, Side.CHOOSE)
        prepared = dataset.examples(sides.items(), LargestFace(MODELS_DIR), every=10)
        real = [example for example in prepared if example is not None]
        examples = dataset.with_simulated_attacks(real, seed=seed)
        self._learnt = samples_for_side(examples, Side.TRAIN)
        self._held_out = samples_for_side(examples, Side.CHOOSE)
        self._home = {example.group for example in self._held_out}
        self._folder, self._seed = folder, seed
        reproducible(seed)
        front, self._back = liveness_network.halves(published(folder))
        self._start = self._back.get_weights()
        network = export_tflite(front, Stored.FLOAT32)
        self._learnt_features, self._held_out_features = (
            liveness_features.compute(network, chosen, Plan(variants, seed), folder / name)
            for name, chosen, variants in (
                ("learnt.npy", self._learnt, ENOUGH_VARIANTS),
                ("held.npy", self._held_out, 0),
            )
        )

    @property
    def bona_fide(self) -> Flags:
        """(n,): whether each example held out is bona fide."""
        return np.array([example.bona_fide for example in self._held_out])

    def scores(self, home: float, epochs: int) -> dict[float, Scores]:
        """(n,) scores of the examples held out, by the share of trained weights."""
        self._back.set_weights(self._start)
        reproducible(self._seed)
        schedule = Schedule(epochs, patience=epochs, seed=self._seed)
        trainer = Trainer(self._back, schedule, self._folder, plan="folds")
        trainer.fit(
            self._labelled(self._learnt, self._learnt_features, home),
            self._labelled(self._held_out, self._held_out_features, home),
            lambda _history: None,
        )
        end, by_share = self._back.get_weights(), {}
        for share in SHARES:
            self._back.set_weights(mixed(self._start, end, share))
            by_share[share] = trainer.scores(self._held_out_features)
        return by_share

    def _labelled(self, examples: Sequence[Example], features: Features, home: float) -> Labelled:
        weights = example_weights(examples, self._home, home_weight=home)
        bona_fide = np.array([example.bona_fide for example in examples])
        return Labelled(features, bona_fide, np.array(weights, dtype=np.float32))


def measure(options: argparse.Namespace, work: Path) -> dict[str, Any]:
    parts = halves(options.table, options.people, options.seed)
    rest = [item for place in options.train_only for item in read_data(place)]
    rest += list(one_face_each(options.faces, options.seed))[:MOST_FACES]
    folds = []
    for number in range(HALVES):
        folder = work / str(number)
        folder.mkdir()
        folds.append(Fold([*parts[1 - number], *rest], parts[number], folder, seed=options.seed))
    bona_fide = np.concatenate([fold.bona_fide for fold in folds])
    report: dict[str, Any] = {"bona_fide": int(bona_fide.sum()), "attacks": int((~bona_fide).sum())}
    for home in options.home:
        scored = [fold.scores(home, options.epochs) for fold in folds]
        report[f"home {home:g}"] = {
            f"share {share}": row(np.concatenate([by[share] for by in scored]), bona_fide)
            for share in SHARES
        }
    return report


def row(scores: Scores, bona_fide: Flags) -> dict[str, float]:
    """Loss and EER of (n,) scores; both classes count alike in the loss."""
    weights = np.where(bona_fide, 1 / bona_fide.sum(), 1 / (~bona_fide).sum()).astype(np.float32)
    error = equal_error_rate(scores[bona_fide], scores[~bona_fide])
    loss = weighted_loss(scores, bona_fide, weights)
    return {"loss": round(loss, 4), "eer": round(float(error.value), 4)}


def main() -> None:
    parser = figures.parser(__doc__)
    parser.add_argument("table", type=Path)
    parser.add_argument("--train-only", nargs="+", type=Path, default=[])
    parser.add_argument("--faces", type=Path, required=True)
    parser.add_argument("--people", type=int, default=20, help="how many there are in the split")
    parser.add_argument("--home", type=float, nargs="+", default=[1, 3, 6, 10])
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="facevote-") as work:
        report = measure(options, Path(work))
    figures.show(report, as_json=options.json)


if __name__ == "__main__":
    main()
