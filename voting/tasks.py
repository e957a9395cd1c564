"""Background tasks: opening and closing elections by the clock, lost work, and the count."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from accounts.database_clock import database_now
from voting.counting import counting
from voting.crypto.tally import CountRefused
from voting.elections import life_cycle, rules
from voting.elections.freeze_order import abandoned, freeze_election
from voting.letters.tasks import sweep_letters
from voting.mailing.tasks import sweep_mail
from voting.models import Election, State
from voting.refusals import StepRefused
from voting.roll import opening, purging
from voting.roll.tasks import sweep_rolls

log = logging.getLogger(__name__)


@shared_task
def run_clock() -> None:
    """Open and close the elections that are due.

    If this runs late, ballots after the closing time are refused all the same.
    """
    now = database_now()
    for election in Election.objects.filter(state__in=[State.FROZEN, State.OPEN]):
        try:
            if rules.is_due_to_open(election.state, election.opens_at, now):
                opening.open_election(election, actor=None, now=now)
            elif rules.is_due_to_close(election.state, election.closes_at, now):
                life_cycle.close_election(election, actor=None, now=now)
            elif election.state == State.OPEN:
                # If the process that opened it was ended before it came to them.
                opening.apply_changes(election, now=now)
        except StepRefused:
            log.warning("election %s could not take its step by clock", election.pk)


@shared_task
def sweep_work() -> None:
    """Begin again what has lost its worker, and forget the files of old previews."""
    now = timezone.now()
    for election_id in abandoned(now=now):
        freeze_election.delay(election_id)
    sweep_rolls(now=now)
    sweep_mail()
    sweep_letters(now=now)


@shared_task
def purge_rolls() -> None:
    """Erase the people from rolls of elections that have been over for a while."""
    purging.purge_rolls(now=timezone.now())


@shared_task
def count_election(election_id: int) -> None:
    election = Election.objects.get(pk=election_id)
    try:
        counting.count(election, now=timezone.now())
    except (StepRefused, CountRefused) as error:
        counting.stop(election, str(error)[:200])
