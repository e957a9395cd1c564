"""manage.py train_liveness DATA…: train a liveness network, and write its card and plot.png."""

from __future__ import annotations

import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from biometrics.engine.errors import ArtifactRefused
from biometrics.engine.pad.texture import ARTIFACT
from biometrics.engine.whole_files import write_card
from biometrics.management.required_packages import require_packages
from biometrics.training.liveness import dataset
from biometrics.training.liveness.dataset import Side, TooFewPeople
from biometrics.training.liveness.plots import draw_training
from biometrics.training.liveness.samples import LargestFace, one_face_each, read_data
from biometrics.training.liveness.training import Schedule

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Sequence

    from biometrics.training.liveness.dataset import Example
    from biometrics.training.liveness.samples import Presentation

PATIENCE = 4


class Command(BaseCommand):
    help = (
        "Trains the liveness network on labelled pictures and clips, and on attacks simulated from "
        "the real faces; people are kept apart: those who train, those by whom the threshold is "
        "chosen, and those on whom it is reported. Of one or two people it learns too, and reports "
        "by cross-validation. Needs the packages of the group `train`."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("data", nargs="+", type=Path, metavar="DATA", help="folders or CSVs")
        parser.add_argument(
            "--train-only", nargs="+", type=Path, default=[], metavar="DATA", help="never measured"
        )
        parser.add_argument("--faces", type=Path, metavar="DIR", help="more faces: DIR/<person>/*")
        parser.add_argument("--most-faces", type=int, default=1200, help="of them train")
        parser.add_argument(
            "--strangers", type=int, default=1000, help="others of --faces: for the threshold"
        )
        parser.add_argument("--every", type=int, default=10, help="take every n-th frame of a clip")
        parser.add_argument("--epochs", type=int, default=10)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--swap",
            action="store_true",
            help="report on those who would choose, and the other way round: both runs together "
            "report on everybody",
        )
        parser.add_argument(
            "--leave-out",
            nargs="+",
            default=[],
            metavar="SOURCE",
            help="report on these sources alone, and learn nothing from them",
        )
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--resume", action="store_true", help="go on after Ctrl-C")
        how.add_argument(
            "--threshold-only",
            action="store_true",
            help="train nothing: choose the threshold of the network in --out anew",
        )
        parser.add_argument(
            "--work", type=Path, metavar="DIR", help="features and state until done"
        )
        parser.add_argument("--out", type=Path, metavar="DIR", help="default: the models' folder")

    def handle(self, *_args: Any, **options: Any) -> None:
        out: Path = options["out"] or settings.MODELS_DIR
        work: Path = options["work"] or settings.DATA_DIR / "liveness-training"
        needed = ["onnx"] if options["threshold_only"] else ["onnx", "tensorflow", "matplotlib"]
        require_packages(*needed, group="train")
        try:
            for folder in (out, work):
                folder.mkdir(parents=True, exist_ok=True)
            card = self._card(work, out, options)
        except (ArtifactRefused, OSError, ValueError, KeyError) as error:
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(_summary(card, out))

    def _card(self, work: Path, out: Path, options: dict[str, Any]) -> dict[str, Any]:
        measured = [item for place in options["data"] for item in read_data(place)]
        try:
            sides = dataset.divide(measured, seed=options["seed"], swapped=options["swap"])
        except TooFewPeople:
            if options["threshold_only"] or options["resume"]:
                raise
            return _train_on_few(measured, work, out, options)
        if options["threshold_only"]:
            return _choose(_examples(sides, options), out)
        return _train(_examples(sides, options), work, out, options)


def _examples(sides: dict[Presentation, Side], options: dict[str, Any]) -> list[Example]:
    for place in options["train_only"]:
        sides |= dict.fromkeys(read_data(place), Side.TRAIN)
    if options["faces"]:
        faces = list(one_face_each(options["faces"], options["seed"]))
        most, strangers = options["most_faces"], options["strangers"]
        sides |= dict.fromkeys(faces[:most], Side.TRAIN)
        sides |= dict.fromkeys(faces[most : most + strangers], Side.STRANGERS)
    if options["leave_out"]:
        sides = dataset.leave_out(sides, frozenset(options["leave_out"]))
    if options["threshold_only"]:
        sides = {item: side for item, side in sides.items() if side is not Side.TRAIN}
    find = LargestFace(settings.MODELS_DIR)
    prepared = dataset.examples(_bar(sides.items(), "faces"), find, every=options["every"])
    real = [example for example in prepared if example is not None]
    return dataset.with_simulated_attacks(
        real, seed=options["seed"], show=lambda attacks: _bar(attacks, "simulated attacks")
    )


