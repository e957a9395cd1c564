"""From examples to models/liveness.tflite and its card: features, training, threshold, report."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from biometrics.engine.artifacts import Artifact, load_artifact
from biometrics.engine.pad.texture import ARTIFACT, TexturePad
from biometrics.engine.whole_files import write_atomically, write_card
from biometrics.training.conversion.convolution_graph import Stored, export_tflite
from biometrics.training.liveness import features as liveness_features
from biometrics.training.liveness import network as liveness_network
from biometrics.training.liveness.dataset import (
    MADE_OF,
    SIMULATED,
    Example,
    Side,
    example_weights,
    groups_measured_on,
    samples_for_side,
    source_of,
)
from biometrics.training.liveness.features import Plan
from biometrics.training.liveness.model import SOURCE, network_card
from biometrics.training.liveness.operating_threshold import RULE, threshold_of
from biometrics.training.liveness.report import Judged, fused, summary
from biometrics.training.liveness.training import (
    TRAINED_SHARE,
    Labelled,
    Schedule,
    Trainer,
    reproducible,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from pathlib import Path

    from biometrics.training.liveness.training import History

ENOUGH_VARIANTS = 10
JUDGING = (Side.CHOOSE, Side.STRANGERS, Side.REPORT)


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the weights depend on, apart from the data. Each example has `variants` variants."""

    schedule: Schedule
    variants: int = ENOUGH_VARIANTS


@dataclass(frozen=True, slots=True)
class TrainingProgress:
    """What to call after each example whose features are computed, and after each epoch."""

    example: Callable[[], object]
    epoch: Callable[[History], object]


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """The TFLite network, its card, the losses by epoch, and the scores of those not trained on."""

    network: bytes
    history: History
    card: dict[str, Any]
    scores: dict[Side, list[Judged]]


