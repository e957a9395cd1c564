"""Counts what the site's rooms tell by signals; they do not know that they are measured."""

from __future__ import annotations

from functools import partial
from typing import Any

from axes.signals import user_locked_out
from celery.signals import task_failure, task_postrun
from django.core.signals import got_request_exception
from django.db import transaction
from django.db.models.signals import post_save

from accounts.audit import Action
from accounts.models import AuditEvent
from biometrics.models import FaceLockout
from biometrics.verification.runner import frame_judged
from facevote.metrics import measures

_VERDICTS = {Action.FACE_VERIFIED: "verified", Action.FACE_REFUSED: "refused"}


def watch() -> None:
    """Count from now on, in this process."""
    receivers = (
        (post_save, _audit_event, AuditEvent),
        (post_save, _face_lockout, FaceLockout),
        (user_locked_out, _password_lockout, None),
        (frame_judged, _frame, None),
        (got_request_exception, _failed_request, None),
        (task_failure, _failed_task, None),
        (task_postrun, _task, None),
    )
    for signal, receiver, sender in receivers:
        name = f"facevote.metrics.{receiver.__name__}"
        signal.connect(receiver, sender=sender, dispatch_uid=name)


def _audit_event(instance: AuditEvent, *, created: bool, **_: Any) -> None:
    """What is rolled back has not happened."""
    if created:
        transaction.on_commit(partial(_count, instance), robust=True)


def _count(event: AuditEvent) -> None:
    measures.EVENTS.labels(event.action).inc()
    if event.action == Action.BALLOT_CAST:
        measures.CASTS.inc()
    verdict = _VERDICTS.get(Action(event.action))
    if verdict is not None:
        measures.FACE_STEPS.labels(verdict, event.details.get("reason", "")).inc()


def _face_lockout(instance: FaceLockout, **_: Any) -> None:
    if instance.blocked or instance.wait_until is not None:
        transaction.on_commit(measures.LOCK_OUTS.labels("face").inc, robust=True)


def _password_lockout(**_: Any) -> None:
    measures.LOCK_OUTS.labels("password").inc()


def _frame(seconds: float, **_: Any) -> None:
    measures.FRAME_SECONDS.observe(seconds)


def _failed_request(**_: Any) -> None:
    measures.ERRORS.labels("request").inc()


def _failed_task(**_: Any) -> None:
    measures.ERRORS.labels("task").inc()


def _task(task: Any, state: str | None = None, **_: Any) -> None:
    measures.TASKS.labels(task.name, state or "").inc()
