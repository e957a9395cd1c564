"""Convert the liveness network from the package that carries it, and choose its threshold."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from biometrics.engine.artifacts import load_artifact
from biometrics.engine.errors import ArtifactRefused
from biometrics.engine.matching.metrics import equal_error_rate
from biometrics.engine.pad.texture import ARTIFACT, TexturePad
from biometrics.management.required_packages import require_packages
from biometrics.training.liveness.report import judged
from biometrics.training.liveness.samples import Scorer, read_manifest

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = (
        "Convert the liveness network and store the threshold at which, on the pictures of a CSV, "
        "as many honest frames are refused as attacks are let through."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--calibrate", type=Path, required=True, help="CSV of file and label.")
        parser.add_argument("--split", default="", help="Only the lines with this split.")

    def handle(self, *args: Any, **options: Any) -> None:
        require_packages("onnx", "tensorflow", group="train")
        from biometrics.training.liveness.model import (  # noqa: PLC0415 (needs onnx)
            convert,
            set_operating_point,
        )

        try:
            card = convert(settings.MODELS_DIR, today=timezone.localdate())
            point = _choose(options["calibrate"], options["split"])
            set_operating_point(settings.MODELS_DIR, point)
        except (ArtifactRefused, OSError, ValueError, KeyError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"SHA-256 {card['sha256']}, threshold {point['threshold']}")


def _choose(manifest: Path, split: str) -> dict[str, Any]:
    pad = TexturePad.unjudged(load_artifact(settings.MODELS_DIR, ARTIFACT))
    scorer = Scorer(settings.MODELS_DIR, pad)
    presentations = read_manifest(manifest, split=split)
    scored = [frame for item in tqdm(presentations, disable=None) for frame in scorer(item)]
    frames = judged(scored)
    bona_fide = np.array([frame.score for frame in frames if frame.bona_fide])
    attacks = np.array([frame.score for frame in frames if not frame.bona_fide])
    error = equal_error_rate(bona_fide, attacks)
    return {
        "threshold": round(error.threshold, 4),
        "rule": "equal error rate of single frames",
        "data": f"{manifest.parent.name}, split {split or 'all'}",
        "bona_fide": len(bona_fide),
        "attacks": len(attacks),
        "eer": round(error.value, 4),
    }
