"""What is read when the metrics are asked for: the site's health and what waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from celery import current_app
from django.db import DatabaseError, connection
from django.utils import timezone
from kombu.exceptions import ChannelError
from kombu.exceptions import OperationalError as BrokerAway
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from biometrics.models import PhotoState, ReferencePhoto
from facevote.health.readiness import Standing, readiness
from facevote.models import WorkerSign
from facevote.serving.work import work

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from prometheus_client import Metric

_STANDINGS = {Standing.OK: 1.0, Standing.WARNING: 0.5, Standing.FAILED: 0.0}


class SiteState(Collector):
    """Its parts come from the database and the broker; what cannot be had is left out."""

    def collect(self) -> Iterable[Metric]:
        yield GaugeMetricFamily(
            "facevote_face_steps_open", "Sockets of face steps that are open here", work.steps
        )
        yield _checks()
        yield from _ages()
        yield from _waiting_tasks()

    def describe(self) -> Iterable[Metric]:
        """Nothing is read when the collector is registered."""
        return ()


def _checks() -> Metric:
    family = GaugeMetricFamily(
        "facevote_check", "1: well, 0.5: a warning, 0: failed", labels=["check"]
    )
    for finding in readiness.report().findings:
        family.add_metric([finding.title], _STANDINGS[finding.standing])
    return family


def _ages() -> Iterator[Metric]:
    now = timezone.now()
    try:
        sign = WorkerSign.objects.order_by("-at").values_list("at", flat=True).first()
        waiting = ReferencePhoto.objects.filter(state=PhotoState.WAITING)
        photo = waiting.order_by("added_at").values_list("added_at", flat=True).first()
    except DatabaseError:
        return
    finally:
        connection.close()
    if sign is not None:
        yield GaugeMetricFamily(
            "facevote_worker_silence_seconds",
            "Since a worker last came to a task of the clock",
            _seconds(sign, now),
        )
    yield GaugeMetricFamily(
        "facevote_oldest_waiting_photo_seconds",
        "How long the oldest photo has been waiting to be encoded",
        _seconds(photo, now) if photo else 0.0,
    )


def _waiting_tasks() -> Iterator[Metric]:
    try:
        with current_app.connection_for_read() as link:
            link.ensure_connection(max_retries=1, interval_start=0, timeout=2)
            channel: Any = link.default_channel
            queue = current_app.conf.task_default_queue
            waiting = channel.queue_declare(queue=queue, passive=True).message_count
    except (BrokerAway, ChannelError, OSError):
        return
    yield GaugeMetricFamily("facevote_waiting_tasks", "Tasks that no worker has taken", waiting)


def _seconds(then: datetime, now: datetime) -> float:
    return max(0.0, (now - then).total_seconds())
