"""Play presentation attacks against a throw-away copy of this site and report which got in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from biometrics.management.required_packages import require_packages

if TYPE_CHECKING:
    from argparse import ArgumentParser

# Many players at once keep the processors busy; more threads would only wait for each other.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
ROWS = "{:22}{:>8}{:>10}{:>12}  {}"


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("data", type=Path, help="a folder with faces/lfw and video")
        parser.add_argument("--kinds", nargs="*", default=[])
        parser.add_argument(
            "--clips",
            type=Path,
            help="play the recorded presentations of this folder (clips.csv) in their own time, "
            "not the kit: real attacks, and honest people, who cannot follow movements there",
        )
        parser.add_argument("--trials", type=int, default=300)
        parser.add_argument("--people", type=int, default=60)
        parser.add_argument("--policy", choices=("passive", "unsure", "always"), default="always")
        parser.add_argument(
            "--at-once",
            type=int,
            default=7,
            help="puppets at the same time, ten frames a second each; fewer on a slow machine",
        )
        parser.add_argument("--keep", type=Path, help="a file for the outcomes; it can be resumed")
        parser.add_argument("--json", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["clips"] and not (options["clips"] / "clips.csv").is_file():
            raise CommandError(f"{options['clips']} has no clips.csv", returncode=2)
        if not options["clips"] and not (options["data"] / "faces" / "lfw").is_dir():
            raise CommandError(f"{options['data']} has no faces/lfw", returncode=2)
        require_packages("websockets", group="test")
        command = [sys.executable, "-m", "benchmarks.attacks.play"]
        for name in ("data", "trials", "people", "policy", "at_once"):
            command += [f"--{name.replace('_', '-')}", str(options[name])]
        if options["clips"]:
            command += ["--clips", str(options["clips"].absolute())]
        if options["keep"]:
            command += ["--keep", str(options["keep"].absolute())]
        if options["kinds"]:
            command += ["--kinds", *options["kinds"]]
        # A process of its own: this one is bound to the real site's database.
        done = subprocess.run(  # noqa: S603
            command,
            cwd=settings.BASE_DIR,
            env=os.environ | ONE_THREAD,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            raise CommandError("the attacks were interrupted; the reason stands above")
        report = json.loads(done.stdout)
        if options["json"]:
            self.stdout.write(json.dumps(report, indent=2))
            return
        self._table(report)

    def _table(self, report: dict[str, Any]) -> None:
        also = "".join(f", with {part}" for part in ("blinks", "light") if report[part])
        self.stdout.write(f"policy {report['policy']}{also}, {report['people']} people attacked")
        self.stdout.write(ROWS.format("kind", "tried", "accepted", "upper 95 %", ""))
        for name, row in report["kinds"].items():
            note = "simulated" if row["simulated"] else ""
            self.stdout.write(
                ROWS.format(name, row["tried"], row["accepted"], row["upper_95"], note)
            )
