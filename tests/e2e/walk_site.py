"""The election and the engine behind the picture of the README: drawn people only."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from typing import Any

from django.utils import timezone

from accounts.models import User
from biometrics.consent.agreement import CONSENT_VERSION, give_consent
from biometrics.engine.types import Box, FrameResult
from biometrics.models import Reference
from biometrics.storage.templates import reference_binding, seal_template
from tests.e2e.drawn_site import OFFICIAL, PASSWORD, SLUG, VOTER_NUMBERS
from tests.support.pictures import drawn, encoded
from tests.support.polls import BROWSER, give_grant
from tests.support.scripted_engine import ScriptedEngine
from voting.ballots import casting, presence
from voting.crypto.encryption import encrypt_ballot
from voting.elections import freezing, life_cycle
from voting.elections.demonstration import CHAIR, SPENDING
from voting.models import Choice, Contest, ContestKind, Election, FacePolicy, VoterRollEntry

NAME = "ada"
# The skin of drawn_portrait.js: to the scripted engine one person, as every colour is.
PORTRAIT = (224, 172, 144)
HEAD_SHARE = (0.34, 0.56)
OTHERS = 47
STAY_AWAY = 9
# How often each choice is made, out of all: so that the result is worth a look.
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
    """Centred like `box`; it grows with it."""
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
    _contests(election)
    voter = User.objects.create_user(NAME, password=PASSWORD)
    _enrol(voter)
    _roll_entry(election, voter, VOTER_NUMBERS[NAME])
    others = [User.objects.create_user(f"voter-{number}") for number in range(OTHERS)]
    for number, other in enumerate(others, start=2000):
        _roll_entry(election, other, str(number))
    freezing.freeze(election, actor=official, now=now)
    life_cycle.open_election(election, actor=official, now=now)
    draw = random.Random(7)
    for other in others[STAY_AWAY:]:
        _cast(election, other, draw)


def _contests(election: Election) -> None:
    chair = Contest.objects.create(election=election, title="Chair", order=1)
    for place, (name, party, colour, statement) in enumerate(CHAIR):
        Choice.objects.create(
            contest=chair, name=name, party=party, colour=colour, statement=statement, order=place
        )
    spending = Contest.objects.create(
        election=election,
        title="What should we spend on?",
        kind=ContestKind.SEVERAL,
        min_selections=1,
        max_selections=3,
        order=2,
    )
    for place, name in enumerate(SPENDING):
        Choice.objects.create(contest=spending, name=name, order=place)


def _enrol(user: User) -> None:
    sample = ScriptedEngine().enrol(encoded(drawn(PORTRAIT)))
    sha256 = ScriptedEngine.encoder_sha256
    assert sample.template is not None
    give_consent(user, CONSENT_VERSION, timezone.now())
    Reference.objects.create(
        user=user,
        encoder=ScriptedEngine.encoder_name,
        encoder_sha256=sha256,
        template=seal_template(sample.template, bound_to=reference_binding(user.pk, sha256)),
        photos_used=3,
        made_at=timezone.now(),
    )


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
    made = encrypt_ballot(
        manifest, entry.credential, {chair.id: [chosen], spending.id: sorted(set(several))}
    )
    give_grant(user, made.opening.tracker)
    casting.cast_ballot(
        election,
        presence.Voter(user, entry, BROWSER),
        made.ballot.to_json(),
        now=timezone.now(),
    )
