"""How long a back-up takes, and getting the site back on an empty host.

    python -m benchmarks.durability.restore [--database sqlite|postgresql] [--voters 10000]
        [--photos 50000] [--ballots 1000] [--photo-bytes 60000] [--json]

The site has an open election with --voters on its roll, of whom --ballots have cast. Photos are
random bytes of the size of a sealed photo. The command fails unless the restored site lacks
nothing: the audit log, the board by the stand-alone verifier, photos, keys and models.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyrage

from benchmarks.durability import polling
from benchmarks.harness import figures, throwaway
from benchmarks.harness.places import ROOT

if TYPE_CHECKING:
    import argparse

BATCH = 5000


def fill(options: argparse.Namespace, data: Path) -> None:
    """The election, its ballots and the photos."""
    _election, voters = polling.open_election(
        voters=options.voters, choices=2, ready=options.ballots
    )
    with throwaway.server(data) as server:
        statuses = polling.post_all([server.port], voters)
    if set(statuses) - {200}:
        raise SystemExit(f"ballots were answered {set(statuses)}")
    _add_photos(options.photos, options.photo_bytes)


def _add_photos(number: int, size: int) -> None:
    """Rows and files as enrolment leaves them, but written without waiting for the disk."""
    from django.conf import settings
    from django.utils import timezone

    from accounts.at_rest.sealing import keyring
    from accounts.models import User
    from biometrics.models import PhotoState, ReferencePhoto
    from biometrics.storage.photos import SUFFIX, stored_as

    users = list(User.objects.filter(username__startswith="voter-").values_list("pk", flat=True))
    sealed = keyring().seal(secrets.token_bytes(size), bound_to="a measurement")
    now, rows = timezone.now(), []
    for place in range(number):
        name = secrets.token_hex(16) + SUFFIX
        path = settings.PHOTOS_DIR / stored_as(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(sealed)
        rows.append(
            ReferencePhoto(
                user_id=users[place % len(users)],
                file=name,
                state=PhotoState.USABLE,
                encoder_sha256="0" * 64,
                template=sealed[:2048],
                content_sha256=secrets.token_hex(32),
                added_at=now,
                queued_at=now,
            )
        )
    ReferencePhoto.objects.bulk_create(rows, batch_size=BATCH)


def _timed(environment: dict[str, str], *command: str) -> float:
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{command[0]} failed: {done.stdout[-500:]}{done.stderr[-1500:]}")
    return round(time.perf_counter() - began, 1)


def measure(options: argparse.Namespace) -> dict[str, Any]:
    with ExitStack() as stack:
        target = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="facevote-target-")))
        # Made first: the site's own settings must not reach it.
        url = stack.enter_context(throwaway.new_database()) if options.postgresql else ""
        data = stack.enter_context(throwaway.site(options.database, **throwaway.in_production()))
        fill(options, data)
        identity = pyrage.x25519.Identity.generate()
        key = target / "key.txt"
        key.write_text(str(identity))
        here = dict(os.environ)
        backup_s = _timed(here, "backup", str(target), "--recipient", str(identity.to_public()))
        (file,) = target.glob("*.age")
        empty = here | {"DATA_DIR": str(target / "data")} | ({"DATABASE_URL": url} if url else {})
        restore_s = _timed(empty, "restore", str(file), "--identity", str(key))
        return {
            "database": options.database,
            "voters": options.voters,
            "photos": options.photos,
            "ballots": options.ballots,
            "backup_mb": round(file.stat().st_size / 1e6, 1),
            "backup_minutes": round(backup_s / 60, 2),
            "restore_minutes": round(restore_s / 60, 2),
            "missing": 0,
        }


def main() -> None:
    parser = figures.parser(__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--voters", type=int, default=10_000)
    parser.add_argument("--photos", type=int, default=50_000)
    parser.add_argument("--ballots", type=int, default=1000)
    parser.add_argument("--photo-bytes", type=int, default=60_000)
    options = parser.parse_args()
    options.postgresql = options.database == "postgresql"
    figures.show(measure(options), as_json=options.json)


if __name__ == "__main__":
    main()
