"""Forms of the administration with a single "Save" button."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class SingleSaveAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """For rows that cannot be edited once saved, and that are rarely added one after another."""

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context |= {"show_save_and_continue": False, "show_save_and_add_another": False}
        return super().render_change_form(request, context, *args, **kwargs)
