"""Enrolment in the administration: the people, their photos, and the actions on both."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import Count, Exists, OuterRef, Q
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.admin.read_only import ReadOnly
from accounts.proposals.words import PROPOSED
from accounts.signed_in import official
from biometrics.admin.lockouts import lockout_words
from biometrics.collection import views as collection_views
from biometrics.consent.agreement import record_paper_consent, text_version
from biometrics.engine_loader import engine
from biometrics.enrolment.by_two_officials import (
    accept_or_propose,
    erase_or_propose,
    remove_or_propose,
)
from biometrics.enrolment.photos import NothingToAccept, encode_again
from biometrics.enrolment.queue import queue_report
from biometrics.evaluation.comparing import request_evaluation
from biometrics.evaluation.report import evaluation_report
from biometrics.models import (
    Enrolment,
    PhotoState,
    Reference,
    ReferencePhoto,
    SelfEnrolmentRefusal,
)
from biometrics.self_enrolment.review import review
from biometrics.verification.lockout import reset_lockout

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import Model, QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

    from accounts.models import User

    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


class EnrolledFilter(admin.SimpleListFilter):
    title = gettext_lazy("enrolment")
    parameter_name = "enrolled"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("yes", _("enrolled")),
            ("no", _("not enrolled")),
            ("waiting", _("photos waiting")),
            ("refused", _("photos refused")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "yes":
                return queryset.filter(enrolled=True)
            case "no":
                return queryset.filter(enrolled=False)
            case "waiting":
                return queryset.filter(waiting__gt=0)
            case "refused":
                return queryset.filter(refused__gt=0)
            case _:
                return queryset


@admin.register(Enrolment)
class EnrolmentAdmin(ReadOnly, ModelAdmin):
    """One row for each person, with photos, reference and lock-out, and the actions on them."""

    list_display = [
        "username",
        "is_enrolled",
        "photo_count",
        "waiting_count",
        "refused_count",
        "lockout",
    ]
    list_filter = [EnrolledFilter, "face_lockout__blocked"]
    search_fields = ["username", "first_name", "last_name"]
    actions = ["paper_consent", "encode_again", "reset_lockout", "erase_biometrics"]
    change_form_template = "admin/biometrics/enrolment/change_form.html"
    change_list_template = "admin/biometrics/enrolment/change_list.html"
    list_per_page = 50

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.has_perm("biometrics.view_referencephoto")

    def has_consent_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("biometrics.add_referencephoto")

    def has_encode_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("biometrics.change_referencephoto")

    def has_erase_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("biometrics.delete_referencephoto")

    def has_reset_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("biometrics.change_facelockout")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        def photos(**conditions: str) -> Count:
            chosen = Q(**{f"reference_photos__{name}": value for name, value in conditions.items()})
            return Count("reference_photos", filter=chosen if conditions else None, distinct=True)

        people: QuerySet[Any] = super().get_queryset(request).select_related("face_lockout")
        annotated: QuerySet[Any] = people.annotate(
            enrolled=Exists(Reference.objects.filter(user=OuterRef("pk"))),
            photos=photos(),
            waiting=photos(state=PhotoState.WAITING),
            refused=photos(state=PhotoState.REFUSED),
        )
        return annotated

    @admin.display(description=gettext_lazy("enrolled"), boolean=True, ordering="enrolled")
    def is_enrolled(self, person: Any) -> bool:
        return bool(person.enrolled)

    @admin.display(description=gettext_lazy("photos"), ordering="photos")
    def photo_count(self, person: Any) -> int:
        return int(person.photos)

    @admin.display(description=gettext_lazy("waiting"), ordering="waiting")
    def waiting_count(self, person: Any) -> int:
        return int(person.waiting)

    @admin.display(description=gettext_lazy("refused"), ordering="refused")
    def refused_count(self, person: Any) -> int:
        return int(person.refused)

    @admin.display(description=gettext_lazy("face lock-out"))
    def lockout(self, person: Any) -> str:
        return lockout_words(getattr(person, "face_lockout", None))

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.queue_page)
        compared = self.admin_site.admin_view(self.evaluation_page)
        own_photos = self.admin_site.admin_view(self.own_photos_page)
        collect = self.admin_site.admin_view(collection_views.page)
        own = [
            path("collect/", collect, name="biometrics_enrolment_collect"),
            path("queue/", page, name="biometrics_enrolment_queue"),
            path("own-photos/", own_photos, name="biometrics_enrolment_own_photos"),
            path("evaluation/", compared, name="biometrics_enrolment_evaluation"),
        ]
        return own + super().get_urls()

    def queue_page(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            return render(request, "403.html", status=403)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Encoding queue"),
            "report": queue_report(engine().encoder_sha256),
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/biometrics/enrolment/queue.html", context)

    def own_photos_page(self, request: HttpRequest) -> HttpResponse:
        """The photos that voters took of themselves, to be approved or refused."""
        if not self.has_consent_permission(request):
            return render(request, "403.html", status=403)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Photos that voters took"),
            "review": review(),
            "reasons": SelfEnrolmentRefusal.choices,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/biometrics/enrolment/own_photos.html", context)

    def evaluation_page(self, request: HttpRequest) -> HttpResponse:
        """Show the evaluation, or start one: a browser without scripts posts the form here."""
        if not self.has_view_permission(request):
            return render(request, "403.html", status=403)
        if request.method == "POST":
            if not self.has_encode_permission(request):
                return render(request, "403.html", status=403)
            request_evaluation(official(request), now=timezone.now())
            return redirect("admin:biometrics_enrolment_evaluation")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Compare all voters"),
            "report": evaluation_report(),
            "may_ask": self.has_encode_permission(request),
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/biometrics/enrolment/evaluation.html", context)

    @admin.action(
        description=gettext_lazy("Record consent given on paper…"), permissions=["consent"]
    )
    def paper_consent(self, request: HttpRequest, people: QuerySet[Any]) -> HttpResponse | None:
        if request.POST.get("confirmed") != "yes" or request.POST.get("seen") != "yes":
            context = {
                **self.admin_site.each_context(request),
                "people": people,
                "title": _("Consent given on paper"),
                "text_version": text_version(),
                "opts": self.opts,
            }
            return render(request, "admin/biometrics/enrolment/paper_consent.html", context)
        now = timezone.now()
        count = sum(record_paper_consent(one, actor=official(request), now=now) for one in people)
        words = ngettext(
            "%(count)d consent is recorded.", "%(count)d consents are recorded.", count
        )
        self.message_user(request, words % {"count": count}, messages.SUCCESS)
        return None

    @admin.action(description=gettext_lazy("Encode the photos again"), permissions=["encode"])
    def encode_again(self, request: HttpRequest, people: QuerySet[Any]) -> None:
        count = encode_again(ReferencePhoto.objects.filter(user__in=people.values("pk")))
        words = ngettext("%(count)d photo is queued.", "%(count)d photos are queued.", count)
        self.message_user(request, words % {"count": count}, messages.SUCCESS)

    @admin.action(description=gettext_lazy("Reset the face lock-out"), permissions=["reset"])
    def reset_lockout(self, request: HttpRequest, people: QuerySet[Any]) -> None:
        count = sum(reset_lockout(person, actor=official(request)) for person in people)
        words = ngettext("%(count)d lock-out is reset.", "%(count)d lock-outs are reset.", count)
        self.message_user(request, words % {"count": count}, messages.SUCCESS)

    @admin.action(description=gettext_lazy("Erase photos and templates…"), permissions=["erase"])
    def erase_biometrics(self, request: HttpRequest, people: QuerySet[Any]) -> HttpResponse | None:
        if "confirmed" not in request.POST:
            context = {
                **self.admin_site.each_context(request),
                "people": people,
                "title": _("Erase photos and templates"),
                "opts": self.opts,
            }
            return render(request, "admin/biometrics/enrolment/erase.html", context)
        erase = partial(erase_or_propose, actor=official(request))
        done = [erase(person) for person in people]
        if all(done):
            self.message_user(request, _("Photos and templates are erased."), messages.SUCCESS)
        else:
            self.message_user(request, str(PROPOSED), messages.WARNING)
        return None


@admin.register(ReferencePhoto)
class ReferencePhotoAdmin(ModelAdmin):
    """All photos without their pictures, to find refused ones and to decide on many at once."""

    list_display = ["user", "state", "reason", "resembles", "added_at", "encoded_at"]
    list_filter = ["state", "reason", "added_at"]
    list_select_related = ["user", "resembles"]
    search_fields = ["user__username"]
    date_hierarchy = "added_at"
    actions = ["encode_again", "accept_anyway"]
    fields = [
        "user",
        "state",
        "reason",
        "resembles",
        "quality",
        "added_by",
        "added_at",
        "encoded_at",
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("biometrics.change_referencephoto")

    def delete_model(self, request: HttpRequest, obj: ReferencePhoto) -> None:
        self._remove(request, [obj])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ReferencePhoto]) -> None:
        self._remove(request, queryset)

    def _remove(self, request: HttpRequest, photos: Iterable[ReferencePhoto]) -> None:
        remove = partial(remove_or_propose, actor=official(request))
        done = [remove(photo) for photo in photos]
        if not all(done):
            self.message_user(request, str(PROPOSED), messages.WARNING)

    @admin.action(description=gettext_lazy("Encode again"), permissions=["decide"])
    def encode_again(self, request: HttpRequest, photos: QuerySet[ReferencePhoto]) -> None:
        count = encode_again(photos)
        words = ngettext("%(count)d photo is queued.", "%(count)d photos are queued.", count)
        self.message_user(request, words % {"count": count}, messages.SUCCESS)

    @admin.action(
        description=gettext_lazy("Accept although it looks like another voter"),
        permissions=["decide"],
    )
    def accept_anyway(self, request: HttpRequest, photos: QuerySet[ReferencePhoto]) -> None:
        accept = partial(_accepted, actor=official(request))
        count = sum(accept(photo) for photo in photos)
        words = ngettext("%(count)d photo is accepted.", "%(count)d photos are accepted.", count)
        self.message_user(request, words % {"count": count}, messages.SUCCESS)


def _accepted(photo: ReferencePhoto, *, actor: User) -> bool:
    try:
        return accept_or_propose(photo, actor=actor)
    except NothingToAccept:
        return False
