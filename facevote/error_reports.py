"""Reports of errors to a Sentry server of the operator's choice; off unless SENTRY_DSN is set.

A report says where the code failed, and nothing about who asked for what: no address, no person,
no cookie, no body, no picture, no value of a variable, and not the exception's own words, which may
quote a row. What is not named here does not leave.
"""

from __future__ import annotations

from typing import Any, Final

import sentry_sdk
from django.conf import settings
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.integrations.logging import LoggingIntegration

# `transaction` is the name of a view or a task, never a path: paths may hold secrets of one person.
_KEPT: Final = (
    "event_id",
    "timestamp",
    "level",
    "platform",
    "release",
    "environment",
    "logger",
    "transaction",
)
_KEPT_OF_FRAME: Final = ("filename", "module", "function", "lineno", "in_app")


def begin(dsn: str) -> None:
    """Report unexpected errors of this process from now on."""
    sentry_sdk.init(
        dsn=dsn,
        release=settings.VERSION,
        before_send=scrubbed,
        before_breadcrumb=lambda *_: None,
        max_breadcrumbs=0,
        send_default_pii=False,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        auto_session_tracking=False,
        send_client_reports=False,
        server_name="",
        # No integration but these: the others look at requests, arguments and the system.
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[
            DjangoIntegration(transaction_style="function_name", middleware_spans=False),
            CeleryIntegration(),
            LoggingIntegration(level=None),
        ],
    )


def scrubbed(event: Any, _hint: Any) -> Any:
    """The event with the fields that are named above, and no others."""
    kept = {name: event[name] for name in _KEPT if name in event}
    errors = event.get("exception", {}).get("values", [])
    if errors:
        kept["exception"] = {"values": [_where(error) for error in errors]}
    return kept


def _where(error: dict[str, Any]) -> dict[str, Any]:
    frames = (error.get("stacktrace") or {}).get("frames", [])
    return {
        "type": error.get("type"),
        "module": error.get("module"),
        "stacktrace": {
            "frames": [
                {name: frame[name] for name in _KEPT_OF_FRAME if name in frame} for frame in frames
            ]
        },
    }
