"""The tasks that Celery's beat starts at fixed times. Each room has the tasks of its own work."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from biometrics.engine_loader import engine
from biometrics.enrolment.notices import mail_notice, unsent_notices
from biometrics.enrolment.tasks import encode_photo, fuse_reference, reencode_all
from biometrics.evaluation.comparing import claim_stale, evaluate_enrolled
from biometrics.housekeeping import retention, sweeping
from biometrics.self_enrolment.handing_in import search_self_enrolment, unsearched


@shared_task
def sweep_stale_photos() -> None:
    """Queue work again whose task was lost or whose worker died."""
    now = timezone.now()
    for photo_id in sweeping.claim_stale_photos(now=now):
        encode_photo.delay(photo_id)
    for user_id in sweeping.stale_references(now=now):
        fuse_reference.delay(user_id)
    for evaluation_id in claim_stale(now=now):
        evaluate_enrolled.delay(evaluation_id)
    for notice_id in unsent_notices(now=now):
        mail_notice.delay(notice_id)
    for enrolment_id in unsearched(now=now):
        search_self_enrolment.delay(enrolment_id)
    reencode_all.delay()


@shared_task
def purge_expired() -> None:
    """Delete what is no longer kept."""
    retention.purge(engine().encoder_sha256, now=timezone.now())
