"""Addresses that fail while they hold what no report may tell."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NoReturn

from django.urls import path

if TYPE_CHECKING:
    from django.http import HttpRequest

SECRET = "what-nobody-outside-may-see"


def fail(request: HttpRequest, token: str) -> NoReturn:
    frame = SECRET.encode()
    logging.getLogger("facevote").warning("a breadcrumb with %s", SECRET)
    raise ValueError(f"{SECRET} {token} {frame!r} {request.POST}")


def log(request: HttpRequest, token: str) -> NoReturn:
    logging.getLogger("facevote").error("it failed for %s", token)
    raise SystemExit


urlpatterns = [
    path("set-password/<str:token>/", fail),
    path("log/<str:token>/", log),
]
