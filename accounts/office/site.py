"""The administration's site: what holds for every form in it, also for those of other packages."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from accounts.office.edited_meanwhile import EditedMeanwhile
from accounts.office.impossible_filters import ImpossibleFilters


class OfficeSite(admin.AdminSite):
    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Give every registered page the guard, so that no page can forget it."""
        page = admin_class or admin.ModelAdmin
        guarded = type(
            page.__name__,
            (EditedMeanwhile, ImpossibleFilters, page),
            {"__module__": page.__module__},
        )
        super().register(model_or_iterable, guarded, **options)
