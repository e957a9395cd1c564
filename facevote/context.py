"""Settings of this instance that every template can use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest


def instance(_request: HttpRequest) -> dict[str, object]:
    return {
        "demonstration": settings.DEMONSTRATION,
        "evidence_days": settings.EVIDENCE_DAYS,
        "challenge_light": settings.CHALLENGE_LIGHT,
        "second_factor_off": settings.OFFICIAL_SECOND_FACTOR == "none",
    }