def train(
    examples: Sequence[Example],
    recipe: Recipe,
    folder: Path,
    progress: TrainingProgress,
    *,
    resume: bool,
    today: date,
) -> Trained:
    """Train the back of the network, choose its threshold and report its error rates.

    `folder` keeps features and state: with `resume`, an interrupted training goes on after its last
    whole epoch. Raises ResumeRefused if the state in `folder` is of another training, and
    ArtifactRefused if the published weights cannot be fetched.
    """
    fitted = fit(examples, recipe, folder, ".", progress, resume=resume)
    scores = scores_of(fitted.network, examples)
    card = card_of(fitted.network, examples, recipe, today) | _chosen(scores)
    card["training"] |= {
        "epochs": len(fitted.history.loss),
        "stopped_early": fitted.stopped_early,
        "share_of_trained_weights": TRAINED_SHARE,
    }
    return Trained(fitted.network, fitted.history, card, scores)


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A TFLite network whose back was fitted, and how that went."""

    network: bytes
    history: History
    stopped_early: bool


def fit(
    examples: Sequence[Example],
    recipe: Recipe,
    folder: Path,
    part: str,
    progress: TrainingProgress,
    *,
    resume: bool = False,
) -> Fitted:
    """Fit the back of the published network to the training side.

    `folder` keeps the published weights, its sub-folder `part` features and state. Raises what
    `train` does.
    """
    reproducible(recipe.schedule.seed)
    model = published(folder)
    front, back = liveness_network.halves(model)
    start = back.get_weights()
    state = folder / part
    state.mkdir(exist_ok=True)
    trainer = Trainer(back, recipe.schedule, state, plan=_fingerprint(examples, recipe))
    if resume:
        trainer.resume()
    else:
        _compute(export_tflite(front, Stored.FLOAT32), examples, recipe, state, progress)
    learnt, choose = (_labelled(examples, side, state) for side in (Side.TRAIN, Side.CHOOSE))
    trainer.fit(learnt, choose, progress.epoch)
    trainer.mix(start)
    return Fitted(export_tflite(model), trainer.history, trainer.stopped_early)


def choose_again(examples: Sequence[Example], models_dir: Path) -> dict[str, Any]:
    """The card of the network in `models_dir`, with a threshold chosen on these examples.

    Nobody in `examples` may be among those it learnt from. Raises ArtifactRefused if there is no
    network or no card.
    """
    artifact = load_artifact(models_dir, ARTIFACT)
    counts = {side.value: _counts(samples_for_side(examples, side)) for side in JUDGING}
    chosen = _chosen(scores_of(artifact.content, examples))
    chosen["operating_point"]["examples"] = counts
    return {**artifact.card, **chosen}


def store(trained: Trained, models_dir: Path) -> None:
    """Write the network, then its card: the engine refuses a card that is not of the network."""
    write_atomically(models_dir / f"{ARTIFACT}.tflite", trained.network)
    write_card(models_dir, ARTIFACT, trained.card)


def published(folder: Path) -> Any:
    """The Keras network with its published weights, where every training starts.

    `folder` keeps the published file. Raises ArtifactRefused if it cannot be fetched.
    """
    file = folder / "published.onnx"
    if not file.is_file():
        write_atomically(file, SOURCE.fetch())
    model = liveness_network.build()
    liveness_network.load_published(model, liveness_network.read_published(file))
    return model


def _compute(
    front: bytes,
    examples: Sequence[Example],
    recipe: Recipe,
    folder: Path,
    progress: TrainingProgress,
) -> None:
    for side, variants in ((Side.TRAIN, recipe.variants), (Side.CHOOSE, 0)):
        plan = Plan(variants, recipe.schedule.seed)
        file, chosen = folder / f"{side}.npy", samples_for_side(examples, side)
        liveness_features.compute(front, chosen, plan, file, tick=progress.example)


def _labelled(examples: Sequence[Example], side: Side, folder: Path) -> Labelled:
    chosen = samples_for_side(examples, side)
    weights = example_weights(chosen, groups_measured_on(examples))
    return Labelled(
        features=liveness_features.computed(folder / f"{side}.npy"),
        bona_fide=np.array([example.bona_fide for example in chosen]),
        weights=np.array(weights, dtype=np.float32),
    )


def scores_of(network: bytes, examples: Sequence[Example]) -> dict[Side, list[Judged]]:
    """The examples that were not trained on, scored by the network as it will serve."""
    pad = TexturePad.unjudged(Artifact(ARTIFACT, "", network, {}))

    def judged(example: Example) -> Judged:
        return Judged(
            pad.score(example.image(), example.box),
            example.bona_fide,
            example.species,
            {"source": example.group},
            example.series,
        )

    return {
        side: [judged(example) for example in samples_for_side(examples, side)] for side in JUDGING
    }


def _fingerprint(examples: Sequence[Example], recipe: Recipe) -> str:
    """Equal for trainings that give the same weights."""
    schedule = recipe.schedule
    settings = [schedule.epochs, schedule.seed, recipe.variants]
    return f"{data_hash(examples)} {json.dumps(settings)}"


def data_hash(examples: Sequence[Example]) -> str:
    """SHA-256 of the pictures and their labels, independent of their order."""
    rows = sorted(
        hashlib.sha256(example.jpeg).hexdigest()
        + f"{example.bona_fide}{example.species}{example.group}{example.side}"
        for example in examples
    )
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def card_of(
    network: bytes, examples: Sequence[Example], recipe: Recipe, today: date
) -> dict[str, Any]:
    """What the card says of a network before its threshold is chosen."""
    return network_card(network, today) | {
        "origin": "MiniFASNet type; front as published, back trained further",
        "labels": ["bona_fide", "attack", "attack"],
        "training": {
            "command": "manage.py train_liveness",
            "data_sha256": data_hash(examples),
            "seed": recipe.schedule.seed,
            "variants": recipe.variants,
            "examples": {side.value: _counts(samples_for_side(examples, side)) for side in Side},
        },
    }


def _chosen(scores: dict[Side, list[Judged]]) -> dict[str, Any]:
    """The threshold with its error rates: for those who chose it, for strangers, for the report."""
    choose, strangers, reported = (scores[side] for side in JUDGING)
    threshold = threshold_of([*choose, *strangers])
    chosen: dict[str, dict[str, Any]] = {
        "operating_point": {
            "threshold": threshold,
            "rule": RULE,
            "data": f"{_sources([*choose, *strangers])}: people neither trained nor reported on",
            **summary(choose, threshold),
        },
        "report": {
            "data": f"{_sources(reported)}, people used for nothing else",
            **summary(reported, threshold),
        },
    }
    if strangers:
        chosen["operating_point"]["strangers"] = summary(strangers, threshold)
    if tens := fused(reported):
        chosen["report"]["clip"] = summary(tens, threshold)
    return chosen


def _sources(frames: Sequence[Judged]) -> str:
    return ", ".join(sorted({source_of(frame.groups["source"]) for frame in frames}))


def _counts(examples: Sequence[Example]) -> dict[str, int]:
    """How many examples of each group and species there are, in words for the card."""
    names = Counter(
        f"{one.group}, {one.species or 'bona fide'}".replace(f"{SIMULATED} ", MADE_OF)
        for one in examples
    )
    return dict(sorted(names.items()))
