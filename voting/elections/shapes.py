"""The facts about an election and its contests that the rules need, read from the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count

from voting.crypto import text
from voting.crypto.group import point_from_hex
from voting.crypto.proofs import Proof
from voting.crypto.registrars.points import holds_points
from voting.elections.rules import ContestShape, ElectionShape
from voting.elections.texts import flawed, in_every_language
from voting.keys import ceremony

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

    from voting.models import Choice, Contest, Election, Registrar, VoterRollEntry


def election_shape(election: Election) -> ElectionShape:
    roll = election.roll.filter(removed_by__isnull=True)
    trustees_named = list(election.trustees.all())
    guilty = ceremony.at_fault(election)
    contests = list(election.contests.select_related("election").prefetch_related("choices"))
    registrars = list(election.registrars.all())
    return ElectionShape(
        contests=tuple(contest_shape(contest) for contest in contests),
        flawed_texts=tuple(_flawed_texts(election, contests)),
        voters=roll.count(),
        voters_without_account=roll.filter(user__isnull=True).count(),
        asks_date_of_birth=election.ask_date_of_birth,
        voters_without_birth=roll.filter(date_of_birth__isnull=True).count(),
        voters_by_district=tuple(_voters_by_district(election)),
        trustees=len(trustees_named),
        threshold=election.threshold,
        trustees_ready=sum(trustee.confirmation is not None for trustee in trustees_named),
        at_fault=tuple(trustee.name for trustee in trustees_named if trustee.index in guilty),
        server_key=election.is_server_key,
        opens_at=election.opens_at,
        closes_at=election.closes_at,
        witnesses=election.witnesses.count(),
        witness_quorum=election.witness_quorum,
        registrars_without_file=tuple(
            registrar.name for registrar in registrars if not _has_signed(registrar, roll)
        ),
        registrars_in_order=[item.index for item in registrars]
        == list(range(1, len(registrars) + 1)),
        voters_without_points=sum(
            len(points) != len(registrars)
            for points in roll.values_list("points", flat=True).iterator()
        )
        if registrars
        else 0,
    )


def _has_signed(registrar: Registrar, roll: QuerySet[VoterRollEntry]) -> bool:
    """Whether the registrar has signed the points that the roll has now."""
    if not registrar.signature:
        return False
    place = registrar.index - 1
    rows = roll.values_list("points", flat=True).iterator()
    points = [bytes.fromhex(row[place]) for row in rows if len(row) > place]
    signature, key = Proof.from_list(registrar.signature), point_from_hex(registrar.key)
    return holds_points(signature, registrar.election.slug, registrar.index, key, points)


def contest_shape(contest: Contest) -> ContestShape:
    election, choices = contest.election, list(contest.choices.all())
    return ContestShape(
        title=contest.title,
        kind=contest.kind,
        min=contest.min_selections,
        max=contest.max_selections,
        blank=contest.blank_allowed,
        names=tuple(choice.name for choice in choices),
        labels=_labels(election, choices),
        groups=tuple(text.normalise(group) for group in contest.groups),
    )


def _labels(election: Election, choices: list[Choice]) -> tuple[tuple[tuple[str, str], ...], ...]:
    """In each language, name and party of each choice."""
    names = [in_every_language(election, choice, "name") for choice in choices]
    parties = [in_every_language(election, choice, "party") for choice in choices]
    return tuple(
        tuple((n[language], p[language]) for n, p in zip(names, parties, strict=True))
        for language in election.languages
    )


def _flawed_texts(election: Election, contests: list[Contest]) -> Iterator[tuple[str, str]]:
    yield from flawed(election, election)
    for contest in contests:
        yield from flawed(election, contest)
        for choice in contest.choices.all():
            yield from flawed(election, choice)


def _voters_by_district(election: Election) -> Iterator[tuple[str, int]]:
    roll = election.roll.filter(removed_by__isnull=True).order_by()
    counted = roll.values("district").annotate(voters=Count("pk"))
    yield from ((text.normalise(row["district"]), row["voters"]) for row in counted)
