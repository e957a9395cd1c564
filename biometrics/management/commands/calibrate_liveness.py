"""Say where the shipped liveness threshold stands among the site's own honest captures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from biometrics.engine.errors import ArtifactRefused
from biometrics.training.liveness.own_captures import MOST_REFUSED, standing
from biometrics.training.liveness.samples import Scorer, read_data

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = (
        "Says how many of the site's own captures of honest people the liveness network would "
        "refuse, and where the shipped threshold stands among them. Needs 20 captures, taken with "
        "consent where people vote. It changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "data",
            type=Path,
            nargs="?",
            help="a CSV or its folder; default: what operators have collected on the site",
        )
        parser.add_argument("--every", type=int, default=10, help="take every n-th frame of a clip")
        parser.add_argument("--json", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        place: Path = options["data"] or settings.LIVENESS_DATA_DIR
        try:
            scorer = Scorer(settings.MODELS_DIR)
            listed = [item for item in read_data(place) if item.bona_fide]
            bar = tqdm(listed, disable=None)
            scored = [frame for item in bar for frame in scorer(item, every=options["every"])]
            found = standing(scored, scorer.pad.threshold)
        except (ArtifactRefused, OSError, ValueError) as error:
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(json.dumps(found, indent=2) if options["json"] else _words(found))


def _words(found: dict[str, Any]) -> str:
    refused, lowest = found["refused"], found["quantiles"]["5%"]
    lines = [
        f"{found['captures']} captures of real faces, {found['people']} people named",
        *(
            f"answered with a hint, {hint}: {n}"
            for hint, n in found["answered_with_a_hint"].items()
        ),
        f"cameras by detail: {', '.join(f'{name} {n}' for name, n in found['cameras'].items())}",
        f"the threshold {found['threshold']} would refuse {refused['errors']} of "
        f"{refused['trials']} ({refused['rate']:.1%}; {refused['low']:.1%} to "
        f"{refused['high']:.1%} over {refused['over']}); a twentieth scores below {lowest:.3f}",
    ]
    if refused["rate"] > MOST_REFUSED:
        lines.append(
            "That is more than the site should refuse. Look at the light and the camera first. A "
            f"threshold of {found['fitting']:.3f} would refuse {MOST_REFUSED:.0%} of these "
            "captures, but lets more attacks pass, and how many more, honest captures cannot say: "
            "choose it with attacks of your own (train_liveness --threshold-only)."
        )
    return "\n".join(lines)
