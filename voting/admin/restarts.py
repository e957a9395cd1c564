"""Telling officials that the trustees have to make their keys anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from django.http import HttpRequest


def tell_restart(request: HttpRequest, trustees: int) -> None:
    """Say how many trustees had sent something that is gone now; nothing if none had."""
    if trustees:
        words = ngettext(
            "%(count)d trustee must make the key anew: tell this person.",
            "%(count)d trustees must make their keys anew: tell them.",
            trustees,
        )
        messages.warning(request, words % {"count": trustees})
