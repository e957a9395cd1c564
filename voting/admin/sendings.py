"""One sending: how far it is, what became of each letter, and what can be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.core.validators import validate_email
from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts import address as addresses
from accounts.admin.read_only import ReadOnly
from accounts.proposals import deciding
from accounts.proposals.protected import SecondOfficialNeeded
from accounts.proposals.words import PROPOSED
from accounts.signed_in import official
from accounts.site_address import site_address
from voting.admin.drafts import show_reasons
from voting.admin.mailing import require_sender
from voting.mailing import ordering, states
from voting.models import Mail, Mailing, WorkState
from voting.refusals import StepRefused

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from accounts.models import User

ROWS = 100


@admin.register(Mailing)
class MailingAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("election", "kind", "audience", "total", "asked_by", "asked_at")
    list_filter = ("kind", "election")
    list_select_related = ("election", "asked_by")
    date_hierarchy = "asked_at"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/progress/", view(self.progress), name="voting_mailing_progress"),
            path("letter/<int:pk>/", view(self.send_again), name="voting_mail_again"),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page of one sending. POST stops it or goes on with it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        mailing = self._mailing(object_id)
        if request.method == "POST":
            require_sender(request)
            change = ordering.stop if "stop" in request.POST else ordering.go_on
            change(mailing, actor=official(request))
            return HttpResponseRedirect(_page_of(mailing))
        return render(request, "voting/admin/sending.html", self._context(request, mailing))

    def progress(self, request: HttpRequest, pk: int) -> JsonResponse:
        """The page of a sending asks for this every second while a worker is at it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        mailing = self._mailing(pk)
        progress = states.progress_of(mailing)
        return JsonResponse({"state": _shown_state(mailing), "progress": progress.as_json()})

    def send_again(self, request: HttpRequest, pk: int) -> HttpResponse:
        """POST sends one voter's letter again, to the same address or a new one."""
        require_sender(request)
        rows = Mail.objects.select_related("mailing__election", "entry__user", "entry__election")
        mail = get_object_or_404(rows, pk=pk, entry__isnull=False)
        if request.method == "POST":
            self._send_again(request, mail)
        return HttpResponseRedirect(_page_of(mail.mailing))

    def _send_again(self, request: HttpRequest, mail: Mail) -> None:
        new = request.POST.get("address", "").strip()
        entry, actor, now = mail.entry, official(request), timezone.now()
        if entry is None or entry.user is None:
            raise PermissionDenied
        if new and new != entry.user.email and not _change_address(request, entry.user, new):
            return
        try:
            ordering.order_one(
                entry, mail.mailing.kind, actor=actor, site=site_address(request), now=now
            )
        except StepRefused as refusal:
            show_reasons(request, refusal)
        else:
            words = _("A new letter is on its way to %(name)s.")
            messages.success(request, words % {"name": entry.name})

    def _context(self, request: HttpRequest, mailing: Mailing) -> dict[str, Any]:
        chosen = request.GET.get("state", "")
        letters = states.with_letter_state(mailing).select_related("entry__user", "trustee")
        if chosen in states.LetterState.values:
            letters = letters.filter(letter_state=chosen)
        page = Paginator(letters.order_by("pk"), ROWS).get_page(request.GET.get("page"))
        for letter in page.object_list:
            letter.shown_state = states.LetterState(letter.letter_state)
            letter.in_trouble = letter.shown_state in states.TROUBLE
        return {
            **self.admin_site.each_context(request),
            "title": capfirst(mailing.get_kind_display()),
            "opts": Mailing._meta,
            "mailing": mailing,
            "progress": states.progress_of(mailing),
            "shown_state": _shown_state(mailing),
            "counts": states.counts(mailing),
            "chosen": chosen,
            "letters": page,
            "may_send": request.user.has_perm(ordering.PERMISSION),
            "is_stopped": mailing.state == WorkState.FAILED,
        }

    def _mailing(self, pk: Any) -> Mailing:
        rows = Mailing.objects.select_related("election", "asked_by")
        if not str(pk).isdecimal():
            raise PermissionDenied
        return get_object_or_404(rows, pk=pk)


def _page_of(mailing: Mailing) -> str:
    return reverse("admin:voting_mailing_change", args=[mailing.pk])


def _shown_state(mailing: Mailing) -> str:
    """When this changes, the page has something else to show."""
    return "working" if mailing.state in ordering.AT_WORK else mailing.state


def _change_address(request: HttpRequest, user: User, new: str) -> bool:
    """Whether the account has the new address now. The same rules as on the account's own page."""
    actor = official(request)
    is_official = user.is_staff or user.is_superuser
    if not actor.has_perm("accounts.change_user") or (is_official and not actor.is_superuser):
        messages.error(request, _("You may not change the address of this account."))
        return False
    detail, now = {"email": new}, timezone.now()
    try:
        validate_email(new)
        addresses.change_address(user, detail, actor=actor, now=now)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return False
    except SecondOfficialNeeded:
        deciding.propose(addresses.ADDRESS, actor=actor, person=user, detail=detail, now=now)
        messages.warning(request, PROPOSED)
        return False
    return True
