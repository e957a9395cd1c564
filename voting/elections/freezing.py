"""Freezing: a draft becomes a manifest with a fingerprint, and nothing can change it any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import Action, record
from voting.crypto.board.heads import new_board_key
from voting.crypto.canonical import NotCanonicalError
from voting.crypto.contests import ManifestInvalid
from voting.crypto.group import GroupError
from voting.crypto.manifest import Manifest
from voting.crypto.text import TextInvalid
from voting.crypto.trustees.key import check_key, server_key
from voting.crypto.trustees.secret import new_secret
from voting.crypto.trustees.terms import Ceremony, TrusteeRefused
from voting.elections import credentials
from voting.elections.checklist import missing
from voting.elections.manifests import make_manifest
from voting.elections.shapes import election_shape
from voting.keys import ceremony, sealed
from voting.models import (
    Choice,
    Contest,
    ContestKind,
    Election,
    State,
    WorkState,
    election_subject,
)
from voting.refusals import StepRefused

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from accounts.models import User
    from voting.crypto.board.heads import BoardKey
    from voting.crypto.trustees.key import KeySetup
    from voting.elections.credentials import RollMark

# How often freezing begins again because somebody has added or removed a voter meanwhile.
ATTEMPTS = 5


def checklist(election: Election, now: dt.datetime | None = None) -> list[str]:
    """A sentence for each thing that is missing before this election can be frozen."""
    reasons = missing(election_shape(election), now or timezone.now())
    if election.imports.filter(state__in=[WorkState.ORDERED, WorkState.WRITING]).exists():
        reasons.append(_("A roll is being imported into this election."))
    return reasons


def freeze(
    election: Election,
    *,
    actor: User,
    now: dt.datetime,
    report: Callable[[int, int], None] = lambda _done, _total: None,
) -> None:
    """Freeze the election as it is in the database. Raises StepRefused.

    Whatever takes long is done before the last transaction, so that nobody waits for the database:
    the pseudonyms of the voters, in batches, of which `report` is told, and the hash of the roll.
    """
    _require_ready(Election.objects.get(pk=election.pk), now)
    for _attempt in range(ATTEMPTS):
        credentials.give_missing(election, report)
        mark, hash_of_roll = credentials.marked_hash(Election.objects.get(pk=election.pk))
        if _freeze(election, mark, hash_of_roll, actor=actor, now=now):
            election.refresh_from_db()
            return
    raise StepRefused(_("The roll is being changed at this moment. Try again."))


@transaction.atomic
def _freeze(
    election: Election, mark: RollMark, hash_of_roll: str, *, actor: User, now: dt.datetime
) -> bool:
    """False if the roll has changed since it was hashed. Raises StepRefused."""
    locked = credentials.require_draft(election.pk)
    _require_ready(locked, now)
    if locked.roll.filter(credential="").exists() or credentials.mark_of(locked) != mark:
        return False
    _give_keys(locked)
    board_key = new_board_key()
    key, seed = _decryption_key(locked)
    frozen = _checked_manifest(locked, key, board_key, hash_of_roll)
    sealed.keep(locked, board_key, seed)
    Election.objects.filter(pk=locked.pk, state=State.DRAFT).update(
        state=State.FROZEN,
        manifest=frozen.to_json().decode(),
        fingerprint=frozen.fingerprint,
        # A manifest knows minutes, and the clock of the site must keep what it says.
        opens_at=_whole_minute(locked.opens_at),
        closes_at=_whole_minute(locked.closes_at),
    )
    record(
        Action.ELECTION_FROZEN,
        actor=actor,
        subject=election_subject(locked.pk),
        fingerprint=frozen.fingerprint,
    )
    return True


def _require_ready(election: Election, now: dt.datetime) -> None:
    """Raises StepRefused."""
    if election.state != State.DRAFT:
        raise StepRefused(_("This election is frozen already."))
    reasons = checklist(election, now)
    if reasons:
        raise StepRefused(*reasons)


def read_manifest(election: Election) -> Manifest:
    """The manifest of a frozen election."""
    return Manifest.from_json(election.manifest.encode())


def _give_keys(election: Election) -> None:
    """Number the contests and choices; the manifest and the ballots name them by these keys."""
    for number, contest in enumerate(election.contests.all(), start=1):
        Contest.objects.filter(pk=contest.pk).update(key=f"contest-{number}")
        for place, choice in enumerate(contest.choices.all(), start=1):
            Choice.objects.filter(pk=choice.pk).update(key=f"choice-{place}")


def _decryption_key(election: Election) -> tuple[KeySetup, bytes]:
    """The public key, and the server's seed for it, which is empty if trustees hold the key."""
    if not election.is_server_key:
        return ceremony.assembled_key(election), b""
    secret = new_secret(Ceremony(election.slug, 1, 1), 1)
    setup, _share = server_key(secret, "Server")
    return setup, secret.seed


def _checked_manifest(
    election: Election, key: KeySetup, board_key: BoardKey, hash_of_roll: str
) -> Manifest:
    """The manifest as everybody will read it: written, and read back. Raises StepRefused.

    Freezing can not be undone, so whatever would not be read later is refused now.
    """
    try:
        made = make_manifest(election, key, board_key, hash_of_roll)
        read = Manifest.from_json(made.to_json())
        check_key(election.slug, read.key)
    except (ManifestInvalid, NotCanonicalError, TextInvalid, TrusteeRefused, GroupError) as error:
        raise StepRefused(
            _("This election can not be frozen as it is: %(code)s") % {"code": error}
        ) from error
    return read


def _whole_minute(moment: dt.datetime | None) -> dt.datetime | None:
    return moment and moment.replace(second=0, microsecond=0)


def fill_yes_no(contest: Contest) -> None:
    """Add the three choices of a yes-no contest, unless it has choices already."""
    if contest.kind != ContestKind.YES_NO or contest.choices.exists():
        return
    for place, name in enumerate((_("Yes"), _("No"), _("Abstain"))):
        Choice.objects.create(contest=contest, name=name, order=place)
