"""Measure attack detection on labelled pictures and clips."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from biometrics.engine.artifacts import read_card
from biometrics.engine.errors import ArtifactRefused
from biometrics.engine.pad.texture import ARTIFACT, TexturePad
from biometrics.management.required_packages import require_packages
from biometrics.training.liveness.operating_threshold import report_left_out, sources_learnt
from biometrics.training.liveness.plots import draw
from biometrics.training.liveness.report import GROUPS, report
from biometrics.training.liveness.samples import Scorer, read_data
from biometrics.training.liveness.timing import pad_milliseconds

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Measure APCER per species, BPCER, ACER, EER and AUC of the liveness network."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "data", type=Path, nargs="+", help="Folders with real/ and fake/, or CSVs."
        )
        parser.add_argument("--split", default="", help="Only the lines with this split.")
        parser.add_argument("--by", default="", help=f"Groups, of {', '.join(GROUPS)}.")
        parser.add_argument(
            "--leave-out",
            nargs="+",
            default=[],
            metavar="SOURCE",
            help="Report on these sources alone, at the threshold that all others choose.",
        )
        parser.add_argument(
            "--models", type=Path, metavar="DIR", help="The network's folder; default: the site's."
        )
        parser.add_argument("--every", type=int, default=1, help="Take every n-th frame of a clip.")
        parser.add_argument("--plots", type=Path, metavar="DIR", help="Curves and mistakes.")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        by = [name for name in options["by"].split(",") if name]
        if unknown := set(by) - set(GROUPS):
            raise CommandError(f"There is no group {', '.join(sorted(unknown))}.")
        if options["plots"]:
            require_packages("matplotlib", group="train")
        try:
            measured = _measure(options, by)
        except (ArtifactRefused, OSError, ValueError, KeyError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(measured, indent=2) if options["json"] else _table(measured))


def _measure(options: dict[str, Any], by: list[str]) -> dict[str, Any]:
    models_dir: Path = options["models"] or settings.MODELS_DIR
    scorer = Scorer(settings.MODELS_DIR, TexturePad.load(models_dir))
    listed = [
        item for place in options["data"] for item in read_data(place, split=options["split"])
    ]
    bar = tqdm(listed, disable=None)
    scored = [frame for item in bar for frame in scorer(item, every=options["every"])]
    if options["leave_out"]:
        learnt = sources_learnt(read_card(models_dir, ARTIFACT))
        rates = report_left_out(scored, options["leave_out"], by, learnt=learnt)
    else:
        rates = report(scored, scorer.pad.threshold, by)
    if options["plots"]:
        draw(scored, rates["threshold"], options["plots"])
    return rates | {"pad_ms": round(pad_milliseconds(scorer.pad), 2)}


def _table(measured: dict[str, Any]) -> str:
    lines = [f"threshold {measured['threshold']}, {measured['pad_ms']} ms a frame on one core"]
    if "left_out" in measured:
        lines += _left_out(measured)
    served = measured["served"]
    parts = [("frames", measured), ("ten frames", measured["clip"])]
    parts += [("frames judged by the site", served), ("ten of these", served["clip"])]
    parts += [(name, part) for groups in measured["by"].values() for name, part in groups.items()]
    for name, part in parts:
        if part is not None:
            lines.append(_line(name, part))
    for label, rate in served["non_response"].items():
        lines.append(_rate(f"{label} frames answered with a hint instead:", rate))
    lines += _refusals(measured["refusals"])
    return "\n".join(lines)


def _left_out(measured: dict[str, Any]) -> list[str]:
    chosen_by = ", ".join(measured["threshold_chosen_by"])
    lines = [f"left out: {', '.join(measured['left_out'])}; threshold chosen by: {chosen_by}"]
    if measured["learnt_from"]:
        learnt = ", ".join(measured["learnt_from"])
        lines.append(f"the network learnt from {learnt}: its figures are not those of strangers")
    return lines


def _refusals(refusals: dict[str, Any]) -> list[str]:
    lines = [f"hint {hint}: {count}" for hint, count in refusals["by_hint"].items()]
    skins = refusals["by_skin"]
    for name in ("darkest", "lightest"):
        if skins[name]["trials"]:
            lines.append(_rate(f"answered with a hint, {name} third of the skins:", skins[name]))
    if skins["ratio"] is not None:
        lines.append(f"ratio of the two: {skins['ratio']:.2f}")
    return lines


def _line(name: str, part: dict[str, Any]) -> str:
    shown = [f"{key} {part[key]:.4f}" for key in ("acer", "eer", "auc") if part[key] is not None]
    if part["bpcer"]:
        shown.append(_rate("bpcer", part["bpcer"]))
    shown += [_rate(f"apcer {kind}", rate) for kind, rate in part["apcer_by_species"].items()]
    return f"{name}: {', '.join(shown)}"


def _rate(name: str, rate: dict[str, float]) -> str:
    bounds = f"{rate['low']:.4f} to {rate['high']:.4f}"
    people = f" of {rate['people']} people" if "people" in rate else ""
    return f"{name} {rate['rate']:.4f} ({bounds}, n={rate['trials']}{people})"
