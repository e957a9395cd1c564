"""What Django's own error pages show. A clone and a demonstration run with DEBUG on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.views.debug import SafeExceptionReporterFilter

if TYPE_CHECKING:
    from collections.abc import ItemsView
    from types import FrameType

    from django.http import HttpRequest, QueryDict


class NothingTyped(SafeExceptionReporterFilter):
    """Shows the places of a traceback, and nothing that somebody has sent in a form.

    Django's own filter does nothing with DEBUG on. And it would hide variables by name, but a
    password that was typed passes through many functions of several packages.
    """

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, str] | QueryDict:
        if request is None:
            return {}
        return dict.fromkeys(request.POST, self.cleansed_substitute)

    def get_traceback_frame_variables(
        self, request: HttpRequest | None, tb_frame: FrameType
    ) -> ItemsView[str, Any]:
        if request is None or request.method in {"GET", "HEAD", "OPTIONS"}:
            return super().get_traceback_frame_variables(request, tb_frame)
        return dict.fromkeys(tb_frame.f_locals, self.cleansed_substitute).items()
