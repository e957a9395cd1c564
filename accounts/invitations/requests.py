"""Links that people get by e-mail: a forgotten password, a new address, an official's order.

A request is a row. A worker makes the link, mails it, and nobody else ever sees it.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.db import OperationalError, transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.at_rest.sealing import keyring
from accounts.invitations import links
from accounts.models import LinkPurpose, LinkRequest, OneTimeLink, User
from accounts.notices import claims

if TYPE_CHECKING:
    from datetime import datetime

# Whoever knows an address must not be able to fill its mailbox.
LEAST_PAUSE: Final = timedelta(minutes=2)
MOST_A_DAY: Final = 10
# People who share an address, such as a couple, get a mail each.
MOST_ACCOUNTS: Final = 5
SEALED_FOR: Final = "link-request:typed"
LONGEST_TYPED: Final = 254


def ask(typed: str, *, site: str, now: datetime) -> None:
    """Somebody has forgotten a password and typed a user name or an address.

    It does the same whether or not there is such an account, so neither the answer nor its time
    tells anything.
    """
    padded = typed[:LONGEST_TYPED].ljust(LONGEST_TYPED).encode("utf-8", "surrogatepass")
    sealed = keyring().seal(padded, bound_to=SEALED_FOR)
    _order(LinkRequest(purpose=LinkPurpose.RESET, typed=sealed, site=site, made_at=now))


def order(
    user: User, purpose: LinkPurpose, *, site: str, now: datetime, new_address: str = ""
) -> None:
    """Have a link mailed to this person, at the account's address or the new one."""
    _order(LinkRequest(purpose=purpose, user=user, site=site, made_at=now, new_address=new_address))


@transaction.atomic
def _order(request: LinkRequest) -> None:
    request.save(force_insert=True)
    transaction.on_commit(partial(mail_links.delay, request.pk), robust=True)


@shared_task(
    name="accounts.tasks.mail_links",
    autoretry_for=(OSError, OperationalError),
    retry_backoff=True,
    max_retries=5,
)
def mail_links(request_id: int) -> None:
    send(request_id, now=timezone.now())


def send(request_id: int, *, now: datetime) -> None:
    """Mail what was asked for, unless another task is at it, and forget what was typed.

    Raises OSError if the mail cannot be sent; the sweep then tries again.
    """
    requests = LinkRequest.objects.filter(pk=request_id)
    request = requests.select_related("user").first()
    if request is not None:
        mail = partial(_mail_all, request, now=now)
        claims.send_once(requests, mail, now=now, typed=b"", new_address="")


def unsent(*, now: datetime) -> list[int]:
    """Requests whose task was lost, or whose worker died before the mail was sent."""
    return list(claims.unsent(LinkRequest.objects.all(), now=now).values_list("pk", flat=True))


def forget_old(*, now: datetime) -> None:
    """Delete requests that were answered, or given up, and links that ended long ago."""
    LinkRequest.objects.filter(made_at__lt=now - claims.GIVE_UP_AFTER).delete()
    ended = now - max(settings.LINK_LIVES.values()) - claims.GIVE_UP_AFTER
    OneTimeLink.objects.filter(expires_at__lt=ended).delete()


def _mail_all(request: LinkRequest, *, now: datetime) -> None:
    for user in _receivers(request, now):
        _mail(request, user, now)


def _receivers(request: LinkRequest, now: datetime) -> list[User]:
    if request.user is not None:
        return [request.user] if request.new_address or request.user.email else []
    sealed = bytes(request.typed)
    typed = keyring().unseal(sealed, bound_to=SEALED_FOR).decode("utf-8", "surrogatepass").strip()
    named = Q(username=User.normalize_username(typed)) | Q(email__iexact=typed)
    found = User.objects.filter(named, is_active=True).exclude(email="").order_by("pk")
    return [user for user in found[:MOST_ACCOUNTS] if not _had_enough(user, now)]


def _had_enough(user: User, now: datetime) -> bool:
    before = OneTimeLink.objects.filter(user=user, purpose=LinkPurpose.RESET)
    if before.filter(made_at__gt=now - LEAST_PAUSE).exists():
        return True
    return before.filter(made_at__gt=now - timedelta(days=1)).count() >= MOST_A_DAY


def _mail(request: LinkRequest, user: User, now: datetime) -> None:
    purpose = LinkPurpose(request.purpose)
    path = links.make(user, purpose, now=now, new_address=request.new_address)
    until = now + links.life_of(purpose)
    context = {"user": user, "link": request.site + path, "until": until}
    template = f"accounts/mail/link_{purpose}"
    subject = render_to_string(f"{template}_subject.txt", context).strip()
    body = render_to_string(f"{template}.txt", context)
    send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [request.new_address or user.email])
