"""An address of a list with a date that cannot be: it leads back to the list, not to an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters

if TYPE_CHECKING:
    from django.http import HttpRequest


class ImpossibleFilters(admin.ModelAdmin):  # type: ignore[type-arg]
    def get_changelist_instance(self, request: HttpRequest) -> Any:
        try:
            return super().get_changelist_instance(request)
        except (OverflowError, ValueError) as error:
            # Years 1 and 9999 have no moment in all zones, and others no place in a date.
            raise IncorrectLookupParameters(str(error)) from error
