"""What waits for an official: shown at the top of the administration's first page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import overrides
from accounts.moments import in_words
from accounts.proposals import deciding, waiting_period
from biometrics.models import FaceLockout, PhotoState, ReferencePhoto
from voting.admin.steps import next_step
from voting.elections import joint_steps, life_cycle
from voting.elections.turnout import turnout_of
from voting.models import Election, State
from voting.roll import changes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.db.models import QuerySet

    from accounts.models import User

ELECTIONS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Matter:
    """One line on the desk, with a link to where the official can act."""

    title: str
    words: str
    url: str
    urgent: bool = False


def desk_of(official: User, *, now: datetime | None = None) -> list[Matter]:
    """What this official may act on, by their permissions. Urgent matters come first."""
    now = now or timezone.now()
    matters = [
        *_overrides(official, now),
        *_proposed(official, now),
        *_new_officials(official, now),
        *_lockouts(official),
        *_photos(official),
        *_elections(official, now),
    ]
    return sorted(matters, key=lambda matter: not matter.urgent)


def _overrides(official: User, now: datetime) -> Iterator[Matter]:
    if not official.has_perm(overrides.PERMISSION):
        return
    count = overrides.waiting(now=now).exclude(requested_by=official).count()
    if count:
        words = ngettext(
            "%(count)d voter stands before you without a face step: a second official must agree.",
            "%(count)d voters stand before you without a face step: a second official must agree.",
            count,
        )
        url = reverse("admin:accounts_accessoverride_changelist")
        yield Matter(_("Let a voter in"), words % {"count": count}, url, urgent=True)


def _proposed(official: User, now: datetime) -> Iterator[Matter]:
    """All that another official has proposed and this one may approve."""
    yield from _waiting(official, deciding.PERMISSION, deciding.waiting(now=now))
    yield from _waiting(official, joint_steps.PERMISSION, joint_steps.waiting())
    yield from _waiting(official, changes.PERMISSION, changes.proposed())


def _waiting(official: User, permission: str, steps: QuerySet[Any]) -> Iterator[Matter]:
    if not official.has_perm(permission):
        return
    count = steps.exclude(proposed_by=official).count()
    if count:
        words = ngettext(
            "%(count)d waits for your approval.", "%(count)d wait for your approval.", count
        )
        named = steps.model._meta
        url = reverse(f"admin:{named.app_label}_{named.model_name}_changelist")
        title = capfirst(str(named.verbose_name_plural))
        yield Matter(title, words % {"count": count}, f"{url}?decision=waiting", urgent=True)


def _new_officials(official: User, now: datetime) -> Iterator[Matter]:
    """Whoever may approve soon is named, so that no superuser makes a second official in secret."""
    if not official.has_perm(deciding.PERMISSION):
        return
    for new in waiting_period.waiting(now=now):
        words = _(
            "%(name)s got rights, a password or an authenticator from another official, and can "
            "approve changes from %(when)s."
        ) % {"name": new.get_username(), "when": in_words(new.may_approve_from or now)}
        url = reverse("admin:accounts_auditevent_changelist")
        yield Matter(_("Officials"), words, url)


def _lockouts(official: User) -> Iterator[Matter]:
    if not official.has_perm("biometrics.view_facelockout"):
        return
    count = FaceLockout.objects.filter(blocked=True).count()
    if count:
        words = ngettext(
            "The face check of %(count)d account is turned off after too many failures.",
            "The face checks of %(count)d accounts are turned off after too many failures.",
            count,
        )
        url = reverse("admin:biometrics_facelockout_changelist") + "?blocked__exact=1"
        yield Matter(_("Blocked voters"), words % {"count": count}, url, urgent=True)


def _photos(official: User) -> Iterator[Matter]:
    if not official.has_perm("biometrics.view_referencephoto"):
        return
    photos = ReferencePhoto.objects.all()
    waiting = photos.filter(state=PhotoState.WAITING).count()
    refused = photos.filter(state=PhotoState.REFUSED).count()
    if waiting or refused:
        words = _("%(waiting)d waiting to be checked, %(refused)d refused.")
        url = reverse("admin:biometrics_enrolment_queue")
        yield Matter(_("Photos"), words % {"waiting": waiting, "refused": refused}, url)


def _elections(official: User, now: datetime) -> Iterator[Matter]:
    if not official.has_perm("voting.view_election"):
        return
    unreleased = Election.objects.exclude(state__in=[State.RELEASED, State.CALLED_OFF])
    for election in unreleased.order_by("-pk")[:ELECTIONS_SHOWN]:
        url = reverse("admin:voting_election_change", args=[election.pk])
        reasons = life_cycle.overdue(election, now)
        if reasons:
            yield Matter(election.title, " ".join(reasons), url, urgent=True)
        else:
            yield Matter(election.title, _state_and_next_step(election), url)


def _state_and_next_step(election: Election) -> str:
    state = str(State(election.state).label)
    if election.state == State.OPEN:
        turnout = turnout_of(election)
        counted = {"voted": turnout.voted, "eligible": turnout.eligible}
        state = _("open: %(voted)d of %(eligible)d have voted") % counted
    step = next_step(election)
    return f"{state} · {_('next')}: {step.label}" if step else state
