"""Refuses what an address asks for and the API does not know: it would look like an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError

if TYPE_CHECKING:
    from collections.abc import Container

    from rest_framework.request import Request

PAGES: Final = ("limit", "offset")
# Where an action gives a list; everything else takes no parameters.
LISTS: Final = ("list", "board", "roll", "photos")


def require_known(request: Request, action: str | None, *, also: Container[str] = ()) -> None:
    """Raises ParseError. `also` are the parameters of this one action."""
    for name in request.query_params:
        if not (name in also or (name in PAGES and action in LISTS)):
            raise ParseError(_("There is no parameter “%(name)s” here.") % {"name": name[:50]})
