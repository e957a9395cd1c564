"""Gets a site back from a back-up: into a site that is empty, wholly or not at all."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import transaction

from accounts.at_rest.sealing import KEY_ID_BYTES
from accounts.audit import Action, record
from biometrics.engine.whole_files import write_durably
from biometrics.models import VerificationGrant, VerificationSession
from biometrics.storage.photos import SUFFIX, write_sealed
from facevote.backup import database
from facevote.backup.archive import AUDIT_HEADS, CONTENTS, DATABASE, PHOTOS, members
from facevote.backup.contents import read_contents
from facevote.backup.envelope import decrypting

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pyrage.x25519 import Identity

    from facevote.backup.contents import Contents

    Progress = Callable[[str, int], None]


class RestoreRefused(RuntimeError):
    """Nothing was restored; the message says why."""


@dataclass
class Restored:
    """What came out of the archive. `key_ids` are those that its photos are sealed with."""

    contents: Contents | None = None
    audit_heads: bytes = b""
    photos: int = 0
    key_ids: set[str] = field(default_factory=set)


def restore(
    backup: Path, identities: Sequence[Identity], *, progress: Progress
) -> tuple[Contents, Restored]:
    """Restore the photos, then the database, and bring its tables up to date.

    The database is replaced last, when all of the archive has been read: an attempt that fails
    leaves the site as empty as it was. Raises RestoreRefused, EnvelopeRefused, ArchiveBroken,
    ContentsRefused, DatabaseRefused, and OSError for a full disk.
    """
    if not database.is_empty():
        raise RestoreRefused("this site is not empty: restore into a new one")
    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR, prefix=".restore-") as folder:
        dump = Path(folder) / "database"
        found = _read(backup, identities, dump, progress)
        contents = _whole(found)
        database.load(dump)
    call_command("migrate", verbosity=0)
    _settle(contents, found)
    return contents, found


def _read(backup: Path, identities: Sequence[Identity], dump: Path, progress: Progress) -> Restored:
    found = Restored()
    with (
        backup.open("rb") as file,
        dump.open("wb") as pieces,
        decrypting(file, identities) as stream,
    ):
        for name, data in members(stream):
            _take(name, data, found, pieces)
            progress(name.partition("/")[0], 1 if name.startswith(PHOTOS) else len(data))
    return found


def _take(name: str, data: bytes, found: Restored, pieces: IO[bytes]) -> None:
    if name.startswith(DATABASE):
        pieces.write(data)
    elif name.startswith(PHOTOS):
        photo = name.removeprefix(PHOTOS)
        if "/" in photo or not photo.endswith(SUFFIX):
            raise RestoreRefused("the back-up holds a photo whose name is none of ours")
        write_sealed(photo, data)
        found.photos += 1
        found.key_ids.add(data[1 : 1 + KEY_ID_BYTES].hex())
    elif name == AUDIT_HEADS:
        found.audit_heads = data
    elif name == CONTENTS:
        found.contents = read_contents(data)


def _whole(found: Restored) -> Contents:
    if found.contents is None:
        raise RestoreRefused("the back-up is not whole: its contents are missing")
    here = database.kind()
    if found.contents.database != here:
        raise RestoreRefused(
            f"the back-up is of {found.contents.database}, and this site uses {here}"
        )
    if found.photos != found.contents.photos:
        raise RestoreRefused(f"the back-up holds {found.photos} of {found.contents.photos} photos")
    return found.contents


def _settle(contents: Contents, found: Restored) -> None:
    """What was valid for minutes when the back-up was made is valid no more."""
    with transaction.atomic():
        Session.objects.all().delete()
        VerificationGrant.objects.filter(spent_at__isnull=True).delete()
        VerificationSession.objects.filter(ended_at__isnull=True, grant__isnull=True).delete()
        record(Action.SITE_RESTORED, actor=None, made_at=contents.made_at)
    if found.audit_heads and not settings.AUDIT_HEADS_FILE.exists():
        write_durably(settings.AUDIT_HEADS_FILE, found.audit_heads)
