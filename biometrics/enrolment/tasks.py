"""Background tasks of enrolment. Each takes an id, may run twice and may die at any point.

The names of the tasks never change, so that messages from before an upgrade still find them.
"""

from __future__ import annotations

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from biometrics.engine_loader import engine
from biometrics.enrolment import encoding, reencoding, references

# How many voters each sweep queues to be encoded again: about a minute of one worker's time.
REENCODED_A_SWEEP = 200


@shared_task(
    name="biometrics.tasks.encode_photo",
    autoretry_for=(OperationalError,),
    retry_backoff=True,
    max_retries=5,
)
def encode_photo(photo_id: str) -> None:
    encoding.encode(photo_id, engine(), now=timezone.now())


@shared_task(
    name="biometrics.tasks.fuse_reference",
    autoretry_for=(OperationalError,),
    retry_backoff=True,
    max_retries=5,
)
def fuse_reference(user_id: int) -> None:
    references.renew(user_id, engine(), now=timezone.now())


@shared_task(
    name="biometrics.tasks.reencode_voter",
    autoretry_for=(OperationalError,),
    retry_backoff=True,
    max_retries=5,
)
def reencode_voter(user_id: int) -> None:
    reencoding.reencode_voter(user_id, engine(), now=timezone.now())


@shared_task(name="biometrics.tasks.reencode_all")
def reencode_all() -> None:
    """Queue voters whose templates are not of the encoder that is in use."""
    people = reencoding.claim_outdated(
        engine().encoder_sha256, now=timezone.now(), most=REENCODED_A_SWEEP
    )
    for user_id in people:
        reencode_voter.delay(user_id)
