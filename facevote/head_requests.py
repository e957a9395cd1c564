"""Answers HEAD without a body, also where the answer is a stream."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase


class NoBodyForHead:
    """The server drops the body of a plain answer, but writes what a stream brings.

    A client that keeps the connection would take that for the answer to its next request.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method != "HEAD" or not response.streaming:
            return response
        response.close()
        empty = HttpResponse(status=response.status_code, headers=dict(response.headers))
        empty.cookies = response.cookies
        return empty
