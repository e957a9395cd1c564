"""The next step of an election, for the button on its page, and taking that step."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.utils.formats import localize
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from voting.counting import counting
from voting.elections import freeze_order, life_cycle
from voting.elections.checklist import not_ready
from voting.elections.freeze_order import freeze_election
from voting.elections.turnout import turnout_of
from voting.models import State
from voting.readiness.standings import standing_counts
from voting.roll import opening
from voting.tasks import count_election

if TYPE_CHECKING:
    import datetime as dt

    from django_stubs_ext import StrPromise

    from accounts.models import User
    from voting.models import Election


class Step(models.TextChoices):
    FREEZE = "freeze", _("Freeze the election")
    OPEN = "open", _("Open the election")
    CLOSE = "close", _("Close the election")
    COUNT = "count", _("Count the ballots")
    RELEASE = "release", _("Release the result")

    @property
    def words(self) -> StrPromise:
        return WORDS[self]

    @property
    def done(self) -> str:
        return str(DONE[self])


WORDS: dict[Step, StrPromise] = {
    Step.FREEZE: _(
        "After freezing, nothing about the election can be changed: not its contests, choices, "
        "times or key, and its roll only by two officials on the public record."
    ),
    Step.OPEN: _("Voters can then cast their ballots."),
    Step.CLOSE: _("No ballot is taken after that. A closed election can not be opened again."),
    Step.COUNT: _("Every ballot is verified, and only their sum is decrypted."),
    Step.RELEASE: _("Everybody can then see the result."),
}
DONE: dict[Step, StrPromise] = {
    Step.FREEZE: _("Freezing has begun; this page shows how far it is."),
    Step.OPEN: _("The election is open."),
    Step.CLOSE: _("The election is closed."),
    Step.COUNT: _("The count has begun; this page shows how far it is."),
    Step.RELEASE: _("The result is released."),
}
NEXT: dict[str, Step] = {
    State.DRAFT: Step.FREEZE,
    State.FROZEN: Step.OPEN,
    State.OPEN: Step.CLOSE,
    State.CLOSED: Step.COUNT,
    State.COUNTED: Step.RELEASE,
}


def next_step(election: Election) -> Step | None:
    return NEXT.get(election.state)


def notes(election: Election, step: Step, now: dt.datetime) -> list[str]:
    """What an official should know about this election before they take this step."""
    match step:
        case Step.FREEZE:
            return [*_opens_at_once(election, now), *not_ready(standing_counts(election))]
        case Step.OPEN if election.opens_at is not None and election.opens_at > now:
            words = _("It would open by itself on %(when)s.")
            return [words % {"when": shown(election.opens_at)}]
        case Step.CLOSE:
            turnout = turnout_of(election)
            voted = _("%(voted)d of %(eligible)d voters have voted.") % {
                "voted": turnout.voted,
                "eligible": turnout.eligible,
            }
            if election.closes_at is None:
                return [voted]
            words = _("It would close by itself on %(when)s.")
            return [words % {"when": shown(election.closes_at)}, voted]
        case _other:
            return []


def _opens_at_once(election: Election, now: dt.datetime) -> list[str]:
    if election.opens_at is None or election.opens_at > now:
        return []
    words = _("Its time of opening, %(when)s, has passed: once frozen, it opens at once.")
    return [words % {"when": shown(election.opens_at)}]


def shown(moment: dt.datetime) -> str:
    """A moment as every page shows it: in the site's zone, which stands beside it."""
    return str(localize(localtime(moment)))


def take(election: Election, step: Step, *, actor: User, now: dt.datetime) -> None:
    """Take the step. Raises StepRefused if the election can not take it now."""
    match step:
        case Step.FREEZE:
            with transaction.atomic():
                freeze_order.order_freeze(election, actor=actor, now=now)
                # A message that is lost is found by the sweep.
                transaction.on_commit(partial(freeze_election.delay, election.pk), robust=True)
        case Step.OPEN:
            opening.open_election(election, actor=actor, now=now)
        case Step.CLOSE:
            life_cycle.close_election(election, actor=actor, now=now)
        case Step.COUNT:
            with transaction.atomic():
                counting.order_count(election, actor=actor)
                transaction.on_commit(partial(count_election.delay, election.pk))
        case Step.RELEASE:
            life_cycle.release_result(election, actor=actor, now=now)
