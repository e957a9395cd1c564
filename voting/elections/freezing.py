"""Freezing: a draft becomes a manifest with a fingerprint, and nothing can change it any more."""

from __future__ import annotations

import secrets
import unicodedata
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import Action, record
from voting.crypto import chain, manifest, tracker
from voting.crypto.manifest import Manifest, VoterDisplay
from voting.crypto.roll import RollEntry, roll_hash
from voting.crypto.trustees.ceremony import new_seed
from voting.crypto.trustees.key import server_key
from voting.elections import rules
from voting.elections.rules import ContestShape, ElectionShape
from voting.keys import ceremony, sealed
from voting.models import (
    BoardIdentity,
    Choice,
    Contest,
    ContestKind,
    Election,
    State,
    VoterRollEntry,
    election_subject,
)
from voting.refusals import StepRefused

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from accounts.models import User
    from voting.crypto.chain import BoardKey
    from voting.crypto.manifest import KeySetup

CREDENTIAL_BYTES = 16
ALIAS_BYTES = 5
BATCH = 1000


def checklist(election: Election, now: dt.datetime | None = None) -> list[str]:
    """A sentence for each thing that is missing before this election can be frozen."""
    return rules.missing(election_shape(election), now or timezone.now())


@transaction.atomic
def freeze(election: Election, *, actor: User, now: dt.datetime) -> None:
    """Freeze the election as it is in the database. Raises StepRefused."""
    locked = Election.objects.select_for_update().get(pk=election.pk)
    if locked.state != State.DRAFT:
        raise StepRefused(_("This election is frozen already."))
    reasons = checklist(locked, now)
    if reasons:
        raise StepRefused(*reasons)
    _give_keys(locked)
    _give_credentials(locked.roll.all())
    board_key = chain.new_board_key()
    key, seed = _decryption_key(locked)
    frozen = _manifest(locked, key, board_key)
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
    election.refresh_from_db()


def read_manifest(election: Election) -> Manifest:
    """The manifest of a frozen election."""
    return Manifest.from_json(election.manifest.encode())


def public_roll(election: Election) -> list[RollEntry]:
    """The roll as it goes onto the board: credentials, and aliases unless voters are hidden."""
    hidden = election.board_identity == BoardIdentity.HIDDEN
    entries = election.roll.filter(removed_by__isnull=True).values_list("credential", "alias")
    return [
        RollEntry(credential, "" if hidden else alias) for credential, alias in entries.iterator()
    ]


def new_credential() -> str:
    return secrets.token_hex(CREDENTIAL_BYTES)


def new_alias() -> str:
    """Something like V-7H2K9QXM: 40 random bits in eight letters of five bits each."""
    number = secrets.randbits(ALIAS_BYTES * 8)
    letters = (tracker.ALPHABET[number >> 5 * place & 31] for place in range(8))
    return "V-" + "".join(letters)


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


def _give_credentials(roll: Iterable[VoterRollEntry]) -> None:
    entries = list(roll)
    for entry in entries:
        entry.credential, entry.alias = new_credential(), new_alias()
    VoterRollEntry.objects.bulk_update(entries, ["credential", "alias"], batch_size=BATCH)


def _decryption_key(election: Election) -> tuple[KeySetup, bytes]:
    """The public key, and the server's seed for it, which is empty if trustees hold the key."""
    if not election.is_server_key:
        return ceremony.assembled_key(election), b""
    seed = new_seed()
    setup, _share = server_key(seed, election.slug, "Server")
    return setup, seed


def _manifest(election: Election, key: KeySetup, board_key: BoardKey) -> Manifest:
    contests = election.contests.prefetch_related("choices")
    return Manifest(
        id=election.slug,
        title=_plain(election.title),
        contests=tuple(_frozen_contest(contest) for contest in contests),
        key=key,
        board_key=board_key.public,
        roll=roll_hash(public_roll(election)),
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
