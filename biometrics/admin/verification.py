"""Face steps in the administration: verdicts, lock-outs and consent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.admin.read_only import ReadOnly
from accounts.signed_in import official
from biometrics.models import Consent, FaceLockout, VerificationSession
from biometrics.verification.attempts import OUTCOMES, attempts_report
from biometrics.verification.lockout import reset_lockout

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


class ReasonFilter(admin.SimpleListFilter):
    """Names reasons as the column does, and offers only those that occur."""

    title = gettext_lazy("reason")
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        attempts = VerificationSession.objects.exclude(reason="").order_by("reason")
        codes = attempts.values_list("reason", flat=True).distinct()
        return [(code, str(OUTCOMES.get(code, code))) for code in codes]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(reason=self.value()) if self.value() else queryset


@admin.register(VerificationSession)
class VerificationSessionAdmin(ReadOnly, ModelAdmin):
    """Attempts with their verdicts and reasons. Pictures are shown only if they were kept."""

    change_list_template = "admin/biometrics/verificationsession/change_list.html"
    ordering = ["-created_at"]
    list_display = ["created_at", "user", "purpose", "state", "why", "counted", "frames"]
    list_filter = ["state", ReasonFilter, "purpose", "counted", "created_at"]
    list_select_related = ["user"]
    search_fields = ["user__username"]
    date_hierarchy = "created_at"
    fields = [
        "user",
        "purpose",
        "state",
        "why",
        "counted",
        "frames",
        "models_used",
        "camera",
        "created_at",
        "opened_at",
        "ended_at",
    ]
    readonly_fields = ["why", "evidence"]

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """Return the fields, with the kept frames only for those who may see them."""
        may_see = request.user.has_perm("biometrics.view_evidenceframe")
        return [*super().get_fields(request, obj), *(["evidence"] if may_see else [])]

    @admin.display(description=gettext_lazy("reason"), ordering="reason")
    def why(self, session: VerificationSession) -> str:
        return str(OUTCOMES.get(session.reason, session.reason)) or "-"

    @admin.display(description=gettext_lazy("pictures kept"))
    def evidence(self, session: VerificationSession) -> str:
        urls = [reverse("biometrics:evidence", args=[frame.pk]) for frame in session.evidence.all()]
        words = _("A picture of this attempt")
        pictures = format_html_join(
            " ", '<img class="evidence" src="{}" alt="{}">', ((url, words) for url in urls)
        )
        return pictures or _("none")

    def get_urls(self) -> list[URLPattern]:
        name = "biometrics_verificationsession_attempts"
        page = self.admin_site.admin_view(self.attempts)
        return [path("attempts/", page, name=name), *super().get_urls()]

    def attempts(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Face steps by the hour"),
            "report": attempts_report(timezone.now()),
        }
        template = "admin/biometrics/verificationsession/attempts.html"
        return TemplateResponse(request, template, context)


@admin.register(FaceLockout)
class FaceLockoutAdmin(ReadOnly, ModelAdmin):
    list_display = ["user", "failures", "wait_until", "blocked"]
    list_filter = ["blocked"]
    list_select_related = ["user"]
    search_fields = ["user__username"]
    actions = ["reset"]

    def has_reset_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("biometrics.change_facelockout")

    @admin.action(description=gettext_lazy("Reset the face lock-out"), permissions=["reset"])
    def reset(self, request: HttpRequest, lockouts: QuerySet[FaceLockout]) -> None:
        people = [lockout.user for lockout in lockouts.select_related("user")]
        count = sum(reset_lockout(person, actor=official(request)) for person in people)
        words = ngettext("%(count)d lock-out is reset.", "%(count)d lock-outs are reset.", count)
        self.message_user(request, words % {"count": count}, messages.SUCCESS)


@admin.register(Consent)
class ConsentAdmin(ReadOnly, ModelAdmin):
    list_display = ["user", "text_version", "given_at", "withdrawn_at"]
    list_filter = ["text_version", "given_at", "withdrawn_at"]
    list_select_related = ["user"]
    search_fields = ["user__username"]
