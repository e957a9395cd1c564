"""A liveness network from data to models/liveness.tflite, its card and plot.png, step by step."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from biometrics.engine.artifacts import Artifact, load_artifact
from biometrics.engine.matching.metrics import balanced_threshold
from biometrics.engine.pad.texture import ARTIFACT, TexturePad
from biometrics.engine.whole_files import write_atomically, write_card
from biometrics.training.conversion.convolution_graph import Stored, export_tflite
from biometrics.training.liveness import features as liveness_features
from biometrics.training.liveness import network as liveness_network
from biometrics.training.liveness.dataset import (
    SIMULATED,
    Example,
    Side,
    homes,
    of,
    source_of,
    weights,
)
from biometrics.training.liveness.features import Plan
from biometrics.training.liveness.model import SOURCE, network_card
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
    """What, beside the data, the weights depend on."""

    schedule: Schedule
    variants: int = ENOUGH_VARIANTS


@dataclass(frozen=True, slots=True)
class Telling:
    """What the one who waits is told: after each example that is prepared, after each epoch."""

    example: Callable[[], object]
    epoch: Callable[[History], object]


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    network: bytes
    history: History
    card: dict[str, Any]
    scores: dict[Side, list[Judged]]


def train(
    found: Sequence[Example],
    recipe: Recipe,
    folder: Path,
    telling: Telling,
    *,
    resume: bool,
    today: date,
) -> Trained:
    """`folder` keeps features and state, so that a training that was broken off can go on."""
    reproducible(recipe.schedule.seed)
    model = published(folder)
    front, back = liveness_network.halves(model)
    start = back.get_weights()
    plan = _fingerprint(found, recipe)
    trainer = Trainer(back, recipe.schedule, folder, plan=plan)
    if resume:
        trainer.resume()
    else:
        _compute(export_tflite(front, Stored.FLOAT32), found, recipe, folder, telling)
    learnt, choose = (_labelled(found, side, folder) for side in (Side.TRAIN, Side.CHOOSE))
    trainer.fit(learnt, choose, telling.epoch)
    trainer.mix(start)
    network = export_tflite(model)
    scores = _scores(network, found)
    card = _card(network, found, recipe, today) | _chosen(scores)
    card["training"] |= {
        "epochs": len(trainer.history.loss),
        "stopped_early": trainer.stopped_early,
        "share_of_trained_weights": TRAINED_SHARE,
    }
    return Trained(network, trainer.history, card, scores)


def choose_again(found: Sequence[Example], models_dir: Path) -> dict[str, Any]:
    """The card of the network that is there, with a threshold chosen on these examples.

    Raises ArtifactRefused where there is none. Nobody in `found` may be among those it learnt from.
    """
    artifact = load_artifact(models_dir, ARTIFACT)
    examples = {side.value: _counts(of(found, side)) for side in JUDGING}
    chosen = _chosen(_scores(artifact.content, found))
    chosen["operating_point"]["examples"] = examples
    return {**artifact.card, **chosen}


def store(trained: Trained, models_dir: Path) -> None:
    """The network first: a card without its file is refused, an old file with a new card too."""
    write_atomically(models_dir / f"{ARTIFACT}.tflite", trained.network)
    write_card(models_dir, ARTIFACT, trained.card)


def published(folder: Path) -> Any:
    """The network with its published weights, from which all training starts."""
    file = folder / "published.onnx"
    if not file.is_file():
        write_atomically(file, SOURCE.fetch())
    model = liveness_network.build()
    liveness_network.load_published(model, liveness_network.read_published(file))
    return model


def _compute(
    front: bytes, found: Sequence[Example], recipe: Recipe, folder: Path, telling: Telling
) -> None:
    for side, variants in ((Side.TRAIN, recipe.variants), (Side.CHOOSE, 0)):
        plan = Plan(variants, recipe.schedule.seed)
        file = folder / f"{side}.npy"
        liveness_features.compute(front, of(found, side), plan, file, tick=telling.example)


def _labelled(found: Sequence[Example], side: Side, folder: Path) -> Labelled:
    mine = of(found, side)
    return Labelled(
        features=liveness_features.computed(folder / f"{side}.npy"),
        bona_fide=np.array([one.bona_fide for one in mine]),
        weights=np.array(weights(mine, homes(found)), dtype=np.float32),
    )


def _scores(network: bytes, found: Sequence[Example]) -> dict[Side, list[Judged]]:
    """By the network as it will serve."""
    pad = TexturePad.unjudged(Artifact(ARTIFACT, "", network, {}))

    def judged(one: Example) -> Judged:
        score = pad.score(one.image(), one.box)
        return Judged(score, one.bona_fide, one.species, {"source": one.group}, one.series)

    return {side: [judged(one) for one in of(found, side)] for side in JUDGING}


def _fingerprint(found: Sequence[Example], recipe: Recipe) -> str:
    schedule = recipe.schedule
    settings = [schedule.epochs, schedule.seed, recipe.variants]
    return f"{data_hash(found)} {json.dumps(settings)}"


def data_hash(found: Sequence[Example]) -> str:
    """SHA-256 of the pictures with what is said of them, in whatever order they came."""
    rows = sorted(
        hashlib.sha256(one.jpeg).hexdigest() + f"{one.bona_fide}{one.species}{one.group}{one.side}"
        for one in found
    )
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def _card(network: bytes, found: Sequence[Example], recipe: Recipe, today: date) -> dict[str, Any]:
    return network_card(network, today) | {
        "origin": "MiniFASNet type; front as published, back trained further",
        "labels": ["bona_fide", "attack", "attack"],
        "training": {
            "command": "manage.py train_liveness",
            "data_sha256": data_hash(found),
            "seed": recipe.schedule.seed,
            "variants": recipe.variants,
            "examples": {side.value: _counts(of(found, side)) for side in Side},
        },
    }


def _chosen(scores: dict[Side, list[Judged]]) -> dict[str, Any]:
    """The threshold and what it does: to those who chose it, to strangers, to those held back."""
    choose, strangers, held_back = (scores[side] for side in JUDGING)
    threshold = _threshold([*choose, *strangers])
    found = {
        "operating_point": {
            "threshold": threshold,
            "rule": "BPCER equal to the APCER of the worst species, each the mean over the sources",
            "data": f"{_sources([*choose, *strangers])}: people neither trained nor reported on",
            **summary(choose, threshold),
        },
        "report": {
            "data": f"{_sources(held_back)}, people used for nothing else",
            **summary(held_back, threshold),
        },
    }
    if strangers:
        found["operating_point"]["strangers"] = summary(strangers, threshold)
    if tens := fused(held_back):
        found["report"]["clip"] = summary(tens, threshold)
    return found


def _threshold(choose: Sequence[Judged]) -> float:
    bona_fide: dict[str, list[float]] = {}
    attacks: dict[str, dict[str, list[float]]] = {}
    for one in choose:
        source = source_of(one.groups["source"])
        if one.bona_fide:
            bona_fide.setdefault(source, []).append(one.score)
        else:
            attacks.setdefault(source, {}).setdefault(one.species, []).append(one.score)
    found = balanced_threshold(
        {source: np.array(scores) for source, scores in bona_fide.items()},
        {
            source: {species: np.array(scores) for species, scores in kinds.items()}
            for source, kinds in attacks.items()
        },
    )
    return round(found, 4)


def _sources(some: Sequence[Judged]) -> str:
    return ", ".join(sorted({source_of(one.groups["source"]) for one in some}))


def _counts(some: Sequence[Example]) -> dict[str, int]:
    names = Counter(
        f"{one.group}, {one.species or 'bona fide'}".replace(f"{SIMULATED} ", "made of ")
        for one in some
    )
    return dict(sorted(names.items()))
