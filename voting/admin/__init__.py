"""Elections in the administration: what is missing, the next step, and nothing that is frozen."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.options import InlineModelAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import DateTimeField
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.defaultfilters import linebreaksbr
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.audit import Action, record
from accounts.one_save import OneSave
from voting.admin.forms import ChoiceForm, NamedDateTime, RollChangeForm
from voting.admin.steps import Step, next_step, take
from voting.counting.progress import progress_of
from voting.elections import freezing, selectors
from voting.keys import ceremony
from voting.models import (
    BoardEvent,
    CastBallot,
    Choice,
    Contest,
    Election,
    KeyMode,
    RollChange,
    State,
    Trustee,
    VoterRollEntry,
)
from voting.refusals import StepRefused
from voting.roll import changes
from voting.roll.exporting import RollExportMixin
from voting.roll.importing import RollImportMixin

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


def tell(request: HttpRequest, refusal: StepRefused) -> None:
    for reason in refusal.reasons:
        messages.error(request, str(reason))


def election_of(obj: Any) -> Election | None:
    """The election that an object, or the page an inline stands on, belongs to."""
    return obj if obj is None or isinstance(obj, Election) else obj.election


def is_open(obj: Any) -> bool:
    """What belongs to an election can be changed only while that is a draft."""
    election = election_of(obj)
    return election is None or election.state == State.DRAFT


class DraftOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_open(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_open(obj) and super().has_delete_permission(request, obj)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        made = Action.ELECTION_CREATED if isinstance(obj, Election) else Action.ELECTION_CHANGED
        self._record(request, made, obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._record(request, Action.ELECTION_CHANGED, obj)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for obj in queryset:
            self._record(request, Action.ELECTION_CHANGED, obj)
        return super().log_deletions(request, queryset)

    def _record(self, request: HttpRequest, action: Action, obj: Any) -> None:
        """In the transaction of the form: what an official writes is in the audit log."""
        election = election_of(obj)
        record(
            action,
            actor=request.user,  # type: ignore[arg-type]
            subject=f"election:{election.pk}" if election else "",
            part=str(obj._meta.model_name),
        )


class DraftInline(InlineModelAdmin):  # type: ignore[type-arg]
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_open(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_open(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_open(obj) and super().has_delete_permission(request, obj)


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
        *("at_fault", "key_checked", "decrypted"),
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

    @admin.display(boolean=True, description=_("part of the count sent"))
    def decrypted(self, trustee: Trustee) -> bool:
        return trustee.partial is not None


@admin.register(Election)
class ElectionAdmin(DraftOnly):
    list_display = ("title", "slug", "state", "opens_at", "closes_at")
    list_filter = ("state", "key_mode")
    search_fields = ("title", "slug")
    prepopulated_fields = {"slug": ("title",)}
    actions = None
    change_form_template = "voting/admin/election.html"
    fieldsets = (
        (None, {"fields": ("title", "slug", "description")}),
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
        (_("Key"), {"fields": ("key_mode", "threshold")}),
    )

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, DateTimeField):
            kwargs["widget"] = NamedDateTime(str(db_field.verbose_name))
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        # Trustees are added on a page of their own; an empty table would say nothing.
        shared = obj is not None and obj.key_mode == KeyMode.TRUSTEES and obj.trustees.exists()
        return (ContestInline, TrusteeInline) if shared else (ContestInline,)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj and obj.state != State.DRAFT else dict(self.prepopulated_fields)

    def save_model(self, request: HttpRequest, obj: Election, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if {"threshold", "slug", "key_mode"} & set(form.changed_data):
            ceremony.restart(obj)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        for contest in form.instance.contests.all():
            freezing.fill_yes_no(contest)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/step/<str:name>/", view(self.step), name="voting_election_step"),
            path("<int:pk>/progress/", view(self.progress), name="voting_election_progress"),
        ]
        return own + super().get_urls()

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        election: Election | None = kwargs.get("obj")
        if election is not None and election.pk:
            context |= {
                "checklist": freezing.checklist(election) if election.state == State.DRAFT else [],
                "step": next_step(election),
                "may_run": request.user.has_perm("voting.run_election"),
                "turnout": selectors.turnout(election),
                "progress": progress_of(election),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def step(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """Confirm on GET, take the step on POST."""
        if not request.user.has_perm("voting.run_election"):
            raise PermissionDenied
        election = get_object_or_404(Election, pk=pk)
        step = Step(name) if name in list(Step) else None
        back = reverse("admin:voting_election_change", args=[pk])
        if step is None or step != next_step(election):
            messages.error(request, _("This step does not come next. Look at the election again."))
            return HttpResponseRedirect(back)
        if request.method == "POST":
            self._take(request, election, step)
            return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": step.label,
            "opts": Election._meta,
            "election": election,
            "step": step,
            "checklist": freezing.checklist(election) if step == Step.FREEZE else [],
        }
        return render(request, "voting/admin/step.html", context)

    def progress(self, request: HttpRequest, pk: int) -> JsonResponse:
        """What the election's page asks for every second while ballots are counted."""
        election = get_object_or_404(Election, pk=pk)
        if not self.has_view_permission(request, election):
            raise PermissionDenied
        shown = progress_of(election)
        return JsonResponse({"state": election.state, "progress": asdict(shown) if shown else None})

    def _take(self, request: HttpRequest, election: Election, step: Step) -> None:
        try:
            take(election, step, actor=request.user, now=timezone.now())  # type: ignore[arg-type]
        except StepRefused as refusal:
            tell(request, refusal)
        else:
            messages.success(request, step.done)


