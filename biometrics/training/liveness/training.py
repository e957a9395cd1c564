"""Fits the back of the liveness network to the maps that its front gives; can be resumed."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from biometrics.engine.matching.metrics import equal_error_rate
from biometrics.engine.pad.texture import BONA_FIDE
from biometrics.engine.whole_files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import numpy.typing as npt

    from biometrics.engine.types import FloatArray
    from biometrics.training.liveness.features import Features

BATCH = 32
LEARNING_RATE = 3e-4
WEIGHT_DECAY = 1e-4
# Labels are smoothed by this much: no label is certain, and a network should not be either.
SMOOTHING = 0.05
LEAST_SHARE = 1e-5
# An epoch is clearly worse if its loss on the choosing side is so many times the least one.
CLEARLY_WORSE = 1.5
# How far the weights go from the published ones towards the trained ones. On people and cameras
# that neither network knew, a part of the way is often better than either: Wortsman et al.,
# "Robust fine-tuning of zero-shot models", CVPR 2022.
TRAINED_SHARE = 0.5


class ResumeRefused(ValueError):
    """The stored state is missing or belongs to another training."""


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """Examples to learn from or to choose by.

    `features` (n, variants, height, width, channels); `bona_fide` (n,); `weights` (n,): how much
    each counts.
    """

    features: Features
    bona_fide: npt.NDArray[np.bool_]
    weights: FloatArray


@dataclass(frozen=True, slots=True)
class Schedule:
    """`patience`: after so many epochs that are clearly worse on the choosing side it stops."""

    epochs: int
    patience: int
    seed: int


@dataclass(slots=True)
class History:
    """For each epoch: the loss in training, and loss, accuracy and EER on the choosing side."""

    loss: list[float] = field(default_factory=list)
    choose_loss: list[float] = field(default_factory=list)
    choose_accuracy: list[float] = field(default_factory=list)
    choose_eer: list[float] = field(default_factory=list)

    def best_epoch(self) -> int:
        """The number of the epoch with the least loss, which is finer than an error count."""
        return int(np.argmin(self.choose_loss))

    def epochs_clearly_worse(self) -> int:
        """How many epochs came after the last one that was not clearly worse than the best."""
        least = min(self.choose_loss)
        good = [at for at, loss in enumerate(self.choose_loss) if loss <= least * CLEARLY_WORSE]
        return len(self.choose_loss) - 1 - good[-1]


class Trainer:
    """Fits `back` (a keras.Model) and keeps its state in `folder` after each epoch.

    `plan` is a word that tells this training from others.
    """

    def __init__(self, back: Any, schedule: Schedule, folder: Path, *, plan: str) -> None:
        import keras  # noqa: PLC0415 (TensorFlow)
        import tensorflow as tf  # noqa: PLC0415 (only training needs it)

        self._tf, self._schedule, self._folder, self._plan = tf, schedule, folder, plan
        self._back = back
        self._optimizer = keras.optimizers.AdamW(LEARNING_RATE, weight_decay=WEIGHT_DECAY)
        self._optimizer.build(back.trainable_variables)
        self._state = tf.train.Checkpoint(back=back, optimizer=self._optimizer)
        self._step = tf.function(self._take_step)
        self.history = History()

    def resume(self) -> None:
        """Go on after the last whole epoch; ResumeRefused if there is no state of this training."""
        file = self._folder / "progress.json"
        if not file.is_file():
            raise ResumeRefused(f"{self._folder} holds nothing to resume")
        stored = json.loads(file.read_text(encoding="utf-8"))
        if stored["plan"] != self._plan:
            raise ResumeRefused(f"{self._folder} holds the state of a training on other data")
        self.history = History(**stored["history"])
        self._state.read(str(self._state_file())).expect_partial()

    def fit(
        self, learnt: Labelled, choose: Labelled, after_epoch: Callable[[History], object]
    ) -> None:
        """Run all epochs, or stop early; `after_epoch` is called after each.

        A complete training ends with its last weights, since it is chance which epoch is best on a
        few people. A training that stopped early goes back to its best epoch.
        """
        while not self._over():
            epoch = len(self.history.loss)
            self._set_rate(epoch)
            self.history.loss.append(self._learn(learnt, epoch))
            self._judge(choose)
            self._keep(best=self.history.best_epoch() == epoch)
            after_epoch(self.history)
        if self.stopped_early:
            self._back.load_weights(self._folder / "best.weights.h5")

    @property
    def stopped_early(self) -> bool:
        """Whether there were fewer epochs than planned."""
        return len(self.history.loss) < self._schedule.epochs

    def _over(self) -> bool:
        done = len(self.history.loss)
        if not done:
            return False
        return (
            done >= self._schedule.epochs
            or self.history.epochs_clearly_worse() >= self._schedule.patience
        )

    def _set_rate(self, epoch: int) -> None:
        """Half a cosine from the full rate down to nearly none."""
        way = epoch / self._schedule.epochs
        self._optimizer.learning_rate = LEARNING_RATE * (0.02 + 0.49 * (1 + np.cos(np.pi * way)))

    def _learn(self, learnt: Labelled, epoch: int) -> float:
        losses = [float(self._step(*batch)) for batch in _batches(learnt, epoch, self._schedule)]
        return float(np.mean(losses))

    def _take_step(self, maps: Any, wanted: Any, weights: Any) -> Any:
        with self._tf.GradientTape() as tape:
            loss = _loss(self._tf, self._back(maps, training=True), wanted, weights)
        variables = self._back.trainable_variables
        self._optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        return loss

    def mix(self, start: list[FloatArray]) -> None:
        """Go a part of the way back to `start`, the weights before the training."""
        self._back.set_weights(mixed(start, self._back.get_weights(), TRAINED_SHARE))

    def _judge(self, choose: Labelled) -> None:
        scores = self.scores(choose.features)
        self.history.choose_loss.append(weighted_loss(scores, choose.bona_fide, choose.weights))
        self.history.choose_accuracy.append(float(((scores >= 0.5) == choose.bona_fide).mean()))
        error = equal_error_rate(scores[choose.bona_fide], scores[~choose.bona_fide])
        self.history.choose_eer.append(error.value)

    def scores(self, features: Features) -> npt.NDArray[np.float64]:
        """(n,) scores from 0 to 1, higher is more bona fide, of each example's first variant."""
        logits = [
            self._back(features[at : at + BATCH, 0].astype(np.float32), training=False).numpy()
            for at in range(0, len(features), BATCH)
        ]
        shares = self._tf.nn.softmax(np.concatenate(logits).astype(np.float64)).numpy()
        return np.asarray(shares[:, BONA_FIDE])

    def _keep(self, *, best: bool) -> None:
        self._state.write(str(self._state_file()))
        if best:
            self._back.save_weights(self._folder / "best.weights.h5")
        # Written last: until then the state of the epoch before, which still exists, is valid.
        stored = {"plan": self._plan, "history": asdict(self.history)}
        write_atomically(self._folder / "progress.json", json.dumps(stored).encode())

    def _state_file(self) -> Path:
        return self._folder / f"state-{len(self.history.loss) % 2}"


