"""Answers requests while the database, Redis, the queue or the photos are away: 503, in words.

The database may also have too much to do.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from asgiref.sync import iscoroutinefunction
from django.core.signals import got_request_exception
from django.db import DatabaseError, InterfaceError, OperationalError, connections
from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.decorators import sync_and_async_middleware
from django.utils.safestring import SafeString
from django.views.debug import ExceptionReporter
from kombu.exceptions import OperationalError as QueueAway
from psycopg_pool import PoolTimeout
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import TimeoutError as RedisSilent

from biometrics.storage.photo_bucket import PhotoStoreAway

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

RETRY_AFTER_SECONDS = 5
# Classes of PostgreSQL's error codes: connection, transaction rolled back, resources, object not in
# the state that is needed (locks), operator intervention.
POSTGRESQL_CLASSES = ("08", "40", "53", "55", "57")
POSTGRESQL_SHUTDOWN = ("57P01", "57P02", "57P03")
SERVICES_AWAY = (QueueAway, RedisAway, RedisSilent, PhotoStoreAway)
SQLITE_NAMES = ("BUSY", "LOCKED", "CANTOPEN", "IOERR", "FULL", "READONLY", "PROTOCOL")


class NoReport(ExceptionReporter):
    """With DEBUG, Django's error page looks at every variable, and asks the database again."""

    def get_traceback_html(self) -> SafeString:
        return SafeString()

    def get_traceback_text(self) -> SafeString:
        return SafeString()


@sync_and_async_middleware
def database_away(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Put a page of our own in the place of the error page of a request that found no database.

    It stands outside of the session's middleware: reading a session needs the database too.
    """
    if iscoroutinefunction(get_response):

        async def asynchronous(request: HttpRequest) -> HttpResponse:
            return _answer(request, await get_response(request))

        return asynchronous

    def synchronous(request: HttpRequest) -> HttpResponse:
        return _answer(request, get_response(request))

    return synchronous


def note(request: HttpRequest, **_: Any) -> None:
    """Receives the signal that a request failed; called while its exception is handled."""
    error = sys.exc_info()[1]
    if isinstance(error, SERVICES_AWAY):
        _mark(request)
    elif isinstance(error, DatabaseError | InterfaceError) and is_away(error):
        _mark(request)
        if _is_cut_off(error):
            drop_connections()


def _mark(request: HttpRequest) -> None:
    request.database_away = True  # type: ignore[attr-defined]
    request.exception_reporter_class = NoReport


def watch() -> None:
    """Look at the exception of each failed request from now on."""
    got_request_exception.connect(note, dispatch_uid="facevote.database_away")


def is_away(error: DatabaseError | InterfaceError) -> bool:
    """Whether the same request may succeed later: the fault is not in the request or the code."""
    cause = error.__cause__
    name = getattr(cause, "sqlite_errorname", None)
    if name is not None:
        return any(part in name for part in SQLITE_NAMES)
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    state = getattr(cause, "sqlstate", None)
    return state is None or state.startswith(POSTGRESQL_CLASSES)


def drop_connections() -> None:
    """Do not hand out idle connections of before: they are cut off like the one that failed."""
    for connection in connections.all():
        pool = getattr(connection, "pool", None)
        if pool is not None:
            pool.drain()


def _is_cut_off(error: DatabaseError | InterfaceError) -> bool:
    """Whether a connection that the process kept has ended."""
    cause = error.__cause__
    state = getattr(cause, "sqlstate", None)
    return not isinstance(cause, PoolTimeout) and (state is None or state in POSTGRESQL_SHUTDOWN)


def _answer(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if not getattr(request, "database_away", False) or response.status_code < 500:
        return response
    answer: HttpResponse
    if "application/json" in request.headers.get("Accept", ""):
        answer = JsonResponse({"code": "unavailable"}, status=503)
    else:
        # Without the request: the page's head would ask the database who is signed in.
        answer = HttpResponse(render_to_string("503.html"), status=503)
    answer["Retry-After"] = str(RETRY_AFTER_SECONDS)
    answer["Cache-Control"] = "no-store"
    return answer
