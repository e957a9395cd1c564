"""Measure an encoder on labelled faces and, if asked, store the thresholds that the site uses."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from biometrics.engine.artifacts import read_card
from biometrics.engine.errors import ArtifactRefused
from biometrics.engine.whole_files import write_card
from biometrics.management.required_packages import require_packages
from biometrics.training.matching.plots import draw, draw_rejects
from biometrics.training.matching.report import as_table, build_report, card_of, to_frame, to_frames
from biometrics.training.matching.samples import Picture, Samples, collect, pictures_in
from biometrics.training.matching.scores import all_pairs
from biometrics.training.matching.search import search_report

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterable


class Command(BaseCommand):
    help = "Measure FMR, FNMR, EER and accuracy of an encoder on folders of labelled faces."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--lfw", type=Path, help="LFW with pairs.txt; the group lfw.")
        parser.add_argument(
            "--folder", type=Path, action="append", default=[], help="PERSON/[SESSION/]picture."
        )
        parser.add_argument(
            "--report",
            type=Path,
            action="append",
            default=[],
            help="Like --folder, but only reported on: thresholds are not chosen by it.",
        )
        parser.add_argument("--groups", type=Path, help="CSV with the columns person and group.")
        parser.add_argument("--encoder", help="A name in models/encoder.json; its default if left.")
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--plots", type=Path, help="Folder for the plots.")
        parser.add_argument("--write-card", action="store_true", help="Store the thresholds.")
        parser.add_argument(
            "--write-search",
            action="store_true",
            help="Store the threshold of the 1:N search alone in the card that is there.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["plots"]:
            require_packages("matplotlib", group="train")
        try:
            self._evaluate(options)
        except (ArtifactRefused, OSError, ValueError, KeyError) as error:
            raise CommandError(str(error)) from error

    def _evaluate(self, options: dict[str, Any]) -> None:
        groups = _read_groups(options["groups"])
        lfw: Path | None = options["lfw"]
        chosen = [picture for path in options["folder"] for picture in _pictures(path, groups)]
        if lfw is not None:
            chosen += _pictures(lfw, groups, "lfw")
        if not chosen:
            raise CommandError("Name --lfw or --folder.")
        reported = [picture for path in options["report"] for picture in _pictures(path, groups)]
        samples = _collect(chosen, options["encoder"])
        held_out = _collect(reported, options["encoder"]) if reported else None
        report = build_report(samples, held_out, lfw / "pairs.txt" if lfw else None)
        card = _card_in_place(report) if options["write_search"] else report["threshold"]
        if search := search_report(samples, card["fused"]["threshold"]):
            report["search"] = search
        if options["plots"]:
            _draw(samples, report, options["plots"])
        if options["write_card"]:
            _write_card(report)
        if options["write_search"]:
            _write_search(report)
        self.stdout.write(json.dumps(report, indent=2) if options["json"] else as_table(report))


def _read_groups(path: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["person"]: row["group"] for row in csv.DictReader(file)}


def _pictures(folder: Path, groups: dict[str, str], group: str | None = None) -> list[Picture]:
    if not folder.is_dir():
        raise CommandError(f"{folder} is not a folder.")
    pictures = pictures_in(folder, groups, group or folder.name)
    if not pictures:
        raise CommandError(f"{folder} holds no PERSON/picture.")
    return pictures


def _collect(pictures: list[Picture], encoder: str | None) -> Samples:
    def progress(results: Iterable[object], total: int) -> Iterable[object]:
        return tqdm(results, total=total, unit="picture", disable=None)

    return collect(pictures, settings.MODELS_DIR, encoder=encoder, progress=progress)


def _draw(samples: Samples, report: dict[str, Any], folder: Path) -> None:
    thresholds = {name: cut["threshold"] for name, cut in report["threshold"].items()}
    scores = {
        "one to one": all_pairs(samples),
        "frame": to_frame(samples),
        "fused": to_frames(samples),
    }
    draw(scores, thresholds, folder)
    draw_rejects(report["groups"], folder)


def _write_card(report: dict[str, Any]) -> None:
    _store(report, card_of(report, today=timezone.localdate()))


def _write_search(report: dict[str, Any]) -> None:
    if "search" not in report:
        raise ValueError("a search needs two people in each half")
    search = report["search"] | {
        "groups": sorted(report["groups"]),
        "made": timezone.localdate().isoformat(),
        "command": "manage.py evaluate_matching --write-search",
    }
    _store(report, {**_card_in_place(report), "search": search})


def _card_in_place(report: dict[str, Any]) -> dict[str, Any]:
    name = f"matching-{report['encoder']}"
    card = read_card(settings.MODELS_DIR, name)
    if card.get("encoder_sha256") != report["encoder_sha256"]:
        raise ArtifactRefused(f"{name}.json was made for other networks; use --write-card")
    return card


def _store(report: dict[str, Any], card: dict[str, Any]) -> None:
    write_card(settings.MODELS_DIR, f"matching-{report['encoder']}", card)
