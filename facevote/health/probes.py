"""`/-/live` and `/-/ready`, for proxies and supervisors.

They are answered before every other middleware: a probe comes over plain HTTP, names no host of
the site and has no session.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.http import HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.utils.decorators import sync_and_async_middleware

from facevote.health.readiness import readiness
from facevote.serving.work import work

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

LIVE: Final = "/-/live"
READY: Final = "/-/ready"


@sync_and_async_middleware
def probes(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    if iscoroutinefunction(get_response):

        async def asynchronous(request: HttpRequest) -> HttpResponse:
            if request.path in {LIVE, READY}:
                return await sync_to_async(_answer)(request)
            answer: HttpResponse = await get_response(request)
            return answer

        return asynchronous

    def synchronous(request: HttpRequest) -> HttpResponse:
        if request.path in {LIVE, READY}:
            return _answer(request)
        answer: HttpResponse = get_response(request)
        return answer

    return synchronous


def _answer(request: HttpRequest) -> HttpResponse:
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    answer = _live() if request.path == LIVE else _ready()
    answer["Cache-Control"] = "no-store"
    # Django would log each answer of 503 as an error, every two seconds.
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer


def _live() -> HttpResponse:
    """The process takes requests. A supervisor that gets no answer should start it again."""
    return HttpResponse("live\n", content_type="text/plain")


def _ready() -> JsonResponse:
    """Names and standings only: what is wrong with them is told by `manage.py doctor`."""
    if work.is_ending:
        return JsonResponse({"ready": False, "checks": {"serving": "failed"}}, status=503)
    report = readiness.report()
    checks = {finding.title: finding.standing for finding in report.findings}
    return JsonResponse(
        {"ready": report.is_ready, "checks": checks}, status=200 if report.is_ready else 503
    )
