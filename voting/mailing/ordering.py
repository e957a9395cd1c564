"""Ordering letters, stopping a sending and going on with it."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import Action, record
from accounts.proposals.protected import SecondOfficialNeeded
from voting.mailing.audiences import KINDS, reachable
from voting.mailing.tasks import send_mailing
from voting.mailing.texts import sound_words_for
from voting.models import (
    Audience,
    Election,
    Mail,
    Mailing,
    MailKind,
    State,
    WorkState,
    election_subject,
)
from voting.refusals import StepRefused

if TYPE_CHECKING:
    import datetime as dt

    from accounts.models import User
    from voting.models import Trustee, VoterRollEntry

PERMISSION: Final = "voting.send_mail"
AT_WORK: Final = (WorkState.ORDERED, WorkState.WRITING)
# A second click on the button must not send everything twice.
SAME_AGAIN: Final = timedelta(minutes=2)
RECEIPTS_A_DAY: Final = 3


@transaction.atomic
def order(
    election: Election, kind: str, audience: str, *, actor: User, site: str, now: dt.datetime
) -> Mailing:
    """Order letters to everybody of an audience. Raises StepRefused.

    The same order again within two minutes is the one from before.
    """
    if kind not in KINDS or audience not in Audience.values or audience == Audience.ONE:
        raise StepRefused(_("Choose what to send, and to whom."))
    if kind == MailKind.RESULT and election.state != State.RELEASED:
        raise StepRefused(_("There is no result yet."))
    # Two clicks at the same moment: the second one waits here, and then finds the first.
    Election.objects.select_for_update().get(pk=election.pk)
    same = Mailing.objects.filter(election=election, kind=kind, audience=audience)
    before = same.filter(asked_at__gt=now - SAME_AGAIN).exclude(state=WorkState.FAILED).first()
    if before is not None:
        return before
    total = reachable(election, audience, kind).count()
    if not total:
        raise StepRefused(_("Nobody in this audience has an e-mail address."))
    mailing = _new(election, kind, audience, actor=actor, site=site, now=now, total=total)
    record(
        Action.MAIL_ORDERED,
        actor=actor,
        subject=election_subject(election.pk),
        kind=kind,
        audience=audience,
        letters=total,
    )
    _start(mailing)
    return mailing


@transaction.atomic
def order_one(
    entry: VoterRollEntry, kind: str, *, actor: User, site: str, now: dt.datetime
) -> Mailing:
    """Order one letter to one voter, at the account's address. Raises StepRefused."""
    if entry.user is None or not entry.user.email:
        raise StepRefused(_("This voter has no e-mail address."))
    if kind == MailKind.RESULT and entry.election.state != State.RELEASED:
        raise StepRefused(_("There is no result yet."))
    mailing = _one(entry.election, kind, actor=actor, site=site, now=now)
    Mail.objects.create(mailing=mailing, entry=entry)
    _record_one(mailing, actor)
    return mailing


@transaction.atomic
def order_receipt(entry: VoterRollEntry, *, site: str, now: dt.datetime) -> None:
    """The voter wants the receipt by e-mail. Raises StepRefused."""
    if entry.user is None or not entry.user.email:
        raise StepRefused(_("The site has no e-mail address for you."))
    since = now - timedelta(days=1)
    earlier = Mail.objects.filter(
        entry=entry, mailing__kind=MailKind.RECEIPT, mailing__asked_at__gt=since
    )
    if earlier.count() >= RECEIPTS_A_DAY:
        raise StepRefused(_("Your receipt was sent several times today."))
    mailing = _one(entry.election, MailKind.RECEIPT, actor=entry.user, site=site, now=now)
    Mail.objects.create(mailing=mailing, entry=entry)


@transaction.atomic
def order_trustee_link(trustee: Trustee, *, actor: User, site: str, now: dt.datetime) -> None:
    """Have a new link made and mailed to a trustee, so that no official sees it.

    Raises StepRefused without an address, and SecondOfficialNeeded once a key is registered.
    """
    if not trustee.email:
        raise StepRefused(_("This trustee has no e-mail address."))
    if trustee.registration is not None:
        raise SecondOfficialNeeded
    mailing = _one(trustee.election, MailKind.TRUSTEE, actor=actor, site=site, now=now)
    Mail.objects.create(mailing=mailing, trustee=trustee, address=trustee.email)
    _record_one(mailing, actor)


@transaction.atomic
def stop(mailing: Mailing, *, actor: User) -> None:
    """No more letters leave; the one that is under way does."""
    at_work = Mailing.objects.filter(pk=mailing.pk, state__in=AT_WORK)
    if at_work.update(state=WorkState.FAILED, reason=_("An official stopped it.")):
        _record_change(mailing, actor, "stop")


@transaction.atomic
def go_on(mailing: Mailing, *, actor: User) -> None:
    """Send what is still waiting after a stop."""
    stopped = Mailing.objects.filter(pk=mailing.pk, state=WorkState.FAILED)
    if stopped.update(state=WorkState.ORDERED, reason="", beat_at=None):
        _record_change(mailing, actor, "go on")
        _start(mailing)


def _one(election: Election, kind: str, *, actor: User, site: str, now: dt.datetime) -> Mailing:
    mailing = _new(election, kind, Audience.ONE, actor=actor, site=site, now=now, total=1)
    Mailing.objects.filter(pk=mailing.pk).update(is_listed=True)
    _start(mailing)
    return mailing


def _new(
    election: Election,
    kind: str,
    audience: str,
    *,
    actor: User,
    site: str,
    now: dt.datetime,
    total: int,
) -> Mailing:
    words = sound_words_for(election, kind)
    return Mailing.objects.create(
        election=election,
        kind=kind,
        audience=audience,
        subject=words.subject,
        body=words.body,
        site=site,
        state=WorkState.ORDERED,
        total=total,
        asked_by=actor,
        asked_at=now,
    )


def _start(mailing: Mailing) -> None:
    transaction.on_commit(partial(send_mailing.delay, mailing.pk), robust=True)


def _record_one(mailing: Mailing, actor: User) -> None:
    record(
        Action.MAIL_ORDERED,
        actor=actor,
        subject=election_subject(mailing.election_id),
        kind=mailing.kind,
        audience=str(Audience.ONE),
        letters=1,
    )


def _record_change(mailing: Mailing, actor: User, change: str) -> None:
    subject = election_subject(mailing.election_id)
    record(Action.MAIL_CHANGED, actor=actor, subject=subject, sending=mailing.pk, change=change)
