"""Whom a search is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from biometrics.engine.types import Template


@dataclass(frozen=True, slots=True)
class Wanted:
    """One person (1:1) or, if `one` is None, everybody in `templates` (1:N)."""

    templates: Mapping[int, Template]
    names: Mapping[int, str]
    one: int | None = None