def mixed(start: list[FloatArray], end: list[FloatArray], share: float) -> list[FloatArray]:
    """Weights a `share` of the way from `start` to `end`, layer by layer."""
    return [(1 - share) * first + share * last for first, last in zip(start, end, strict=True)]


def reproducible(seed: int) -> None:
    """Make TensorFlow deterministic: the same seed on one machine then gives the same weights."""
    import keras  # noqa: PLC0415 (TensorFlow)
    import tensorflow as tf  # noqa: PLC0415 (only training needs it)

    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()


def _batches(
    learnt: Labelled, epoch: int, schedule: Schedule
) -> Iterator[tuple[FloatArray, FloatArray, FloatArray]]:
    """Every example once: maps, targets and weights. Seed and epoch give the order and variants."""
    rng = np.random.default_rng([schedule.seed, epoch])
    order = rng.permutation(len(learnt.bona_fide))
    variants = rng.integers(learnt.features.shape[1], size=len(order))
    for at in range(0, len(order), BATCH):
        batch = order[at : at + BATCH]
        maps = np.stack([learnt.features[n, variants[n]] for n in batch]).astype(np.float32)
        wanted = learnt.bona_fide[batch].astype(np.float32) * (1 - 2 * SMOOTHING) + SMOOTHING
        yield maps, wanted, learnt.weights[batch]


def weighted_loss(
    scores: npt.NDArray[np.float64], bona_fide: npt.NDArray[np.bool_], weights: FloatArray
) -> float:
    """The weighted cross entropy of scores from 0 to 1; all three are (n,)."""
    share = np.clip(scores, LEAST_SHARE, 1 - LEAST_SHARE)
    right = np.where(bona_fide, share, 1 - share)
    return float(-(weights * np.log(right)).sum() / weights.sum())


def _loss(tf: Any, logits: Any, wanted: Any, weights: Any) -> Any:
    """Cross entropy of "bona fide" against all attack classes together."""
    share = tf.clip_by_value(tf.nn.softmax(logits)[:, BONA_FIDE], LEAST_SHARE, 1 - LEAST_SHARE)
    parts = wanted * tf.math.log(share) + (1 - wanted) * tf.math.log(1 - share)
    return -tf.reduce_mean(weights * parts)
