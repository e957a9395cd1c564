"""Sending mail to the voters of an election: what, to whom, how it will look, and the button."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.mail import outbox
from accounts.office import outbox_page
from accounts.signed_in import official
from accounts.site_address import site_address
from voting.admin.drafts import show_reasons
from voting.mailing import audiences, ordering
from voting.mailing.preview import previews
from voting.mailing.tasks import send_test_letter
from voting.mailing.texts import words_for
from voting.mailing.variables import problems
from voting.models import Audience, Election, Mailing, MailKind, MailTemplate
from voting.refusals import StepRefused

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

SENDINGS_SHOWN = 10


class MailingMixin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The page from which mail is sent, beside those of the elections."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/mail/", view(self.mail), name="voting_mailing_send"),
            path("<int:pk>/mail/test/", view(self.test_letter), name="voting_mailing_test"),
            *super().get_urls(),
        ]

    def mail(self, request: HttpRequest, pk: int) -> HttpResponse:
        """GET shows the letter and who gets it, POST orders it."""
        require_sender(request)
        election = get_object_or_404(Election, pk=pk)
        kind, audience = _chosen(request, election)
        if request.method == "POST":
            try:
                mailing = ordering.order(
                    election,
                    kind,
                    audience,
                    actor=official(request),
                    site=site_address(request),
                    now=timezone.now(),
                )
            except StepRefused as refusal:
                show_reasons(request, refusal)
            else:
                return HttpResponseRedirect(
                    reverse("admin:voting_mailing_change", args=[mailing.pk])
                )
        response = render(
            request,
            "voting/admin/send_mail.html",
            {
                **self.admin_site.each_context(request),
                "title": _("Send mail"),
                "opts": Election._meta,
                "election": election,
                **_page(request, election, kind, audience),
            },
        )
        response["Cache-Control"] = "no-store, private"
        return response

    def test_letter(self, request: HttpRequest, pk: int) -> HttpResponse:
        """POST sends the shown letter to the official who asks."""
        require_sender(request)
        election = get_object_or_404(Election, pk=pk)
        kind, audience = _chosen(request, election)
        actor = official(request)
        if request.method != "POST":
            pass
        elif actor.email:
            transaction.on_commit(
                partial(send_test_letter.delay, pk, kind, audience, actor.pk, site_address(request))
            )
            words = _("A test letter is on its way to %(address)s. Its link is an example.")
            messages.success(request, words % {"address": actor.email})
        else:
            messages.error(request, _("Your own account has no e-mail address."))
        return HttpResponseRedirect(_address(election, kind, audience))


def require_sender(request: HttpRequest) -> None:
    """Raises PermissionDenied for officials who may not send mail."""
    if not request.user.has_perm(ordering.PERMISSION):
        raise PermissionDenied


def _chosen(request: HttpRequest, election: Election) -> tuple[str, str]:
    """What the address of the page says, or what is usual now."""
    kind = request.GET.get("kind", "")
    if kind not in audiences.KINDS:
        kind = audiences.usual_kind(election)
    audience = request.GET.get("audience", "")
    if audience not in audiences.CHOICES:
        audience = audiences.USUAL[MailKind(kind)]
    return str(kind), str(audience)


def _address(election: Election, kind: str, audience: str) -> str:
    page = reverse("admin:voting_mailing_send", args=[election.pk])
    return f"{page}?kind={kind}&audience={audience}"


def _page(request: HttpRequest, election: Election, kind: str, audience: str) -> dict[str, Any]:
    words = words_for(election, kind)
    wrong = problems(kind, words.subject, words.body)
    receivers = audiences.reachable(election, audience, kind).count()
    return {
        "kind": MailKind(kind),
        "audience": Audience(audience),
        "kinds": [
            (one, _address(election, one, audiences.USUAL[one]), one == kind)
            for one in audiences.KINDS
        ],
        "audiences": [
            (
                one,
                audiences.chosen(election, one).count(),
                _address(election, kind, one),
                one == audience,
            )
            for one in audiences.CHOICES
        ],
        "receivers": receivers,
        "without_address": audiences.chosen(election, audience).count() - receivers,
        "problems": wrong,
        "previews": []
        if wrong
        else previews(election, kind, audience, words, site=site_address(request)),
        "template_url": _template_address(election, kind),
        "test_url": reverse("admin:voting_mailing_test", args=[election.pk])
        + f"?kind={kind}&audience={audience}",
        "own_address": official(request).email,
        "sendings": _earlier(election),
        "outbox": outbox.is_used(),
        "outbox_shown": outbox_page.is_shown(),
        "rate": settings.MAIL_PER_SECOND,
        "minutes": _minutes(receivers),
        "invitation_days": settings.LINK_LIVES["invitation"].days,
    }


def _earlier(election: Election) -> list[Mailing]:
    """Those that officials have ordered; voters' receipts are their own business."""
    sendings = Mailing.objects.filter(election=election).exclude(kind=MailKind.RECEIPT)
    return list(sendings.select_related("asked_by")[:SENDINGS_SHOWN])


def _template_address(election: Election, kind: str) -> str:
    row = MailTemplate.objects.filter(kind=kind, language=election.language).first()
    if row is not None:
        return reverse("admin:voting_mailtemplate_change", args=[row.pk])
    page = reverse("admin:voting_mailtemplate_add")
    return f"{page}?kind={kind}&language={election.language}"


def _minutes(receivers: int) -> int:
    rate = settings.MAIL_PER_SECOND
    return -(-receivers // (rate * 60)) if rate else 0
