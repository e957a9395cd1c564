"""Where a page may lead after its form: only to a path of this site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.http import url_has_allowed_host_and_scheme

if TYPE_CHECKING:
    from django.http import HttpRequest

MAX_LENGTH = 2000


def own_path(request: HttpRequest, wanted: str) -> str:
    """`wanted` if it is a path of this site, else ""."""
    # Django takes a bare word for a safe address; redirect() then takes it for the name of a view.
    if not wanted.startswith("/") or len(wanted) > MAX_LENGTH:
        return ""
    hosts = {request.get_host()}
    return wanted if url_has_allowed_host_and_scheme(wanted, hosts, request.is_secure()) else ""
