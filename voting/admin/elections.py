"""Elections and contests in the administration, with the checklist and the next step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import DateTimeField
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.signed_in import official
from voting.admin.call_off import CallOffMixin
from voting.admin.drafts import DraftInline, DraftOnly, is_changeable, show_reasons
from voting.admin.election_form import RESTARTING, ElectionForm
from voting.admin.letters import LettersMixin
from voting.admin.mailing import MailingMixin
from voting.admin.moments import MomentField, NamedDateTime, with_zone
from voting.admin.readiness import ReadinessMixin
from voting.admin.registrars import RegistrarFilesMixin
from voting.admin.restarts import tell_restart
from voting.admin.steps import Step, next_step, notes, take
from voting.admin.translations import field_names, translated_form
from voting.counting.progress import progress_of as counting_progress_of
from voting.counting.secrecy import warnings_before_release
from voting.elections import freeze_order, freezing, life_cycle
from voting.elections.calling_off import can_be_called_off
from voting.elections.checklist import not_ready
from voting.elections.turnout import turnout_of
from voting.keys import ceremony
from voting.models import (
    Contest,
    Election,
    KeyMode,
    Registrar,
    State,
    Trustee,
    Witness,
)
from voting.readiness.standings import standing_counts
from voting.refusals import StepRefused

if TYPE_CHECKING:
    from django.http import HttpRequest

    from voting.progress import ShownProgress


class ContestInline(DraftInline, admin.StackedInline):  # type: ignore[type-arg]
    model = Contest
    show_change_link = True
    fields = (
        ("order", "title"),
        ("kind", "min_selections", "max_selections", "blank_allowed"),
    )


class TrusteeInline(DraftInline, admin.TabularInline):  # type: ignore[type-arg]
    model = Trustee
    show_change_link = True
    fields = (
        *("index", "name", "registered", "sent_shares", "confirmed"),
        *("at_fault", "endorsed", "decrypted"),
    )
    readonly_fields = fields
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(boolean=True, description=_("registered"))
    def registered(self, trustee: Trustee) -> bool:
        return trustee.registration is not None

    @admin.display(boolean=True, description=_("shares sent"))
    def sent_shares(self, trustee: Trustee) -> bool:
        return trustee.shares is not None

    @admin.display(boolean=True, description=_("confirmed"))
    def confirmed(self, trustee: Trustee) -> bool:
        return trustee.confirmation is not None

    @admin.display(description=_("at fault"))
    def at_fault(self, trustee: Trustee) -> str:
        return str(_("yes")) if trustee.index in ceremony.at_fault(trustee.election) else ""

    @admin.display(boolean=True, description=_("endorsed"))
    def endorsed(self, trustee: Trustee) -> bool:
        return trustee.endorsement is not None

    @admin.display(boolean=True, description=_("part of the count sent"))
    def decrypted(self, trustee: Trustee) -> bool:
        return trustee.partial is not None


class RegistrarInline(DraftInline, admin.TabularInline):  # type: ignore[type-arg]
    model = Registrar
    fields = ("index", "name", "has_file", "files")
    readonly_fields = ("has_file", "files")

    @admin.display(boolean=True, description=_("file has arrived"))
    def has_file(self, registrar: Registrar) -> bool:
        return registrar.signature is not None

    @admin.display(description=_("files"))
    def files(self, registrar: Registrar) -> str:
        if registrar.pk is None:
            return "-"
        address = reverse("admin:voting_registrar_files", args=[registrar.pk])
        return format_html('<a href="{}">{}</a>', address, _("voters and points"))


class WitnessInline(DraftInline, admin.TabularInline):  # type: ignore[type-arg]
    model = Witness
    fields = ("name", "key")


@admin.register(Election)
class ElectionAdmin(
    CallOffMixin, RegistrarFilesMixin, ReadinessMixin, MailingMixin, LettersMixin, DraftOnly
):
    list_display = ("title", "slug", "state", "opens_at", "closes_at")
    list_filter = ("state", "key_mode")
    search_fields = ("title", "slug")
    prepopulated_fields = {"slug": ("title",)}
    actions = None
    change_form_template = "voting/admin/election.html"
    fieldsets = (
        (None, {"fields": ("title", "slug", "description", "purpose")}),
        (_("Languages"), {"fields": ("language", "other_languages")}),
        (_("Time"), {"fields": ("opens_at", "closes_at")}),
        (
            _("Voters"),
            {
                "fields": (
                    "ask_voter_number",
                    "ask_date_of_birth",
                    "face_policy",
                    "challenge",
                    "allow_revote",
                )
            },
        ),
        (_("Ballot and board"), {"fields": ("shuffle_choices", "board_identity")}),
        (_("Key and count"), {"fields": ("key_mode", "threshold", "least", "witness_quorum")}),
    )

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, DateTimeField):
            kwargs["form_class"] = MomentField
            kwargs["widget"] = NamedDateTime(str(db_field.verbose_name))
            kwargs["help_text"] = with_zone(db_field.help_text)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        # Trustees are added on a page of their own, so an empty table here would be of no use.
        has_trustees = (
            obj is not None and obj.key_mode == KeyMode.TRUSTEES and obj.trustees.exists()
        )
        watchers = (RegistrarInline, WitnessInline)
        inlines = (ContestInline, TrusteeInline) if has_trustees else (ContestInline,)
        return inlines if obj is None else (*inlines, *watchers)

    def get_fieldsets(self, request: HttpRequest, obj: Election | None = None) -> Any:
        names = field_names(obj, Election)
        translations = ((_("In the other languages"), {"fields": names}),) if names else ()
        begun = is_changeable(obj) and obj is not None and ceremony.begun_by(obj)
        warning = ((_("Keys of the trustees"), {"fields": ("restart_keys",)}),) if begun else ()
        return (*super().get_fieldsets(request, obj), *warning, *translations)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kw: Any
    ) -> Any:
        return super().get_form(
            request, obj, change, **{"form": translated_form(ElectionForm, obj), **kw}
        )

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj and obj.state != State.DRAFT else dict(self.prepopulated_fields)

    def save_model(self, request: HttpRequest, obj: Election, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if set(RESTARTING) & set(form.changed_data):
            tell_restart(request, ceremony.restart(obj))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        for contest in form.instance.contests.all():
            freezing.fill_yes_no(contest)

    def get_urls(self) -> list[Any]:
        admin_view = self.admin_site.admin_view
        own_urls = [
            path("<int:pk>/step/<str:name>/", admin_view(self.step), name="voting_election_step"),
            path("<int:pk>/progress/", admin_view(self.progress), name="voting_election_progress"),
        ]
        return own_urls + super().get_urls()

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        election: Election | None = kwargs.get("obj")
        if election is not None and election.pk:
            is_draft = election.state == State.DRAFT
            context |= {
                "checklist": freezing.checklist(election) if is_draft else [],
                "not_ready": not_ready(standing_counts(election)) if is_draft else [],
                "step": next_step(election),
                "overdue": life_cycle.overdue(election, timezone.now()),
                "can_be_called_off": can_be_called_off(election),
                "may_send": request.user.has_perm("voting.send_mail"),
                "may_run": request.user.has_perm("voting.run_election"),
                "turnout": turnout_of(election),
                "warnings": warnings_before_release(election),
                "progress": _progress_of(election),
                "progress_state": _work_state(election),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def step(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """GET asks for a confirmation, POST takes the step."""
        if not request.user.has_perm("voting.run_election"):
            raise PermissionDenied
        election = get_object_or_404(Election, pk=pk)
        step = Step(name) if name in list(Step) else None
        election_page = reverse("admin:voting_election_change", args=[pk])
        if step is None or step != next_step(election):
            messages.error(request, _("This step does not come next. Look at the election again."))
            return HttpResponseRedirect(election_page)
        if request.method == "POST":
            self._take(request, election, step)
            return HttpResponseRedirect(election_page)
        context = {
            **self.admin_site.each_context(request),
            "title": step.label,
            "opts": Election._meta,
            "election": election,
            "step": step,
            "checklist": freezing.checklist(election) if step == Step.FREEZE else [],
            "warnings": warnings_before_release(election),
            "notes": notes(election, step, timezone.now()),
        }
        return render(request, "voting/admin/step.html", context)

    def progress(self, request: HttpRequest, pk: int) -> JsonResponse:
        """The progress of freezing or counting. The election's page asks for it every second."""
        election = get_object_or_404(Election, pk=pk)
        if not self.has_view_permission(request, election):
            raise PermissionDenied
        progress = _progress_of(election)
        return JsonResponse(
            {
                "state": _work_state(election),
                "progress": progress.as_json() if progress else None,
            }
        )

    def _take(self, request: HttpRequest, election: Election, step: Step) -> None:
        try:
            take(election, step, actor=official(request), now=timezone.now())
        except StepRefused as refusal:
            show_reasons(request, refusal)
        else:
            messages.success(request, step.done)


def _progress_of(election: Election) -> ShownProgress | None:
    match election.state:
        case State.DRAFT:
            return freeze_order.progress_of(election)
        case State.CLOSED:
            return counting_progress_of(election)
        case _:
            return None


def _work_state(election: Election) -> str:
    """When this changes, the page has another step to offer."""
    freezing_now = freeze_order.is_at_work(election)
    return "freezing" if freezing_now else election.state
