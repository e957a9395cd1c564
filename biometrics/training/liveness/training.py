"""Fits the back of the liveness network to what its front gives; can be resumed."""

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
# Nobody is certain of a label, and a certain network is wrong with certainty.
SMOOTHING = 0.05
LEAST_SHARE = 1e-5
# Of the least loss on the choosing side.
CLEARLY_WORSE = 1.5
# How far the weights go from the published ones towards the trained ones. Part of the way is often
# better than either on people and cameras that neither knew: Wortsman et al., "Robust fine-tuning
# of zero-shot models", CVPR 2022.
TRAINED_SHARE = 0.5


class ResumeRefused(ValueError):
    """What was broken off was another training."""


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """`features` (n, variants, …), whether each is bona fide, how much each counts; (n,)."""

    features: Features
    bona_fide: npt.NDArray[np.bool_]
    weights: FloatArray


@dataclass(frozen=True, slots=True)
class Schedule:
    """`patience`: epochs that are clearly worse on the choosing side before it stops."""

    epochs: int
    patience: int
    seed: int


@dataclass(slots=True)
class History:
    """Of each epoch: loss on what is learnt, loss, accuracy and EER on the choosing side."""

    loss: list[float] = field(default_factory=list)
    choose_loss: list[float] = field(default_factory=list)
    choose_accuracy: list[float] = field(default_factory=list)
    choose_eer: list[float] = field(default_factory=list)

    def best(self) -> int:
        """The number of the epoch with the least loss; losses are finer than error counts."""
        return int(np.argmin(self.choose_loss))

    def lost(self) -> int:
        """How many epochs since the last one that was not clearly worse than the best."""
        least = min(self.choose_loss)
        good = [at for at, loss in enumerate(self.choose_loss) if loss <= least * CLEARLY_WORSE]
        return len(self.choose_loss) - 1 - good[-1]


class Trainer:
    """Fits `back`; keeps its state after each epoch in `folder`."""

    def __init__(self, back: Any, schedule: Schedule, folder: Path, *, plan: str) -> None:
        import keras
        import tensorflow as tf

        self._tf, self._schedule, self._folder, self._plan = tf, schedule, folder, plan
        self._back = back
        self._optimizer = keras.optimizers.AdamW(LEARNING_RATE, weight_decay=WEIGHT_DECAY)
        self._optimizer.build(back.trainable_variables)
        self._state = tf.train.Checkpoint(back=back, optimizer=self._optimizer)
        self._step = tf.function(self._take_step)
        self.history = History()

    def resume(self) -> None:
        """Go on after the last whole epoch; raises ResumeRefused for another training's state."""
        file = self._folder / "progress.json"
        if not file.is_file():
            raise ResumeRefused(f"{self._folder} holds nothing to resume")
        stored = json.loads(file.read_text(encoding="utf-8"))
        if stored["plan"] != self._plan:
            raise ResumeRefused(f"{self._folder} holds the state of a training on other data")
        self.history = History(**stored["history"])
        self._state.read(str(self._state_file())).expect_partial()

    def fit(self, learnt: Labelled, choose: Labelled, tell: Callable[[History], object]) -> None:
        """`tell` is called after each epoch.

        What ran through ends with its last weights: which epoch is best on a few people is chance.
        What stopped early goes back to its best epoch.
        """
        while not self._over():
            epoch = len(self.history.loss)
            self._set_rate(epoch)
            self.history.loss.append(self._learn(learnt, epoch))
            self._judge(choose)
            self._keep(best=self.history.best() == epoch)
            tell(self.history)
        if self.stopped_early:
            self._back.load_weights(self._folder / "best.weights.h5")

    @property
    def stopped_early(self) -> bool:
        return len(self.history.loss) < self._schedule.epochs

    def _over(self) -> bool:
        done = len(self.history.loss)
        if not done:
            return False
        return done >= self._schedule.epochs or self.history.lost() >= self._schedule.patience

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
        """Go back a part of the way to the weights that the training started from."""
        self._back.set_weights(mixed(start, self._back.get_weights(), TRAINED_SHARE))

    def _judge(self, choose: Labelled) -> None:
        scores = self.scores(choose.features)
        self.history.choose_loss.append(weighted_loss(scores, choose))
        self.history.choose_accuracy.append(float(((scores >= 0.5) == choose.bona_fide).mean()))
        found = equal_error_rate(scores[choose.bona_fide], scores[~choose.bona_fide])
        self.history.choose_eer.append(found.value)

    def scores(self, features: Features) -> npt.NDArray[np.float64]:
        """(n,) from 0 to 1, of the first variant of each."""
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
        # Last: without it the epoch before, whose state is still there, is the last whole one.
        stored = {"plan": self._plan, "history": asdict(self.history)}
        write_atomically(self._folder / "progress.json", json.dumps(stored).encode())

    def _state_file(self) -> Path:
        return self._folder / f"state-{len(self.history.loss) % 2}"


def mixed(start: list[FloatArray], end: list[FloatArray], share: float) -> list[FloatArray]:
    """Weights a `share` of the way from one to the other."""
    return [(1 - share) * one + share * other for one, other in zip(start, end, strict=True)]


def reproducible(seed: int) -> None:
    """The same seed on the same machine then gives the same weights."""
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()


def _batches(
    learnt: Labelled, epoch: int, schedule: Schedule
) -> Iterator[tuple[FloatArray, FloatArray, FloatArray]]:
    """Every example once, in an order and a variant that seed and epoch give."""
    rng = np.random.default_rng([schedule.seed, epoch])
    order = rng.permutation(len(learnt.bona_fide))
    variants = rng.integers(learnt.features.shape[1], size=len(order))
    for at in range(0, len(order), BATCH):
        some = order[at : at + BATCH]
        maps = np.stack([learnt.features[n, variants[n]] for n in some]).astype(np.float32)
        wanted = learnt.bona_fide[some].astype(np.float32) * (1 - 2 * SMOOTHING) + SMOOTHING
        yield maps, wanted, learnt.weights[some]


def weighted_loss(scores: npt.NDArray[np.float64], choose: Labelled) -> float:
    """Cross entropy of scores from 0 to 1, both classes alike."""
    share = np.clip(scores, LEAST_SHARE, 1 - LEAST_SHARE)
    right = np.where(choose.bona_fide, share, 1 - share)
    return float(-(choose.weights * np.log(right)).sum() / choose.weights.sum())


def _loss(tf: Any, logits: Any, wanted: Any, weights: Any) -> Any:
    """Cross entropy of "bona fide" against all kinds of attack together."""
    share = tf.clip_by_value(tf.nn.softmax(logits)[:, BONA_FIDE], LEAST_SHARE, 1 - LEAST_SHARE)
    parts = wanted * tf.math.log(share) + (1 - wanted) * tf.math.log(1 - share)
    return -tf.reduce_mean(weights * parts)
