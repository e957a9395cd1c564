"""Makes the letters of an order, in parts, and keeps them sealed until they are deleted.

They hold no secret: who has no password asks for a link, and a registrar's code comes from the
registrar's own program.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.at_rest.sealing import keyring
from voting.letters.pdf import Frame, LetterTooLong, PaperLetter, labels_pdf, letters_pdf
from voting.mailing import contents
from voting.mailing.variables import fill, fill_line
from voting.models import LetterBatch, LetterFile, WorkState
from voting.progress import ShownProgress
from voting.readiness.standings import voters_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from django.db.models import QuerySet

    from voting.models import Election, VoterRollEntry

LETTERS_A_FILE: Final = 250
LABELS: Final = 0
SILENT: Final = timedelta(minutes=3)
AT_WORK: Final = (WorkState.ORDERED, WorkState.WRITING)


def make(batch_id: int) -> None:
    """Make all files of an order. Can be repeated: files that are there are not made again."""
    now = timezone.now()
    free = Q(state=WorkState.ORDERED) | Q(state=WorkState.WRITING, beat_at__lt=now - SILENT)
    mine = LetterBatch.objects.filter(free, pk=batch_id)
    if not mine.update(state=WorkState.WRITING, beat_at=now):
        return
    batch = LetterBatch.objects.select_related("election").get(pk=batch_id)
    running = LetterBatch.objects.filter(pk=batch_id, state=WorkState.WRITING)
    try:
        _make_files(batch, running)
    except LetterTooLong:
        words = _("A letter does not fit on one page. Shorten the text.")
        running.update(state=WorkState.FAILED, reason=words, addresses=b"")
    else:
        running.update(state=WorkState.DONE, addresses=b"", done=batch.total)


def content_of(file: LetterFile) -> bytes:
    """The PDF file. Raises SealBroken."""
    return keyring().unseal(bytes(file.content), bound_to=owner(file.batch.election_id))


def progress_of(batch: LetterBatch) -> ShownProgress:
    running = batch.state in AT_WORK
    words = batch.reason or _("%(done)d of %(total)d letters made") % {
        "done": batch.done,
        "total": batch.total,
    }
    return ShownProgress(words, batch.done, batch.total, running)


def forget_old(*, now: dt.datetime) -> None:
    """Delete letters that were made LETTER_DAYS ago: they hold names and addresses."""
    before = now - timedelta(days=settings.LETTER_DAYS)
    LetterBatch.objects.filter(asked_at__lt=before).delete()


def abandoned(*, now: dt.datetime) -> list[int]:
    """Orders whose message was lost, or whose worker is gone."""
    silent = Q(beat_at__lt=now - SILENT) | Q(beat_at=None, asked_at__lt=now - SILENT)
    at_work = LetterBatch.objects.filter(silent, state__in=AT_WORK)
    return list(at_work.values_list("pk", flat=True))


def _make_files(batch: LetterBatch, running: QuerySet[LetterBatch]) -> None:
    frame = _frame(batch)
    there = set(batch.files.values_list("number", flat=True))
    everybody: list[PaperLetter] = []
    for number, letters in enumerate(_parts(batch), start=1):
        everybody += letters
        if number not in there:
            _keep(batch, number, letters_pdf(frame, letters))
        if not running.update(done=len(everybody), beat_at=timezone.now()):
            return
    if LABELS not in there:
        _keep(batch, LABELS, labels_pdf(frame, everybody))


def _keep(batch: LetterBatch, number: int, content: bytes) -> None:
    sealed = keyring().seal(content, bound_to=owner(batch.election_id))
    row = LetterFile(batch=batch, number=number, content=sealed)
    LetterFile.objects.bulk_create([row], ignore_conflicts=True)


def _parts(batch: LetterBatch) -> Iterator[list[PaperLetter]]:
    plain = keyring().unseal(bytes(batch.addresses), bound_to=owner(batch.election_id))
    postal: dict[str, list[str]] = json.loads(plain)
    voters = receivers(batch.election, batch.district).select_related("user").order_by("number_key")
    part: list[PaperLetter] = []
    for entry in voters.iterator(chunk_size=1000):
        part.append(_letter(batch, entry, postal))
        if len(part) == LETTERS_A_FILE:
            yield part
            part = []
    if part:
        yield part


def _letter(batch: LetterBatch, entry: VoterRollEntry, postal: dict[str, list[str]]) -> PaperLetter:
    address = contents.election_address(batch.election, batch.site)
    values = contents.values_of(batch.election, entry, contents.Link(address), batch.site)
    return PaperLetter(
        number=entry.voter_number,
        lines=[entry.name, *postal.get(entry.number_key, [])],
        subject=fill_line(batch.subject, values),
        text=fill(batch.body, values).strip(),
    )


def _frame(batch: LetterBatch) -> Frame:
    election = batch.election
    return Frame(
        title=election.title,
        lang=election.language.partition("-")[0],
        sender=settings.OFFICE_CONTACT or batch.site,
        address=contents.election_address(election, batch.site),
        fingerprint=contents.common_values(election, batch.site)["fingerprint"],
        words={
            "number": _("Voter number"),
            "code": _("QR code of the address"),
            "scan": _("Scan this with a telephone, or type the address:"),
            "fingerprint": _("Fingerprint of the election, to compare before you vote:"),
        },
    )


def receivers(election: Election, district: str) -> QuerySet[VoterRollEntry]:
    voters = voters_of(election)
    return voters.filter(district=district) if district else voters


def owner(election_id: int) -> str:
    return f"letters|election:{election_id}"
