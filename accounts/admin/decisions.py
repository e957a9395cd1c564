"""The list filter of everything that one official proposes and another one decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import Q, QuerySet
    from django.http import HttpRequest

WORDS = {"waiting": _("waiting"), "approved": _("approved"), "declined": _("declined")}


class DecisionFilter(admin.SimpleListFilter):
    """`conditions` has one for each key of WORDS."""

    title = _("decision")
    parameter_name = "decision"
    conditions: Mapping[str, Q]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, str(words)) for name, words in WORDS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset.filter(self.conditions[value]) if value in WORDS else queryset
