"""Every address of the site, with the converters of its parts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# `<int:pk>` of a path, or `(?P<slug>…)` of a regular expression.
PART = re.compile(r"<(?:[a-z]+:)?(?P<name>\w+)>|\(\?P<(?P<group>\w+)>(?:[^()]|\([^()]*\))*\)")
UNNAMED = re.compile(r"\((?!\?)[^()]*\)")


@dataclass(frozen=True, slots=True)
class Route:
    """One address pattern, as in "elections/<slug:slug>/cast/", and the name of its view."""

    pattern: str
    name: str

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of what stands for itself in each address."""
        return tuple(found["name"] or found["group"] for found in PART.finditer(self.pattern))

    def path(self, values: Mapping[str, str]) -> str:
        """The address with `values` in place of its parts; they are already quoted."""
        text = PART.sub(lambda found: values[found["name"] or found["group"]], self.pattern)
        return "/" + UNNAMED.sub("x", text).replace("^", "").replace("$", "").replace("\\", "")


def all_routes() -> list[Route]:
    """The process must have entered a site."""
    from django.urls import get_resolver

    return list(_walk(get_resolver(), ""))


def _walk(resolver: Any, before: str) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        here = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from _walk(pattern, here)
        else:
            yield Route(here, pattern.name or pattern.lookup_str)
