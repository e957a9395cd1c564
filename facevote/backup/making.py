"""Makes a back-up while the site goes on."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from accounts.audit import Action, record
from biometrics.engine.whole_files import DRAFT_MARK, replacing, write_durably
from biometrics.storage.photos import PhotoGone, read_sealed, stored_names
from facevote.backup import database
from facevote.backup.archive import AUDIT_HEADS, CONTENTS, DATABASE, PHOTOS, Writer
from facevote.backup.contents import contents_of_site
from facevote.backup.envelope import IDENTITY_SUFFIX, encrypting, new_locked_identity
from facevote.backup.retention import name_at

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from pyrage.x25519 import Recipient

    from facevote.backup.contents import Contents

    # Called with what is being written and how many of it, for a progress bar.
    Progress = Callable[[str, int], None]


def back_up(
    folder: Path, recipients: Sequence[Recipient], *, now: datetime, progress: Progress
) -> tuple[Path, Contents]:
    """Write a back-up that the recipients can open. Return its file, and what it holds.

    The file has its name only when it is whole and on the disk. Raises OSError for a full disk or
    a store that is away, and DatabaseRefused.
    """
    with transaction.atomic():
        record(Action.BACKUP_MADE, actor=None)
    contents = contents_of_site(now=now)
    target = folder / name_at(now)
    with replacing(target) as draft:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            with encrypting(file, recipients) as stream:
                contents = _write(Writer(stream), contents, progress)
            file.flush()
            os.fsync(file.fileno())
    return target, contents


def back_up_by_passphrase(
    folder: Path, passphrase: str, *, now: datetime, progress: Progress
) -> tuple[Path, Contents]:
    """The same, to be opened with a passphrase: the identity that it unlocks lies beside it."""
    recipient, locked = new_locked_identity(passphrase)
    beside = folder / (name_at(now) + IDENTITY_SUFFIX)
    # First: a back-up without its identity could not be opened by anybody.
    write_durably(beside, locked)
    try:
        return back_up(folder, [recipient], now=now, progress=progress)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _write(archive: Writer, contents: Contents, progress: Progress) -> Contents:
    for number, piece in enumerate(database.pieces()):
        archive.add(f"{DATABASE}{number:06d}", piece)
        progress("database", len(piece))
    contents = _write_photos(archive, contents, progress)
    if settings.AUDIT_HEADS_FILE.exists():
        archive.add(AUDIT_HEADS, settings.AUDIT_HEADS_FILE.read_bytes())
    archive.add(CONTENTS, contents.to_json())
    archive.close()
    return contents


def _write_photos(archive: Writer, contents: Contents, progress: Progress) -> Contents:
    """Every photo in the store: a few have no row in the database, and the hourly purge knows them.

    They are listed after the database was read, so each photo of its rows is among them unless it
    has been erased meanwhile.
    """
    photos = gone = 0
    for name in stored_names():
        if DRAFT_MARK in name:  # it is being written, or a crash has left it
            continue
        try:
            archive.add(PHOTOS + name, read_sealed(name))
            photos += 1
        except PhotoGone:  # erased since it was listed
            gone += 1
        progress("photos", 1)
    return replace(contents, photos=photos, photos_gone=gone)
