"""The audit event of an export: a roll holds names and dates of birth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.audit import Action, record
from voting.models import election_subject

if TYPE_CHECKING:
    from accounts.models import User


def record_export(official: User, election_ids: list[int], *, rows: int) -> None:
    """Record one export. The numbers of several elections at once go into the details."""
    subject = election_subject(election_ids[0]) if len(election_ids) == 1 else ""
    several = {"elections": ", ".join(map(str, election_ids))} if len(election_ids) > 1 else {}
    record(Action.ROLL_EXPORTED, actor=official, subject=subject, rows=rows, **several)
