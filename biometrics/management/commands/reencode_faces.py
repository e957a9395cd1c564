"""manage.py reencode_faces: makes templates for another encoder, before or after a switch."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from biometrics.engine.errors import ArtifactRefused
from biometrics.engine_loader import load_engine
from biometrics.enrolment.reencoding import (
    lost_voters,
    outdated_people,
    prepare_reference,
    reencode_voter,
    unprepared_people,
)

if TYPE_CHECKING:
    from biometrics.engine.pipeline import Engine


class Command(BaseCommand):
    help = (
        "Encodes the stored photos of all voters again, in this process. Before ENCODER is "
        "changed, `--encoder NAME` prepares references of the new encoder, while log-ins still use "
        "the old one. After the change, workers encode the rest in the background; this command "
        "does it at once. Exit code 1: some voters need new photos; 2: the encoder cannot be "
        "loaded."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--encoder", default="", help="its name in models/encoder.json")

    def handle(self, *, encoder: str, **options: Any) -> None:
        try:
            engine = load_engine(encoder)
        except ArtifactRefused as refusal:
            raise CommandError(str(refusal), returncode=2) from None
        left_out = self._prepare(engine) if encoder else self._reencode(engine)
        if left_out:
            self.stderr.write(f"{left_out} voters need new photos")
            sys.exit(1)

    def _prepare(self, engine: Engine) -> int:
        people = unprepared_people(engine.encoder_sha256)
        made = sum(
            prepare_reference(user_id, engine, now=timezone.now())
            for user_id in tqdm(people, unit="voter", file=sys.stderr, disable=None)
        )
        self.stdout.write(f"{made} references of {engine.encoder_name} prepared")
        return len(people) - made + lost_voters(engine.encoder_sha256)

    def _reencode(self, engine: Engine) -> int:
        people = outdated_people(engine.encoder_sha256)
        for user_id in tqdm(people, unit="voter", file=sys.stderr, disable=None):
            reencode_voter(user_id, engine, now=timezone.now())
        self.stdout.write(f"{len(people)} voters encoded again with {engine.encoder_name}")
        return lost_voters(engine.encoder_sha256)
