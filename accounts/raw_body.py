"""The body of a request that is no form, such as JSON or an encrypted ballot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import RawPostDataException

if TYPE_CHECKING:
    from django.http import HttpRequest


class NoRawBody(ValueError):
    """The body is a form with files, which was read when its CSRF token was looked for."""


def raw_body(request: HttpRequest) -> bytes:
    """Raises NoRawBody for a form with files."""
    try:
        return bytes(request.body)
    except RawPostDataException as error:
        raise NoRawBody from error