def _choose(examples: list[Example], out: Path) -> dict[str, Any]:
    from biometrics.training.liveness.recipe import choose_again  # noqa: PLC0415 (needs onnx)

    card = choose_again(examples, out)
    write_card(out, ARTIFACT, card)
    return card


def _train_on_few(
    measured: list[Presentation], work: Path, out: Path, options: dict[str, Any]
) -> dict[str, Any]:
    """Report by cross-validation, and learn from everybody."""
    from biometrics.training.liveness import few_people, recipe  # noqa: PLC0415 (needs onnx)

    folds = few_people.folds_of(measured)
    extra = [item for place in options["train_only"] for item in read_data(place)]
    if options["faces"]:
        faces = one_face_each(options["faces"], options["seed"])
        extra += islice(faces, options["most_faces"])
    find = LargestFace(settings.MODELS_DIR)

    def prepared(items: Sequence[Presentation]) -> list[Example]:
        sides = _bar([(item, Side.TRAIN) for item in items], "faces")
        found = dataset.examples(sides, find, every=options["every"])
        return [example for example in found if example is not None]

    # Those who are judged choose nothing but the threshold: no part stops early.
    schedule = Schedule(options["epochs"], options["epochs"], options["seed"])
    with _bar(None, "features") as features, _bar(None, "epochs") as epochs:
        trained = few_people.cross_validate(
            [prepared(part) for part in folds.parts],
            prepared([*folds.always, *extra]),
            recipe.Recipe(schedule),
            work,
            recipe.TrainingProgress(features.update, lambda _history: epochs.update()),
            folds=folds,
            today=timezone.localdate(),
        )
    recipe.store(trained, out)
    draw_training(trained.history, trained.scores[Side.REPORT], out / "plot.png")
    return trained.card


def _train(
    examples: list[Example], work: Path, out: Path, options: dict[str, Any]
) -> dict[str, Any]:
    from biometrics.training.liveness import recipe  # noqa: PLC0415 (needs onnx)

    schedule = Schedule(options["epochs"], PATIENCE, options["seed"])
    fitted = sum(example.side in {Side.TRAIN, Side.CHOOSE} for example in examples)
    features = _bar(None, "features", fitted)
    epochs = _bar(None, "epochs", options["epochs"])
    progress = recipe.TrainingProgress(
        example=features.update,
        epoch=lambda history: (
            epochs.set_postfix_str(f"choosing side: EER {history.choose_eer[-1]:.3f}"),
            epochs.update(len(history.loss) - epochs.n),
        ),
    )
    with features, epochs:
        trained = recipe.train(
            examples,
            recipe.Recipe(schedule),
            work,
            progress,
            resume=options["resume"],
            today=timezone.localdate(),
        )
    recipe.store(trained, out)
    draw_training(trained.history, trained.scores[Side.REPORT], out / "plot.png")
    return trained.card


def _bar(items: Any, name: str, total: int | None = None) -> Any:
    return tqdm(items, desc=name, total=total, file=sys.stderr, disable=None)


def _summary(card: dict[str, Any], out: Path) -> str:
    report = card["report"]
    species = ", ".join(
        f"{name} {rate['rate']:.1%}" for name, rate in report["apcer_by_species"].items()
    )
    measured_on = "people who neither trained nor chose"
    if "worth" in report:
        measured_on = f"{report['data']} ({report['worth']})"
    return (
        f"{out} has liveness.tflite and its card\n"
        f"threshold {card['operating_point']['threshold']}; on {measured_on}: "
        f"BPCER {report['bpcer']['rate']:.1%}, APCER {species}, EER {report['eer']:.1%}"
    )
