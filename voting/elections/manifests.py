"""The manifest of an election, made from the rows of a draft. docs/cryptography.md, section 3."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from django.conf import settings

from voting.crypto import contests, group, text, times
from voting.crypto.manifest import Manifest
from voting.crypto.policies import (
    FacePolicy,
    Movements,
    Purpose,
    Registrar,
    VoterDisplay,
    Witness,
    Witnesses,
)
from voting.crypto.proofs import Proof
from voting.elections import rules
from voting.elections.shapes import contest_shape
from voting.elections.texts import frozen_texts, in_every_language
from voting.models import AskedToMove
from voting.models import FacePolicy as FaceStep

if TYPE_CHECKING:
    import datetime as dt

    from voting.crypto.board.heads import BoardKey
    from voting.crypto.trustees.key import KeySetup
    from voting.models import Choice, Contest, Election

# From the mildest to the strictest; the settings call the mildest "passive".
STRICTER: Final = (Movements.NEVER, Movements.UNSURE, Movements.ALWAYS)


def make_manifest(
    election: Election, key: KeySetup, board_key: BoardKey, hash_of_roll: str
) -> Manifest:
    """The manifest. Raises ManifestInvalid or TextInvalid for what no election can have."""
    in_order = election.contests.prefetch_related("choices__pictures")
    return Manifest(
        id=election.slug,
        languages=tuple(election.languages),
        title=in_every_language(election, election, "title"),
        description=frozen_texts(election, election, "description"),
        contests=tuple(_frozen_contest(election, contest) for contest in in_order),
        key=key,
        board_key=board_key.public,
        roll=hash_of_roll,
        revote=election.allow_revote,
        voters=VoterDisplay(election.board_identity),
        opens=_moment(election.opens_at),
        closes=_moment(election.closes_at),
        face=_face(election),
        least=election.least,
        purpose=Purpose(election.purpose),
        registrars=tuple(
            Registrar(
                text.normalise(registrar.name),
                group.point_from_hex(registrar.key),
                Proof.from_list(registrar.signature),
            )
            for registrar in election.registrars.all()
        ),
        witnesses=Witnesses(
            tuple(
                Witness(text.normalise(witness.name), group.point_from_hex(witness.key))
                for witness in election.witnesses.all()
            ),
            election.witness_quorum,
        ),
    )


def _frozen_contest(election: Election, contest: Contest) -> contests.Contest:
    allowed = rules.limits(contest_shape(contest))
    return contests.Contest(
        id=contest.key,
        title=in_every_language(election, contest, "title"),
        choices=tuple(_frozen_choice(election, choice) for choice in contest.choices.all()),
        min=allowed.min,
        max=allowed.max,
        blank=allowed.blank,
        description=frozen_texts(election, contest, "description"),
        groups=tuple(sorted({text.normalise(name) for name in contest.groups})),
    )


def _frozen_choice(election: Election, choice: Choice) -> contests.Choice:
    pictures = sorted(choice.pictures.all(), key=lambda picture: picture.role)
    return contests.Choice(
        id=choice.key,
        title=in_every_language(election, choice, "name"),
        party=frozen_texts(election, choice, "party"),
        statement=frozen_texts(election, choice, "statement"),
        pictures=tuple(hashlib.sha256(bytes(item.webp)).hexdigest() for item in pictures),
    )


def _moment(at: dt.datetime | None) -> str:
    return times.moment_of(at) if at else ""


def _face(election: Election) -> FacePolicy:
    """What is asked of each voter: an election may ask for more than the site, never for less."""
    each_ballot = election.face_policy == FaceStep.CAST
    of_site = settings.CHALLENGE_CAST if each_ballot else settings.CHALLENGE_LOGIN
    asked = [Movements.NEVER if of_site == "passive" else Movements(of_site)]
    if election.challenge != AskedToMove.SITE:
        asked.append(Movements(election.challenge))
    return FacePolicy(each_ballot, max(asked, key=STRICTER.index))
