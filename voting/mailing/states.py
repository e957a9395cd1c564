"""How far each letter of a sending has come, up to the ballot of its reader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Case, CharField, Count, F, Q, TextChoices, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from voting.models import Mail, MailState, WorkState
from voting.progress import ShownProgress
from voting.readiness.standings import Standing, in_standing, voters_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from voting.models import Mailing


class LetterState(TextChoices):
    """The states that a letter has in the table, and what its reader has done since."""

    WAITING = "waiting", gettext_lazy("waiting")
    SENDING = "sending", gettext_lazy("being sent")
    SENT = "sent", gettext_lazy("sent")
    OPENED = "opened", gettext_lazy("link opened")
    READY = "ready", gettext_lazy("ready")
    VOTED = "voted", gettext_lazy("voted")
    REFUSED = "refused", gettext_lazy("refused by the server")
    BOUNCED = "bounced", gettext_lazy("bounced")
    UNCERTAIN = "uncertain", gettext_lazy("perhaps sent")


# What an official has to look at.
TROUBLE = (LetterState.REFUSED, LetterState.BOUNCED, LetterState.UNCERTAIN)


def with_letter_state(mailing: Mailing) -> QuerySet[Any]:
    """The letters (Mail) of a sending, each with `letter_state`, the value of a LetterState."""
    ready = in_standing(voters_of(mailing.election), Standing.READY).order_by().values("pk")
    case = Case(
        When(~Q(state__in=[MailState.SENT, MailState.UNCERTAIN]), then=F("state")),
        When(entry__has_voted=True, then=Value(LetterState.VOTED.value)),
        When(entry__in=ready, then=Value(LetterState.READY.value)),
        When(link__opened_at__isnull=False, then=Value(LetterState.OPENED.value)),
        default=F("state"),
        output_field=CharField(),
    )
    return Mail.objects.filter(mailing=mailing).annotate(letter_state=case)


def counts(mailing: Mailing) -> list[tuple[LetterState, int]]:
    """How many letters are in which state; states without a letter are left out."""
    rows = with_letter_state(mailing).order_by().values_list("letter_state")
    counted = dict(rows.annotate(count=Count("pk")))
    return [(state, counted[state]) for state in LetterState if counted.get(state)]


def progress_of(mailing: Mailing) -> ShownProgress:
    """For the page of a sending."""
    open_states = [MailState.WAITING, MailState.SENDING]
    left = Mail.objects.filter(mailing=mailing, state__in=open_states).count()
    done = mailing.total - left if mailing.is_listed else 0
    running = mailing.state in {WorkState.ORDERED, WorkState.WRITING}
    return ShownProgress(_words(mailing, done), done, mailing.total, running)


def _words(mailing: Mailing, done: int) -> str:
    numbers = {"done": done, "total": mailing.total, "reason": mailing.reason}
    if mailing.state == WorkState.DONE:
        return _("All %(total)d letters are handed over.") % numbers
    if mailing.state == WorkState.FAILED:
        return _("Stopped after %(done)d of %(total)d letters.") % numbers
    if mailing.reason:
        return (
            _(
                "%(done)d of %(total)d letters sent. The mail server takes none now: "
                "“%(reason)s”. It is tried again every minute."
            )
            % numbers
        )
    return _("%(done)d of %(total)d letters sent") % numbers
