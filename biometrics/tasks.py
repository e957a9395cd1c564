"""Background work. Every task takes an id, may run twice, and may die at any point."""

from __future__ import annotations

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from biometrics import (
    matching_evaluation,
    notices,
    photo_encoding,
    reencoding,
    references,
    retention,
    sweeping,
)
from biometrics.engine_loader import engine

# People handed out for encoding again at each sweep: about a minute's work of one worker.
REENCODED_A_SWEEP = 200


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def encode_photo(photo_id: str) -> None:
    photo_encoding.encode(photo_id, engine(), now=timezone.now())


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def fuse_reference(user_id: int) -> None:
    references.renew(user_id, engine(), now=timezone.now())


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def reencode_voter(user_id: int) -> None:
    reencoding.reencode_voter(user_id, engine(), now=timezone.now())


@shared_task(autoretry_for=(OSError, OperationalError), retry_backoff=True, max_retries=5)
def mail_notice(notice_id: int) -> None:
    notices.send(notice_id, now=timezone.now())


@shared_task
def reencode_all() -> None:
    """Hand out everybody whose templates are of another encoder than the one now in use."""
    people = reencoding.claim_outdated(
        engine().encoder_sha256, now=timezone.now(), most=REENCODED_A_SWEEP
    )
    for user_id in people:
        reencode_voter.delay(user_id)


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def evaluate_enrolled(evaluation_id: int) -> None:
    matching_evaluation.run(evaluation_id, engine(), now=timezone.now())


@shared_task
def sweep_stale_photos() -> None:
    """Whatever a lost message or a dead worker left undone is queued again."""
    now = timezone.now()
    for photo_id in sweeping.claim_stale_photos(now=now):
        encode_photo.delay(photo_id)
    for user_id in sweeping.stale_references(now=now):
        fuse_reference.delay(user_id)
    for evaluation_id in matching_evaluation.claim_stale(now=now):
        evaluate_enrolled.delay(evaluation_id)
    for notice_id in notices.unsent_notices(now=now):
        mail_notice.delay(notice_id)
    reencode_all.delay()


@shared_task
def purge_expired() -> None:
    retention.purge(engine().encoder_sha256, now=timezone.now())
