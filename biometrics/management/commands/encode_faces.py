"""manage.py encode_faces DIR: enrols the people of a folder, DIR/<username>/*.jpg."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from biometrics.engine.errors import ArtifactRefused
from biometrics.engine_loader import engine
from biometrics.enrolment.folder import (
    FileReport,
    FolderRefused,
    enrol_folder,
    loose_files,
    person_folders,
)

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from biometrics.enrolment.folder import PersonFolder


class Command(BaseCommand):
    help = (
        "Enrols voters from a folder with one folder for each voter: DIR/<username>/*.jpg (also "
        "PNG, WebP and HEIC, by content). The photos are encoded at once, without a worker. Exit "
        "code 0: every file is a usable picture; 1: some are not, each is named with its reason, "
        "and so is everybody without a usable picture; 2: the folder cannot be used."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument(
            "--create-voters",
            action="store_true",
            help="make a voter without a password for each folder that is not named after a voter",
        )

        parser.add_argument(
            "--consent-on-paper",
            action="store_true",
            help="record that everybody in the folder has signed the text of the consent on paper",
        )

    def handle(self, *, folder: Path, **options: Any) -> None:
        try:
            people = person_folders(folder)
            reports = self._enrol(people, loose_files(folder), options)
        except (FolderRefused, ArtifactRefused) as refusal:
            raise CommandError(str(refusal), returncode=2) from None
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}", returncode=2) from None
        refused = [report for report in reports if not report.usable]
        self.stdout.write(f"{len(reports) - len(refused)} usable, {len(refused)} refused")
        enrolled = {report.person for report in reports if report.usable}
        missing = [person.name for person in people if person.name not in enrolled]
        if missing:
            self.stdout.write(f"without a usable picture: {', '.join(missing)}")
        if refused:
            sys.exit(1)

    def _enrol(
        self, people: list[PersonFolder], loose: list[FileReport], options: dict[str, Any]
    ) -> list[FileReport]:
        loaded = engine()
        reports = [*loose]
        for report in loose:
            self._print(report)
        total = sum(len(person.files) + len(person.left_out) for person in people)
        with tqdm(total=total, unit="photo", file=sys.stderr, disable=None) as bar:
            for person in people:
                for report in enrol_folder(
                    person,
                    loaded,
                    create=options["create_voters"],
                    paper_consent=options["consent_on_paper"],
                ):
                    self._print(report)
                    reports.append(report)
                    bar.update()
        return reports

    def _print(self, report: FileReport) -> None:
        with tqdm.external_write_mode(file=sys.stderr):
            self.stdout.write(f"{report.path}: {report.refusal or 'usable'}")
