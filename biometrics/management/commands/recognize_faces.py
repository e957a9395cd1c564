"""manage.py recognize_faces IMAGE|VIDEO: marks each face with a name and the verdicts on it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from accounts.at_rest.sealing import SealBroken
from accounts.models import User
from biometrics.engine.errors import ArtifactRefused
from biometrics.engine_loader import engine
from biometrics.marking import files
from biometrics.marking.faces import MarkedFace, captions, draw, mark
from biometrics.marking.files import MediaRefused
from biometrics.marking.gallery import SearchGallery, everybody_enrolled
from biometrics.storage.references import NoReference, reference_for

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from biometrics.engine.pipeline import Engine
    from biometrics.engine.types import BgrImage

WORDS = {
    "match": "match",
    "unknown": "no match",
    "bona_fide": "bona fide",
    "attack": "presentation attack",
    "unjudged": "PAD: not judged",
}


class Command(BaseCommand):
    help = (
        "Draws a box around every face, with the verdicts of the comparison and of presentation "
        "attack detection (PAD). With --voter each face is compared with that voter (1:1). Without "
        "it, all enrolled voters are searched (1:N). Each frame is judged alone; a login judges "
        "several frames together and asks for movements as well."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("media", type=Path, metavar="IMAGE|VIDEO")
        parser.add_argument("--voter", default="", metavar="NAME", help="compare 1:1 with NAME")
        parser.add_argument("--out", type=Path, metavar="FILE", help="default: <input>-marked")

    def handle(self, *, media: Path, voter: str, out: Path | None, **options: Any) -> None:
        target = out or files.beside(media, "marked")
        try:
            files.require_writable(target, picture=files.is_picture(media))
            loaded = engine()
            gallery = self._gallery(voter, loaded)
            self._run(media, target, loaded, gallery)
        except (MediaRefused, ArtifactRefused) as refusal:
            raise CommandError(str(refusal), returncode=2) from None

    def _gallery(self, voter: str, loaded: Engine) -> SearchGallery:
        if not voter:
            return everybody_enrolled(loaded.encoder_sha256)
        user = User.named(voter)
        if user is None:
            raise CommandError(f"there is no voter named {voter}", returncode=2)
        try:
            template = reference_for(user, loaded.encoder_sha256)
        except NoReference:
            raise CommandError(f"{voter} is not enrolled", returncode=2) from None
        except SealBroken as broken:
            raise CommandError(f"the template of {voter}: {broken}", returncode=2) from None
        return SearchGallery({user.pk: template}, {user.pk: user.username}, claimed_id=user.pk)

    def _run(self, media: Path, out: Path, loaded: Engine, gallery: SearchGallery) -> None:
        if files.is_picture(media):
            self._picture(media, out, loaded, gallery)
        else:
            self._video(media, out, loaded, gallery)
        self.stdout.write(f"{out} is written")

    def _picture(self, media: Path, out: Path, loaded: Engine, gallery: SearchGallery) -> None:
        image = files.read_picture(media)
        faces = mark(image, loaded, gallery)
        draw(image, faces, WORDS)
        files.write_picture(out, image)
        if not faces:
            self.stdout.write("no face found")
        for face in faces:
            self.stdout.write(", ".join(captions(face, WORDS)))

    def _video(self, media: Path, out: Path, loaded: Engine, gallery: SearchGallery) -> None:
        marked_frames: list[tuple[MarkedFace, ...]] = []
        with (
            files.open_video(media) as frames,
            tqdm(total=frames.count or None, unit="frame", file=sys.stderr, disable=None) as bar,
        ):

            def mark_frame(frame: BgrImage) -> None:
                marked_frames.append(mark(frame, loaded, gallery))
                draw(frame, marked_frames[-1], WORDS)
                bar.update()

            files.write_video(out, frames, mark_frame)
        self._count(marked_frames)

    def _count(self, frames: list[tuple[MarkedFace, ...]]) -> None:
        faces = [face for frame in frames for face in frame]
        with_face = sum(bool(frame) for frame in frames)
        self.stdout.write(f"{len(frames)} frames, {with_face} with a face")
        for name in sorted({face.name for face in faces if face.match}):
            self.stdout.write(f"{name}: match in {sum(face.name == name for face in faces)} frames")
        judged = [face for face in faces if face.bona_fide is not None]
        attacks = sum(face.bona_fide is False for face in judged)
        self.stdout.write(f"PAD: {attacks} of {len(judged)} judged faces are attacks")
