"""The administration's site: what holds for every form in it, also for those of other packages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.urls import path

from accounts.office import outbox_page
from accounts.office.edited_meanwhile import EditedMeanwhile
from accounts.office.impossible_filters import ImpossibleFilters

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class OfficeSite(admin.AdminSite):
    def get_urls(self) -> list[Any]:
        return [
            path("outbox/", self.admin_view(self.outbox), name="outbox"),
            *super().get_urls(),
        ]

    def outbox(self, request: HttpRequest) -> HttpResponse:
        return outbox_page.outbox(request, self.each_context(request))

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Give every registered page the guard, so that no page can forget it."""
        page = admin_class or admin.ModelAdmin
        guarded = type(
            page.__name__,
            (EditedMeanwhile, ImpossibleFilters, page),
            {"__module__": page.__module__},
        )
        super().register(model_or_iterable, guarded, **options)
