"""Where the metrics are asked for: each process has a port of its own, away from the public.

Nothing here runs unless METRICS_ADDRESS is set.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from celery.signals import worker_process_init
from django.conf import settings
from prometheus_client import REGISTRY, start_http_server
from twisted.internet import reactor as twisted_reactor

from facevote.metrics import measures
from facevote.metrics.loop_lag import measure_loop_lag
from facevote.metrics.site_state import SiteState

if TYPE_CHECKING:
    from facevote.serving.work import Application, Message, Receive, Send

logger = logging.getLogger(__name__)
reactor: Any = twisted_reactor


def expose() -> None:
    """Listen at METRICS_ADDRESS. If it is taken, the process goes on and says so in the log."""
    host, _, port = settings.METRICS_ADDRESS.rpartition(":")
    try:
        start_http_server(int(port), host)
    except OSError as error:
        logger.error("METRICS_ADDRESS cannot be used: %s", error.strerror)
        return
    REGISTRY.register(SiteState())


def expose_in_worker() -> None:
    """Have the process that carries out a worker's tasks listen, once it has begun."""
    worker_process_init.connect(
        lambda **_: expose(), weak=False, dispatch_uid="facevote.metrics.expose"
    )


def measured(application: Application) -> Application:
    """Listen, measure the event loop when it runs, and count the answers of `application`."""
    reactor.callWhenRunning(_begin)

    async def counted(scope: Message, receive: Receive, send: Send) -> None:
        async def counting(message: Message) -> None:
            if message["type"] == "http.response.start":
                measures.RESPONSES.labels(str(message["status"])).inc()
            await send(message)

        await application(scope, receive, counting)

    return counted


# The event loop itself keeps only a weak reference to a task.
_tasks: set[asyncio.Task[None]] = set()


def _begin() -> None:
    expose()
    _tasks.add(asyncio.ensure_future(measure_loop_lag()))