class ChoiceInline(DraftInline, admin.StackedInline):  # type: ignore[type-arg]
    model = Choice
    form = ChoiceForm
    fields = ("order", "name", "party", "colour", "statement", "logo", "photo")


class DraftParts(DraftOnly):
    """Offers only elections that are still drafts."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "election":
            kwargs["queryset"] = Election.objects.filter(state=State.DRAFT)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Contest)
class ContestAdmin(DraftParts):
    list_display = ("title", "election", "kind")
    list_filter = ("election",)
    inlines = (ChoiceInline,)
    actions = None


class DistrictFilter(admin.SimpleListFilter):
    """Only districts with a name: a link without words leads nobody anywhere."""

    title = _("district")
    parameter_name = "district"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        named = VoterRollEntry.objects.exclude(district="").order_by("district")
        return [(name, name) for name in named.values_list("district", flat=True).distinct()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(district=self.value()) if self.value() else queryset


@admin.register(VoterRollEntry)
class VoterRollAdmin(RollImportMixin, RollExportMixin, DraftParts):
    list_display = ("voter_number", "name", "election", "district", "user", "has_voted")
    list_filter = ("election", "has_voted", DistrictFilter)
    list_select_related = ("election", "user")
    import_export_change_list_template = "admin/import_export/change_list_import_export.html"
    search_fields = ("voter_number", "name", "user__username")
    raw_id_fields = ("user",)
    actions = None


SHOWN = ("voter_number", "name", "username", "date_of_birth", "district")


@admin.register(RollChange)
class RollChangeAdmin(OneSave):
    list_display = ("election", "reason", "proposed_by", "approved_by")
    list_filter = ("election",)
    actions = ("approve",)
    form = RollChangeForm

    def get_fields(self, request: HttpRequest, obj: RollChange | None = None) -> Any:
        if obj is None:
            return ("election", "reason", "add", "remove")
        return ("election", "reason", *self.get_readonly_fields(request, obj))

    def get_readonly_fields(self, request: HttpRequest, obj: RollChange | None = None) -> Any:
        return () if obj is None else ("added", "removed", "proposed_by", "approved_by")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "election":
            kwargs["queryset"] = Election.objects.filter(state=State.OPEN)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=_("voters to add"))
    def added(self, change: RollChange) -> str:
        rows = (" · ".join(row[name] for name in SHOWN if row.get(name)) for row in change.add)
        return linebreaksbr("\n".join(rows)) or "-"

    @admin.display(description=_("voter numbers to remove"))
    def removed(self, change: RollChange) -> str:
        return ", ".join(change.remove) or "-"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("voting.change_frozen_roll"))

    def has_change_permission(self, request: HttpRequest, obj: RollChange | None = None) -> bool:
        return obj is None and bool(request.user.has_perm("voting.change_frozen_roll"))

    def has_delete_permission(self, request: HttpRequest, obj: RollChange | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: RollChange, form: Any, change: bool) -> None:
        changes.propose(obj, actor=request.user)  # type: ignore[arg-type]

    @admin.action(description=_("Approve what another official proposed"))
    def approve(self, request: HttpRequest, queryset: QuerySet[RollChange]) -> None:
        for change in queryset:
            try:
                changes.approve(change, actor=request.user, now=timezone.now())  # type: ignore[arg-type]
            except StepRefused as refusal:
                tell(request, refusal)
            else:
                messages.success(request, _("The change is on the roll and on the board."))


@admin.register(Trustee)
class TrusteeAdmin(OneSave, DraftParts):
    list_display = ("name", "index", "election", "key_checked")
    list_filter = ("election",)
    fields = ("election", "name")
    actions = ("renew",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Trustee, form: Any, change: bool) -> None:
        made, token = ceremony.add_trustee(obj.election, obj.name)
        obj.pk = made.pk
        self._show_link(request, made, token)

    def delete_model(self, request: HttpRequest, obj: Trustee) -> None:
        ceremony.remove_trustee(obj)

    @admin.action(description=_("Make a new link"), permissions=["add"])
    def renew(self, request: HttpRequest, queryset: QuerySet[Trustee]) -> None:
        for trustee in queryset:
            self._show_link(request, trustee, ceremony.renew_link(trustee))

    def _show_link(self, request: HttpRequest, trustee: Trustee, token: str) -> None:
        link = request.build_absolute_uri(reverse("voting:trustee", args=[token]))
        words = _("The link of {}, shown only now: {}. Whoever has it acts as this trustee.")
        messages.warning(request, format_html(str(words), trustee.name, link))


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Nothing here is added, changed or deleted by hand."""

    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(CastBallot)
class CastBallotAdmin(ReadOnly):
    list_display = ("tracker", "election", "live")
    list_filter = ("election", "live")
    search_fields = ("tracker",)
    fields = ("election", "tracker", "live")


@admin.register(BoardEvent)
class BoardEventAdmin(ReadOnly):
    list_display = ("seq", "election", "kind", "hash")
    list_filter = ("election", "kind")
    search_fields = ("tracker", "hash")
    # Not the line: before release it would tell what the public board withholds.
    fields = ("election", "seq", "kind", "tracker", "prev", "hash")
