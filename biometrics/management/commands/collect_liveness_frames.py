"""manage.py collect_liveness_frames VIDEO…: labelled pictures for training, from clips."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from biometrics.collection import labelled_pictures
from biometrics.collection.labelled_pictures import CollectionRefused, Label
from biometrics.engine.errors import ArtifactRefused
from biometrics.engine.faces.detection import FaceDetector
from biometrics.engine.faces.finding import FaceFinder
from biometrics.engine.faces.landmarks import FaceMesh
from biometrics.engine.images import to_rgb
from biometrics.marking.files import MediaRefused, open_camera, open_video

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = (
        "Samples frames of clips, or of a camera, cuts each face with its surroundings and lists "
        "it in OUT/labels.csv. Pictures that are nearly the same are kept once."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("videos", nargs="*", type=Path, metavar="VIDEO")
        parser.add_argument("--camera", type=int, help="a camera of this computer, by number")
        parser.add_argument("--seconds", type=float, default=20, help="how long from a camera")
        parser.add_argument("--label", choices=("real", "fake"), required=True)
        parser.add_argument("--species", default="", help="for fake: print, replay, mask, …")
        parser.add_argument("--subject", required=True, metavar="ID")
        parser.add_argument("--device", required=True, metavar="NAME")
        parser.add_argument("--split", choices=("train", "test"), default="train")
        parser.add_argument("--every", type=int, default=5, help="take every n-th frame")
        parser.add_argument("--out", type=Path, required=True, metavar="DIR")

    def handle(self, *_args: Any, **options: Any) -> None:
        if bool(options["videos"]) == (options["camera"] is not None):
            raise CommandError("name clips, or a camera, and not both", returncode=2)
        try:
            self._collect(options)
        except (CollectionRefused, MediaRefused, ArtifactRefused, OSError) as refusal:
            raise CommandError(str(refusal), returncode=2) from None

    def _collect(self, options: dict[str, Any]) -> None:
        label = Label(
            options["label"] == "real",
            options["species"],
            options["subject"],
            options["device"],
            options["split"],
        )
        out: Path = options["out"]
        out.mkdir(parents=True, exist_ok=True)
        labelled_pictures.require_one_split(labelled_pictures.read_list(out), label)
        finder = FaceFinder(
            FaceDetector.load(settings.MODELS_DIR), FaceMesh.load(settings.MODELS_DIR)
        )
        every = max(1, options["every"])
        for source in options["videos"] or [options["camera"]]:
            opened = (
                open_camera(source, options["seconds"])
                if isinstance(source, int)
                else open_video(source)
            )
            with opened as frames:
                rgb = (to_rgb(frame) for frame in frames)
                bar = tqdm(rgb, unit="frame", file=sys.stderr, disable=None)
                looked_at = labelled_pictures.pictures_to_keep(
                    bar, finder, every=every, label=label
                )
                kept = [picture for picture in looked_at if picture is not None]
            new = labelled_pictures.store(out, kept, label)
            self.stdout.write(f"{source}: {len(kept)} pictures, {new} of them new")
