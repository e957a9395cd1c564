"""Compares all enrolled voters with each other, in the background, when an official asks."""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from celery import shared_task
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.at_rest.sealing import SealBroken
from accounts.audit import Action, record
from biometrics.engine.matching.gallery_statistics import EnrolledVoter, gallery_statistics
from biometrics.engine_loader import engine as site_engine
from biometrics.models import (
    EvaluationFinding,
    EvaluationState,
    MatchingEvaluation,
    PhotoState,
    Reference,
    ReferencePhoto,
)
from biometrics.storage.templates import photo_template, reference_template

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.db.models import QuerySet

    from accounts.models import User
    from biometrics.engine.matching.gallery_statistics import GalleryStatistics
    from biometrics.engine.pipeline import Engine
    from biometrics.engine.types import FloatArray

logger = logging.getLogger(__name__)

# A hundred thousand voters take some minutes. A run that is older than this has lost its worker.
RUN_LIFE = timedelta(hours=1)
# A run that waits longer than this has lost its task.
STALE_AFTER = timedelta(minutes=2)
# How many references are decrypted at a time.
BATCH = 500


def request_evaluation(official: User, *, now: datetime) -> MatchingEvaluation:
    """Queue an evaluation and return it. If one is waiting or running, return that one."""
    try:
        with transaction.atomic():
            queued = MatchingEvaluation.objects.create(asked_by=official, asked_at=now)
            record(Action.MATCHING_EVALUATED, actor=official, subject=f"evaluation:{queued.pk}")
            transaction.on_commit(partial(evaluate_enrolled.delay, queued.pk))
    except IntegrityError:
        return MatchingEvaluation.objects.latest("asked_at")
    return queued


@shared_task(
    name="biometrics.tasks.evaluate_enrolled",
    autoretry_for=(OperationalError,),
    retry_backoff=True,
    max_retries=5,
)
def evaluate_enrolled(evaluation_id: int) -> None:
    run(evaluation_id, site_engine(), now=timezone.now())


def claim_stale(*, now: datetime) -> list[int]:
    """Return evaluations whose task was lost or whose worker is gone, and let them wait again."""
    lost = MatchingEvaluation.objects.filter(
        Q(state=EvaluationState.WAITING, asked_at__lt=now - STALE_AFTER)
        | Q(state=EvaluationState.RUNNING, started_at__lt=now - RUN_LIFE)
    )
    keys = list(lost.values_list("pk", flat=True))
    lost.update(state=EvaluationState.WAITING)
    return keys


def run(evaluation_id: int, engine: Engine, *, now: datetime) -> None:
    """Run a waiting evaluation and store the result.

    Nothing happens if another worker has taken it. A failure is stored and logged, not raised.
    """
    waiting = MatchingEvaluation.objects.filter(pk=evaluation_id, state=EvaluationState.WAITING)
    if not waiting.update(state=EvaluationState.RUNNING, started_at=now):
        return
    claimed = MatchingEvaluation.objects.filter(pk=evaluation_id, started_at=now)
    try:
        statistics = gallery_statistics(list(_enrolled(engine)), engine.point)
        _store(claimed, statistics, engine)
    except Exception:
        # After any failure, the official must not wait for ever. The log names no row.
        logger.exception("An evaluation failed")
        claimed.update(state=EvaluationState.FAILED, ended_at=timezone.now())


def _enrolled(engine: Engine) -> Iterator[EnrolledVoter]:
    """Yield the voters with a reference of this encoder; rows that cannot be opened are skipped."""
    references = Reference.objects.filter(encoder_sha256=engine.encoder_sha256).order_by("user_id")
    keys = list(references.values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        batch = list(references.filter(pk__in=keys[start : start + BATCH]))
        photos = _photos([reference.user_id for reference in batch], engine)
        for reference in batch:
            try:
                vector = reference_template(reference).vector
            except SealBroken:
                continue
            own = photos.get(reference.user_id, [])
            stacked = np.stack(own) if own else np.empty((0, len(vector)), dtype=np.float32)
            yield EnrolledVoter(reference.user_id, vector, stacked)


def _photos(user_ids: list[int], engine: Engine) -> dict[int, list[FloatArray]]:
    usable = ReferencePhoto.objects.filter(
        user_id__in=user_ids, state=PhotoState.USABLE, encoder_sha256=engine.encoder_sha256
    )
    by_user: dict[int, list[FloatArray]] = {}
    for photo in usable:
        try:
            vector = photo_template(photo, engine.encoder_name).vector
        except SealBroken:
            continue
        by_user.setdefault(photo.user_id, []).append(vector)
    return by_user


@transaction.atomic
def _store(
    claimed: QuerySet[MatchingEvaluation], statistics: GalleryStatistics, engine: Engine
) -> None:
    done = claimed.update(
        state=EvaluationState.DONE,
        ended_at=timezone.now(),
        encoder=engine.encoder_name,
        encoder_sha256=engine.encoder_sha256,
        figures=_figures(statistics, engine),
    )
    if not done:
        return
    evaluation = claimed.get()
    # Only the newest evaluation is kept: findings about people must not pile up.
    MatchingEvaluation.objects.exclude(pk=evaluation.pk).filter(
        state__in=[EvaluationState.DONE, EvaluationState.FAILED]
    ).delete()
    pairs = [
        EvaluationFinding(
            evaluation=evaluation, user_id=pair.key, other_id=pair.other, score=pair.score
        )
        for pair in statistics.nearest
    ]
    spreads = [
        EvaluationFinding(evaluation=evaluation, user_id=spread.key, score=spread.score)
        for spread in statistics.widest
    ]
    EvaluationFinding.objects.bulk_create([*pairs, *spreads])


def _figures(statistics: GalleryStatistics, engine: Engine) -> dict[str, Any]:
    """Return the counts and rates, without those that name a voter."""
    figures = asdict(statistics)
    for personal in ("nearest", "widest"):
        del figures[personal]
    return figures | {"fused": engine.point.fused, "same_person": engine.point.same_person}
