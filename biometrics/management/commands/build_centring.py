"""Measure what the faces of whole groups have in common, so that it counts for nobody."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from biometrics.engine.artifacts import load_artifact, read_card
from biometrics.engine.errors import ArtifactRefused
from biometrics.engine.matching.centring import card_name
from biometrics.engine.matching.encoding import CARD, read_choice
from biometrics.engine.whole_files import write_card
from biometrics.training.matching.centring import card_of, group_mean, pictured_once
from biometrics.training.matching.samples import collect, pictures_in

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterable

    from biometrics.training.matching.centring import GroupMean
    from biometrics.training.matching.samples import Picture


class Command(BaseCommand):
    help = "Store the mean descriptors of people at large and of groups of people who are alike."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "encoders",
            nargs="*",
            help="Encoders of one network; all centred ones if none is named.",
        )
        parser.add_argument(
            "--lfw",
            type=Path,
            required=True,
            help="People at large, PERSON/picture; those with one picture count.",
        )
        parser.add_argument(
            "--folder",
            type=Path,
            action="append",
            default=[],
            help="A group: PERSON/[SESSION/]picture. Choose no threshold by its people.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            for encoder in options["encoders"] or _centred():
                self._build(encoder, options["lfw"], options["folder"])
        except (ArtifactRefused, OSError, ValueError) as error:
            raise CommandError(str(error)) from error

    def _build(self, encoder: str, lfw: Path, folders: list[Path]) -> None:
        networks = read_choice(settings.MODELS_DIR, encoder).networks
        if len(networks) > 1:
            raise CommandError(f"{encoder} joins several networks; name each one's own encoder.")
        network = load_artifact(settings.MODELS_DIR, networks[0])
        groups = [_mean("lfw", _once(pictures_in(lfw, {}, "lfw")), encoder)]
        groups += [
            _mean(folder.name, pictures_in(folder, {}, folder.name), encoder) for folder in folders
        ]
        card = card_of(network.name, network.sha256, groups, today=timezone.localdate())
        write_card(settings.MODELS_DIR, card_name(network.name), card)
        names = ", ".join(f"{group.name} ({group.people} people)" for group in groups)
        self.stdout.write(f"{card_name(network.name)}: {names}")


def _centred() -> list[str]:
    known = read_card(settings.MODELS_DIR, CARD)["encoders"]
    return [
        name
        for name, entry in known.items()
        if entry.get("centred") and len(entry["networks"]) == 1
    ]


def _once(pictures: list[Picture]) -> list[Picture]:
    once = pictured_once(np.array([picture.person for picture in pictures], dtype=np.str_))
    return [picture for picture, alone in zip(pictures, once, strict=True) if alone]


def _mean(name: str, pictures: list[Picture], encoder: str) -> GroupMean:
    def progress(results: Iterable[object], total: int) -> Iterable[object]:
        return tqdm(results, desc=name, total=total, unit="picture", disable=None)

    if not pictures:
        raise ValueError(f"no picture was found for {name}")
    samples = collect(
        pictures, settings.MODELS_DIR, encoder=encoder, centred=False, progress=progress
    )
    return group_mean(name, samples)
