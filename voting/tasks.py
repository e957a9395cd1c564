"""Background tasks: opening and closing elections by the clock, and the count."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from voting.counting import counting
from voting.crypto.tally import CountRefused
from voting.elections import life_cycle, rules
from voting.models import Election, State
from voting.refusals import StepRefused
from voting.roll import purging

log = logging.getLogger(__name__)


@shared_task
def run_clock() -> None:
    """Open and close the elections that are due.

    If this runs late, ballots after the closing time are refused all the same.
    """
    now = timezone.now()
    for election in Election.objects.filter(state__in=[State.FROZEN, State.OPEN]):
        try:
            if rules.is_due_to_open(election.state, election.opens_at, now):
                life_cycle.open_election(election, actor=None, now=now)
            elif rules.is_due_to_close(election.state, election.closes_at, now):
                life_cycle.close_election(election, actor=None, now=now)
        except StepRefused:
            log.warning("election %s could not take its step by clock", election.pk)


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
