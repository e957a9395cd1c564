"""The election and the engine behind the moving picture of the README, with drawn people only."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from typing import Any

from django.utils import timezone

from accounts.models import User
from biometrics.engine.types import Box, FrameResult
from tests.e2e.drawn_site import OFFICIAL, PASSWORD, SLUG, VOTER_NUMBERS
from tests.support.people import enrol
from tests.support.polls import BROWSER, give_grant
from tests.support.scripted_engine import ScriptedEngine
from voting.ballots import casting, presence
from voting.crypto.encryption import encrypt_ballot
from voting.elections import demonstration, freezing, life_cycle
from voting.elections.credentials import public_row_of
from voting.models import Election, FacePolicy, VoterRollEntry

NAME = "ada"
# The colour of the skin in drawn_portrait.js, and so the person whom the scripted engine sees.
PORTRAIT = (224, 172, 144)
HEAD_SHARE = (0.34, 0.56)
OTHERS = 47
STAY_AWAY = 9
# How often each choice is made, so that the result differs from choice to choice.
CHAIR_WEIGHTS = (5, 4, 2)
SPENDING_WEIGHTS = (5, 2, 3, 4, 6)


class PortraitEngine(ScriptedEngine):
    """The scripted engine with a box that fits the head of drawn_portrait.js."""

    def process(self, jpeg: bytes, **options: Any) -> FrameResult:
        result = super().process(jpeg, **options)
        faces = tuple(
            replace(face, box=_around_the_head(face.box, result)) for face in result.faces
        )
        return replace(result, faces=faces, face=faces[0] if result.face else None)


def _around_the_head(box: Box, frame: FrameResult) -> Box:
    """A box with the same centre; its size follows that of `box`."""
    across, down = box.centre
    size = 2 * box.width / frame.width
    width, height = (share * size / 2 for share in HEAD_SHARE)
    return Box(
        across - width * frame.width,
        down - height * frame.height,
        across + width * frame.width,
        down + height * frame.height,
    )


def set_up() -> None:
    """An open election with many ballots; one voter, enrolled, has yet to vote."""
    now = timezone.now()
    official = User.objects.create_user(OFFICIAL, is_staff=True)
    election = Election.objects.create(
        slug=SLUG, title="Board election", face_policy=FacePolicy.CAST
    )
    demonstration.add_contests(election)
    voter = User.objects.create_user(NAME, password=PASSWORD)
    enrol(voter, PORTRAIT, photos=3)
    _roll_entry(election, voter, VOTER_NUMBERS[NAME])
    others = [User.objects.create_user(f"voter-{number}") for number in range(OTHERS)]
    for number, other in enumerate(others, start=2000):
        _roll_entry(election, other, str(number))
    freezing.freeze(election, actor=official, now=now)
    life_cycle.open_election(election, actor=official, now=now)
    draw = random.Random(7)
    for other in others[STAY_AWAY:]:
        _cast(election, other, draw)


def _roll_entry(election: Election, user: User, voter_number: str) -> None:
    VoterRollEntry.objects.create(
        election=election,
        user=user,
        name=user.username,
        voter_number=voter_number,
        date_of_birth=dt.date(1990, 1, 1),
    )


def _cast(election: Election, user: User, draw: random.Random) -> None:
    manifest = freezing.read_manifest(election)
    entry = election.roll.get(user=user)
    chair, spending = manifest.contests
    (chosen,) = draw.choices([choice.id for choice in chair.choices], CHAIR_WEIGHTS)
    several = draw.choices([choice.id for choice in spending.choices], SPENDING_WEIGHTS, k=3)
    encrypted = encrypt_ballot(
        manifest,
        public_row_of(election, entry),
        {chair.id: [chosen], spending.id: sorted(set(several))},
    )
    give_grant(user, encrypted.opening.tracker)
    casting.cast_ballot(
        election,
        presence.Voter(user, entry, BROWSER),
        encrypted.ballot.to_json(),
        now=timezone.now(),
    )
