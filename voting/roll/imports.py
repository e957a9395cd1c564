"""The import of a roll: the file is kept, shown as a preview, confirmed, and written in batches.

All of it is in the database, so that any process of the site can show and confirm a preview.
"""

from __future__ import annotations

import logging
import zlib
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.at_rest.batches import write_in_batches
from accounts.at_rest.sealing import SealBroken, keyring
from accounts.audit import Action, record
from voting.models import RollImport, WorkState, election_subject
from voting.refusals import StepRefused
from voting.roll.plan import RowState, make_plan
from voting.roll.reading.file import read_roll
from voting.roll.reading.header import read_header
from voting.roll.reading.problems import RollFileRefused
from voting.roll.reading.text import count_lines, decode
from voting.roll.report import Report, report_plan, report_refusal
from voting.roll.writing import require_draft, write_rows

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from django.db.models import QuerySet

    from accounts.models import User
    from voting.models import Election
    from voting.roll.plan import PlannedRow

log = logging.getLogger(__name__)

AT_WORK: Final = (WorkState.ORDERED, WorkState.WRITING)
# How long a preview can be confirmed. After that the file with its names and dates is gone.
KEPT: Final = timedelta(hours=1)
# A worker that has said nothing for so long is gone, and another takes over.
SILENT: Final = timedelta(minutes=3)


def begin(
    election: Election, data: bytes, *, actor: User, create_voters: bool, now: dt.datetime
) -> RollImport:
    """Keep the file for a preview. What is wrong with the file as a whole is found at once.

    Raises RollFileRefused and StepRefused.
    """
    require_draft(election)
    text = decode(data)
    read_header(text)
    sealed = keyring().seal(zlib.compress(data, 1), bound_to=_owner("file", actor.pk))
    return RollImport.objects.create(
        election=election,
        create_voters=create_voters,
        file=sealed,
        total=count_lines(text),
        state=WorkState.WAITING,
        asked_by=actor,
        asked_at=now,
    )


def preview(import_id: int) -> None:
    """Read the file and compare it with the roll. Holds no lock, and changes no roll."""
    if not _claim(import_id, WorkState.WAITING, WorkState.READING):
        return
    stored = RollImport.objects.select_related("election").get(pk=import_id)
    running = RollImport.objects.filter(pk=import_id, state=WorkState.READING)
    with _watched(running):
        try:
            file = read_roll(
                _file(stored),
                today=timezone.localdate(),
                report=lambda rows: _beat(running, done=rows),
            )
            plan = make_plan(stored.election, file, create_voters=stored.create_voters)
            report = report_plan(plan)
        except RollFileRefused as refusal:
            report = report_refusal(refusal.problems)
        sealed = keyring().seal(report.to_json(), bound_to=_owner("report", stored.asked_by_id))
        if report.problems:
            running.update(state=WorkState.REFUSED, report=sealed, file=b"")
        else:
            running.update(state=WorkState.READY, report=sealed)


def confirm(stored: RollImport, *, doubts_accepted: bool) -> None:
    """Order that the file of a preview is written. Raises StepRefused."""
    if report_of(stored).doubts and not doubts_accepted:
        raise StepRefused(_("Confirm that the file is right although something in it is unusual."))
    ready = RollImport.objects.filter(pk=stored.pk, state=WorkState.READY)
    try:
        with transaction.atomic():
            ordered = ready.update(state=WorkState.ORDERED, done=0, beat_at=None)
    except IntegrityError as error:
        raise StepRefused(_("A roll is being imported into this election.")) from error
    if not ordered:
        raise StepRefused(_("This file can no longer be imported. Choose it again."))


def write(import_id: int) -> None:
    """Write a confirmed file. Everything is checked again before the first row is written.

    Can be repeated: rows that are on the roll already stay as they are.
    """
    if not _claim(import_id, WorkState.ORDERED, WorkState.WRITING):
        return
    stored = RollImport.objects.select_related("election", "asked_by").get(pk=import_id)
    running = RollImport.objects.filter(pk=import_id, state=WorkState.WRITING)
    with _watched(running):
        try:
            file = read_roll(_file(stored), today=timezone.localdate())
            plan = make_plan(stored.election, file, create_voters=stored.create_voters)
        except RollFileRefused:
            _stop(stored, running)
            return
        if plan.problems:
            _stop(stored, running)
            return
        _write_all(stored, running, plan.to_write())


