"""Freezing: a draft becomes a manifest with a fingerprint, and nothing can change it any more."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import Action, record
from voting.crypto import chain, manifest
from voting.crypto.manifest import Manifest, VoterDisplay
from voting.crypto.trustees.ceremony import new_seed
from voting.crypto.trustees.key import server_key
from voting.elections import credentials, rules
from voting.elections.rules import ContestShape, ElectionShape
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
    from voting.crypto.chain import BoardKey
    from voting.crypto.manifest import KeySetup
    from voting.elections.credentials import RollMark

# How often freezing begins again because somebody has added or removed a voter meanwhile.
ATTEMPTS = 5


def checklist(election: Election, now: dt.datetime | None = None) -> list[str]:
    """A sentence for each thing that is missing before this election can be frozen."""
    reasons = rules.missing(election_shape(election), now or timezone.now())
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
    board_key = chain.new_board_key()
    key, seed = _decryption_key(locked)
    frozen = _manifest(locked, key, board_key, hash_of_roll)
    sealed.keep(locked, board_key, seed)
    Election.objects.filter(pk=locked.pk, state=State.DRAFT).update(
        state=State.FROZEN, manifest=frozen.to_json().decode(), fingerprint=frozen.fingerprint
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


def election_shape(election: Election) -> ElectionShape:
    roll = election.roll.filter(removed_by__isnull=True)
    trustees_named = list(election.trustees.all())
    return ElectionShape(
        contests=tuple(
            contest_shape(contest) for contest in election.contests.prefetch_related("choices")
        ),
        voters=roll.count(),
        voters_without_account=roll.filter(user__isnull=True).count(),
        asks_date_of_birth=election.ask_date_of_birth,
        voters_without_birth=roll.filter(date_of_birth__isnull=True).count(),
        trustees=len(trustees_named),
        threshold=election.threshold,
        trustees_ready=sum(trustee.confirmation is not None for trustee in trustees_named),
        server_key=election.is_server_key,
        closes_at=election.closes_at,
    )


def contest_shape(contest: Contest) -> ContestShape:
    return ContestShape(
        title=contest.title,
        kind=contest.kind,
        min=contest.min_selections,
        max=contest.max_selections,
        blank=contest.blank_allowed,
        names=tuple(choice.name for choice in contest.choices.all()),
    )


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
    seed = new_seed()
    setup, _share = server_key(seed, election.slug, "Server")
    return setup, seed


def _manifest(
    election: Election, key: KeySetup, board_key: BoardKey, hash_of_roll: str
) -> Manifest:
    contests = election.contests.prefetch_related("choices")
    return Manifest(
        id=election.slug,
        title=_plain(election.title),
        contests=tuple(_frozen_contest(contest) for contest in contests),
        key=key,
        board_key=board_key.public,
        roll=hash_of_roll,
        revote=election.allow_revote,
        voters=VoterDisplay(election.board_identity),
    )


def _frozen_contest(contest: Contest) -> manifest.Contest:
    allowed = rules.limits(contest_shape(contest))
    choices = tuple(
        manifest.Choice(choice.key, _plain(_choice_title(choice)))
        for choice in contest.choices.all()
    )
    return manifest.Contest(
        contest.key, _plain(contest.title), choices, allowed.min, allowed.max, allowed.blank
    )


def _choice_title(choice: Choice) -> str:
    return f"{choice.name} ({choice.party})" if choice.party else choice.name


def _plain(text: str) -> str:
    """Text in the form that a manifest requires: NFC, and no control characters."""
    spaced = "".join(" " if ord(letter) < 32 else letter for letter in text)
    return unicodedata.normalize("NFC", spaced).strip()


def fill_yes_no(contest: Contest) -> None:
    """Add the three choices of a yes-no contest, unless it has choices already."""
    if contest.kind != ContestKind.YES_NO or contest.choices.exists():
        return
    for place, name in enumerate((_("Yes"), _("No"), _("Abstain"))):
        Choice.objects.create(contest=contest, name=name, order=place)
