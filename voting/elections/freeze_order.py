"""Freezing in the background: an official orders it, and a worker does it in short batches."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from celery import shared_task
from django.db import OperationalError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from voting.elections import credentials, freezing
from voting.models import Election, FreezeOrder, State, WorkState
from voting.progress import ShownProgress
from voting.refusals import StepRefused

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from accounts.models import User

log = logging.getLogger(__name__)

AT_WORK: Final = (WorkState.ORDERED, WorkState.WRITING)
# A worker that has said nothing for so long is gone, and another takes over.
SILENT: Final = timedelta(minutes=3)


def order_freeze(election: Election, *, actor: User, now: dt.datetime) -> None:
    """Order that the election is frozen. Raises StepRefused for everything that is missing."""
    reasons = freezing.checklist(election, now)
    if reasons:
        raise StepRefused(*reasons)
    with transaction.atomic():
        credentials.require_draft(election.pk)
        if FreezeOrder.objects.filter(election=election, state__in=AT_WORK).exists():
            raise StepRefused(_("This election is being frozen already."))
        FreezeOrder.objects.update_or_create(
            election=election,
            defaults={
                "state": WorkState.ORDERED,
                "done": 0,
                "total": 0,
                "reason": "",
                "asked_by": actor,
                "asked_at": now,
                "beat_at": None,
            },
        )


def run(election_id: int) -> None:
    """Do what was ordered, unless another worker is at it."""
    now = timezone.now()
    orders = FreezeOrder.objects.filter(election_id=election_id)
    free = Q(state=WorkState.ORDERED) | Q(_silent(now), state=WorkState.WRITING)
    if orders.filter(free).update(state=WorkState.WRITING, beat_at=now) != 1:
        return
    order = orders.select_related("election", "asked_by").get()
    try:
        freezing.freeze(
            order.election,
            actor=order.asked_by,
            now=now,
            report=lambda done, total: _beat(orders, done, total),
        )
    except StepRefused as refusal:
        _end(orders, WorkState.FAILED, " ".join(map(str, refusal.reasons)))
    except OperationalError:
        # The database was away or busy: the task is tried again, or the clock finds it.
        orders.update(beat_at=None)
        raise
    except Exception:
        # After any failure the official must not wait for ever.
        log.exception("Freezing election %s failed", election_id)
        _end(orders, WorkState.FAILED, _("The election could not be frozen."))
    else:
        _end(orders, WorkState.DONE, "")


def progress_of(election: Election) -> ShownProgress | None:
    """How far it is, or why it stopped. None if nothing was ordered, or if all is done."""
    order = FreezeOrder.objects.filter(election=election).first()
    if order is None or election.state != State.DRAFT or order.state == WorkState.DONE:
        return None
    numbers = {"done": order.done, "total": order.total}
    words = {
        WorkState.ORDERED: _("Waiting for the worker."),
        WorkState.WRITING: _("Freezing: %(done)d of %(total)d voters are prepared") % numbers,
    }.get(WorkState(order.state), _("The election was not frozen: %s") % order.reason)
    return ShownProgress(words, order.done, order.total, order.state in AT_WORK)


def is_at_work(election: Election) -> bool:
    orders = FreezeOrder.objects.filter(election=election, state__in=AT_WORK)
    return election.state == State.DRAFT and orders.exists()


@shared_task(
    name="voting.tasks.freeze_election",
    autoretry_for=(OperationalError,),
    retry_backoff=True,
    max_retries=5,
)
def freeze_election(election_id: int) -> None:
    run(election_id)


def abandoned(*, now: dt.datetime) -> list[int]:
    """Elections whose message was lost, or whose worker is gone."""
    late = Q(_silent(now), state=WorkState.WRITING) | Q(
        state=WorkState.ORDERED, asked_at__lt=now - SILENT
    )
    return list(FreezeOrder.objects.filter(late).values_list("election_id", flat=True))


def _silent(now: dt.datetime) -> Q:
    return Q(beat_at=None) | Q(beat_at__lt=now - SILENT)


def _beat(orders: QuerySet[FreezeOrder], done: int, total: int) -> None:
    orders.update(done=done, total=total, beat_at=timezone.now())


def _end(orders: QuerySet[FreezeOrder], state: WorkState, reason: str) -> None:
    orders.filter(state=WorkState.WRITING).update(state=state, reason=reason)