def report_of(stored: RollImport) -> Report:
    """Raises StepRefused if there is none any more."""
    try:
        sealed = bytes(stored.report)
        plain = keyring().unseal(sealed, bound_to=_owner("report", stored.asked_by_id))
    except SealBroken as broken:
        raise StepRefused(_("The file is no longer kept. Choose it again.")) from broken
    return Report.from_json(plain)


def is_at_work(election: Election) -> bool:
    """Whether a confirmed file is being written."""
    return election.imports.filter(state__in=AT_WORK).exists()


def forget_old(*, now: dt.datetime) -> None:
    """Delete previews that nobody confirmed in time, and what is left of finished imports."""
    RollImport.objects.filter(~Q(state__in=AT_WORK), asked_at__lt=now - KEPT).delete()


def abandoned(*, now: dt.datetime) -> list[RollImport]:
    """Work whose message was lost, or whose worker is gone."""
    silent = Q(beat_at__lt=now - SILENT) | Q(beat_at=None, asked_at__lt=now - SILENT)
    unfinished = Q(state__in=[WorkState.WAITING, WorkState.READING, *AT_WORK])
    return list(RollImport.objects.filter(silent, unfinished).defer("file", "report"))


def _write_all(stored: RollImport, running: QuerySet[RollImport], rows: list[PlannedRow]) -> None:
    RollImport.objects.filter(pk=stored.pk).update(done=0, total=len(rows))

    def write_batch(batch: Sequence[PlannedRow]) -> None:
        write_rows(stored.election_id, batch)
        new = sum(row.state is RowState.NEW for row in batch)
        _beat(
            running,
            done=F("done") + len(batch),
            added=F("added") + new,
            changed=F("changed") + len(batch) - new,
        )

    try:
        write_in_batches(rows, write_batch)
    except (IntegrityError, StepRefused):
        _stop(stored, running)
        return
    _end(stored, running, state=WorkState.DONE)


def _beat(running: QuerySet[RollImport], **values: Any) -> None:
    running.update(beat_at=timezone.now(), **values)


def _stop(stored: RollImport, running: QuerySet[RollImport]) -> None:
    stored.refresh_from_db(fields=["added", "changed"])
    if stored.added or stored.changed:
        words = _(
            "The import stopped, because somebody else has changed the accounts or the election: "
            "%(added)d new and %(changed)d changed voters are on the roll. Choose the file again: "
            "what is there already stays as it is."
        ) % {"added": stored.added, "changed": stored.changed}
    else:
        words = _("Nothing was imported: accounts or roll have changed. Choose the file again.")
    _end(stored, running, state=WorkState.FAILED, reason=words)


@transaction.atomic
def _end(stored: RollImport, running: QuerySet[RollImport], **values: Any) -> None:
    if not running.update(**values, file=b"", report=b""):
        return
    stored.refresh_from_db(fields=["added", "changed"])
    if stored.added or stored.changed or values["state"] == WorkState.DONE:
        record(
            Action.VOTERS_IMPORTED,
            actor=stored.asked_by,
            subject=election_subject(stored.election_id),
            added=stored.added,
            changed=stored.changed,
        )


def _claim(import_id: int, waiting: WorkState, at_work: WorkState) -> bool:
    """Take the work, unless another worker has it."""
    now = timezone.now()
    silent = Q(beat_at=None) | Q(beat_at__lt=now - SILENT)
    free = RollImport.objects.filter(Q(state=waiting) | Q(silent, state=at_work), pk=import_id)
    return free.update(state=at_work, beat_at=now) == 1


@contextmanager
def _watched(running: QuerySet[RollImport]) -> Iterator[None]:
    """After a failure the official must not wait for ever, and the log names no row."""
    try:
        yield
    except OperationalError:
        # The database was away or busy: the task is tried again, or the clock finds it.
        running.update(beat_at=None)
        raise
    except Exception as error:  # noqa: BLE001 - its text may hold a row of the file
        log.error("An import of a roll failed: %s", type(error).__name__)
        words = _("The file could not be imported. Choose it again.")
        running.update(state=WorkState.FAILED, reason=words, file=b"", report=b"")


def _file(stored: RollImport) -> bytes:
    """Raises SealBroken."""
    owner = _owner("file", stored.asked_by_id)
    return zlib.decompress(keyring().unseal(bytes(stored.file), bound_to=owner))


def _owner(part: str, user_id: int) -> str:
    return f"roll-import:{part}|user:{user_id}"
