"""Answers to somebody who is signed in are personal: no cache keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import auth

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

NOT_STORED = "no-store, private"


class PersonalAnswersAreNotStored:
    """Adds `Cache-Control: no-store` to what a browser with a login, or a program, is answered.

    Neither a proxy on the way nor the browser's Back button on a shared computer must show it
    again. A view that says how long its answer may be kept knows better: its header stays.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Asked before the view, because signing out ends the session.
        is_personal = auth.SESSION_KEY in request.session or "Authorization" in request.headers
        response = self.get_response(request)
        is_personal = is_personal or auth.SESSION_KEY in request.session
        if is_personal and not response.has_header("Cache-Control"):
            response["Cache-Control"] = NOT_STORED
        return response
