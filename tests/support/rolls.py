"""Rolls as files: reading, previewing and importing one as an official does."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils import timezone

from accounts.models import User
from voting.roll import imports

if TYPE_CHECKING:
    from voting.models import Election, RollImport
    from voting.roll.report import Report

TODAY = dt.date(2026, 11, 30)


def previewed(election: Election, data: bytes, *, create_voters: bool = False) -> RollImport:
    """The file is kept and read, as far as a preview goes."""
    official, _made = User.objects.get_or_create(username="roll-official", is_staff=True)
    kept = imports.begin(
        election, data, actor=official, create_voters=create_voters, now=timezone.now()
    )
    imports.preview(kept.pk)
    kept.refresh_from_db()
    return kept


def report(election: Election, data: bytes, *, create_voters: bool = False) -> Report:
    return imports.report_of(previewed(election, data, create_voters=create_voters))


def imported(election: Election, data: bytes, *, create_voters: bool = False) -> RollImport:
    """The preview is confirmed, doubts and all, and a worker writes it."""
    kept = previewed(election, data, create_voters=create_voters)
    imports.confirm(kept, doubts_accepted=True)
    imports.write(kept.pk)
    kept.refresh_from_db()
    return kept
