"""Sends the letters of one order: each at most once, whatever dies on the way.

A letter is marked as begun before the server gets it, and as sent when the server has answered.
Both marks of two neighbours are one transaction. So after a crash exactly one letter is begun and
unanswered: it is called uncertain, and only an official sends it again.

A worker sends for a few seconds and then queues the rest, so that elections open and photos are
encoded meanwhile.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.core.mail import get_connection
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.at_rest.batches import write_in_batches
from accounts.mail.handover import Answer, Handover, hand_over
from voting.mailing.audiences import reachable
from voting.mailing.preparing import Prepared, prepare
from voting.models import Audience, Mail, Mailing, MailState, WorkState

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.db.models import QuerySet

SLICE_SECONDS: Final = 5.0
# The links of so many letters are stored at once.
CHUNK: Final = 50
# A worker that has said nothing for so long is gone. A mail server is given up sooner.
SILENT: Final = timedelta(seconds=60)
MOST_TRIES: Final = 5
FIRST_PAUSE: Final = timedelta(minutes=5)


@dataclass
class Slice:
    """What one worker does in a few seconds: its pace, its connection and its unanswered letter."""

    mailing: Mailing
    connection: Any
    until: float
    answered: tuple[Mail, Answer] | None = None
    next_at: float = field(default_factory=time.monotonic)
    beat_after: float = field(default_factory=lambda: time.monotonic() + 1)

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self.until

    def wait(self) -> None:
        """Keep to MAIL_PER_SECOND."""
        rate = settings.MAIL_PER_SECOND
        if rate:
            time.sleep(max(0.0, self.next_at - time.monotonic()))
            self.next_at = max(time.monotonic(), self.next_at + 1 / rate)


def send_slice(mailing_id: int) -> bool:
    """Send for a few seconds. Returns whether letters are left that can be sent at once."""
    mailing = _claim(mailing_id)
    if mailing is None:
        return False
    if not mailing.is_listed:
        _list_receivers(mailing)
    work = Slice(mailing, get_connection(), time.monotonic() + SLICE_SECONDS)
    try:
        problem = _send_until_over(work)
    finally:
        with suppress(Exception):
            # All answers are stored; what a server says to a goodbye changes nothing.
            work.connection.close()
    return _end(mailing, problem)


def abandoned() -> list[int]:
    """Sendings whose message was lost, whose worker is gone, or whose server was away."""
    before = timezone.now() - SILENT
    silent = Q(beat_at__lt=before) | Q(beat_at=None, asked_at__lt=before)
    at_work = Mailing.objects.filter(silent, state__in=[WorkState.ORDERED, WorkState.WRITING])
    return list(at_work.order_by("pk").values_list("pk", flat=True))


def _claim(mailing_id: int) -> Mailing | None:
    """Take the sending unless another worker has it, and mark what the one before left open."""
    now = timezone.now()
    free = Q(state=WorkState.ORDERED) | Q(state=WorkState.WRITING, beat_at__lt=now - SILENT)
    with transaction.atomic():
        mine = Mailing.objects.filter(free, pk=mailing_id)
        if not mine.update(state=WorkState.WRITING, beat_at=now):
            return None
        left = Mail.objects.filter(mailing_id=mailing_id, state=MailState.SENDING)
        left.update(state=MailState.UNCERTAIN, answer="the worker ended")
    return Mailing.objects.select_related("election", "asked_by").get(pk=mailing_id)


def _list_receivers(mailing: Mailing) -> None:
    """A row for everybody who gets a letter. Can be repeated: nobody gets a second row."""
    voters = reachable(mailing.election, mailing.audience, mailing.kind)
    keys = list(voters.order_by("pk").values_list("pk", flat=True))

    def write(batch: Sequence[int]) -> None:
        rows = [Mail(mailing=mailing, entry_id=key) for key in batch]
        Mail.objects.bulk_create(rows, ignore_conflicts=True)
        Mailing.objects.filter(pk=mailing.pk).update(beat_at=timezone.now())

    write_in_batches(keys, write)
    Mailing.objects.filter(pk=mailing.pk).update(
        is_listed=True, total=Mail.objects.filter(mailing=mailing).count()
    )


def _send_until_over(work: Slice) -> str:
    """Returns why the server takes no letters at all now, or nothing."""
    for letter in _letters(work):
        work.wait()
        if not _mark(work, letter):
            continue
        answer = hand_over(work.connection, letter.message)
        work.answered = (letter.mail, answer)
        if answer.outcome is Handover.SERVER_AWAY:
            _mark(work, None)
            return answer.words
        if work.is_over:
            break
    _mark(work, None)
    return ""


def _letters(work: Slice) -> Iterator[Prepared]:
    while not work.is_over:
        rows = list(_sendable(work.mailing)[:CHUNK])
        if not rows:
            return
        yield from prepare(work.mailing, _still_wanted(work.mailing, rows))


def _sendable(mailing: Mailing) -> QuerySet[Mail]:
    """Letters that can be sent now. In this order, so that the index finds them."""
    now = timezone.now()
    due = Q(not_before=None) | Q(not_before__lte=now)
    waiting = Mail.objects.filter(due, mailing=mailing, state=MailState.WAITING)
    return waiting.select_related("entry__user", "trustee").order_by("pk")


def _still_wanted(mailing: Mailing, rows: list[Mail]) -> list[Mail]:
    """Without those who have left the audience: who has voted meanwhile gets no reminder."""
    if mailing.audience == Audience.ONE:
        return rows
    keys = [row.entry_id for row in rows if row.entry_id is not None]
    voters = reachable(mailing.election, mailing.audience, mailing.kind).filter(pk__in=keys)
    wanted = set(voters.values_list("pk", flat=True))
    gone = [row.pk for row in rows if row.entry_id not in wanted]
    if gone:
        Mail.objects.filter(pk__in=gone, state=MailState.WAITING).delete()
    return [row for row in rows if row.entry_id in wanted]


def _mark(work: Slice, letter: Prepared | None) -> bool:
    """Store the answer for the letter before and that this one is begun. False: do not send it."""
    with transaction.atomic():
        if work.answered is not None:
            _store(*work.answered)
            work.answered = None
        if not _goes_on(work):
            work.until = 0.0
            return False
        return letter is not None and _begin(letter)


def _begin(letter: Prepared) -> bool:
    waiting = Mail.objects.filter(pk=letter.mail.pk, state=MailState.WAITING)
    return bool(
        waiting.update(
            state=MailState.SENDING,
            begun_at=timezone.now(),
            address=letter.message.to[0],
            link=letter.link,
            message_id=letter.message.extra_headers["Message-ID"],
        )
    )


def _goes_on(work: Slice) -> bool:
    """Say once a second that this worker is at work. False if an official has stopped it."""
    if time.monotonic() < work.beat_after:
        return True
    work.beat_after = time.monotonic() + 1
    mine = Mailing.objects.filter(pk=work.mailing.pk, state=WorkState.WRITING)
    return bool(mine.update(beat_at=timezone.now()))


def _store(mail: Mail, answer: Answer) -> None:
    # UNCERTAIN too: another worker may have thought that this one was gone.
    mine = Mail.objects.filter(pk=mail.pk, state__in=[MailState.SENDING, MailState.UNCERTAIN])
    match answer.outcome:
        case Handover.SENT:
            mine.update(state=MailState.SENT, answer="", message_id=answer.message_id)
        case Handover.REFUSED:
            mine.update(state=MailState.REFUSED, answer=answer.words)
        case Handover.UNCERTAIN:
            mine.update(state=MailState.UNCERTAIN, answer=answer.words)
        case Handover.SERVER_AWAY:
            mine.update(state=MailState.WAITING, answer=answer.words)
        case Handover.LATER:
            _try_later(mine, mail, answer)


def _try_later(mine: QuerySet[Mail], mail: Mail, answer: Answer) -> None:
    if mail.tries + 1 >= MOST_TRIES:
        mine.update(state=MailState.REFUSED, tries=mail.tries + 1, answer=answer.words)
        return
    pause = FIRST_PAUSE * 2**mail.tries
    mine.update(
        state=MailState.WAITING,
        tries=mail.tries + 1,
        not_before=timezone.now() + pause,
        answer=answer.words,
    )


def _end(mailing: Mailing, problem: str) -> bool:
    """Leave the sending to the next worker, or end it."""
    mine = Mailing.objects.filter(pk=mailing.pk, state=WorkState.WRITING)
    if Mail.objects.filter(mailing=mailing, state=MailState.WAITING).exists():
        left = mine.update(state=WorkState.ORDERED, beat_at=timezone.now(), reason=problem)
        return bool(left) and not problem and _sendable(mailing).exists()
    mine.update(state=WorkState.DONE, beat_at=timezone.now(), reason="")
    return False
