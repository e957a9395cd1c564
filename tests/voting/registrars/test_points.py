"""A registrar's file of points, from the voters' file to ballots that are signed with codes."""

from __future__ import annotations

import json

import pytest
from django.utils import timezone

from accounts.models import AuditEvent
from verifier import verify_election
from verifier.registering.roll_file import read_people
from verifier.rules.group import random_scalar
from verifier.rules.strict import dump
from voting.board import reading
from voting.counting import counting
from voting.elections import freezing, life_cycle
from voting.models import Registrar, VoterRollEntry
from voting.refusals import CastRefused, StepRefused
from voting.registrars.points import take_points
from voting.registrars.voters_file import voters_file


def verified(registered):
    file = b"".join(reading.board_file(registered.election))
    return verify_election.verify(file, in_progress=True, processes=1)


def test_an_election_with_a_registrar_is_held_with_codes_and_verifies(one):
    one.take()
    one.open()
    one.cast(0)
    one.cast(1)
    life_cycle.close_election(one.election, actor=one.poll.official, now=timezone.now())
    counting.count(one.election, now=timezone.now())

    found = verified(one)

    assert found.problems == []
    assert found.parts
    assert [registrar.name for registrar in found.parts.manifest.registrars] == ["Registrar"]
    assert found.parts.box.ballots == 2


def test_an_election_with_two_registrars_needs_both_codes(two):
    two.take(1)
    two.take(2)
    two.open()
    two.cast(0)
    wrong = [*two.secrets("N1")[:1], random_scalar()]

    with pytest.raises(CastRefused):
        two.cast(1, wrong)

    assert verified(two).problems == []


def test_a_ballot_without_the_code_is_refused(one):
    one.take()
    one.open()

    with pytest.raises(CastRefused):
        one.cast(0, [random_scalar()])


def test_the_first_registrars_point_is_the_credential(one):
    one.take()
    one.open()

    for entry in one.election.roll.all():
        assert entry.credential == entry.points[0]


def test_the_election_can_not_be_frozen_before_the_file_is_there(one):
    assert any("Registrar is missing" in reason for reason in freezing.checklist(one.election))

    one.take()

    assert freezing.checklist(one.election) == []


def test_a_roll_that_has_changed_since_needs_a_new_file(one):
    one.take()
    one.election.roll.first().delete()
    assert any("the roll has changed" in reason for reason in freezing.checklist(one.election))

    one.take()

    assert freezing.checklist(one.election) == []


def test_a_credential_that_was_given_before_the_file_came_is_given_anew(one):
    for number, entry in enumerate(one.election.roll.all()):
        one.election.roll.filter(pk=entry.pk).update(credential=f"voter-{number}")
    one.take()

    assert set(one.election.roll.values_list("credential", flat=True)) == {""}


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda value: b"", "not a registrar's file"),
        (lambda value: b"[" * 5000, "not a registrar's file"),
        (lambda value: dump(value | {"signature": ["00" * 32] * 2}), "not a registrar's file"),
        (lambda value: dump(value | {"points": value["points"][1:]}), "not a registrar's file"),
        (lambda value: dump(value | {"format": "facevote-registrar-1"}), "not a registrar's file"),
    ],
)
def test_a_file_that_is_not_what_the_registrar_has_signed_is_refused(one, spoil, words):
    data = spoil(json.loads(one.draw()))

    with pytest.raises(StepRefused, match=words):
        take_points(one.registrar(), data, actor=one.poll.official)

    assert one.registrar().signature is None


def refused(registered, data, index=1):
    registrar = registered.registrar(index)
    with pytest.raises(StepRefused) as refusal:
        take_points(registrar, data, actor=registered.poll.official)
    return [str(reason) for reason in refusal.value.reasons]


def test_each_voter_who_does_not_fit_is_named(one):
    data = one.draw()
    first = one.election.roll.get(voter_number="N0")
    first.voter_number = "N9"
    first.save()

    assert refused(one, data) == [
        "Entry 1: nobody on the roll has the number “N0”.",
        "The voter with the number “n9” is missing in the file.",
    ]


def test_the_file_of_another_election_or_registrar_is_refused(two):
    data = two.draw(1)
    two.take(1)
    assert "registrar number 1" in refused(two, data, index=2)[0]

    two.election.slug = "another"
    two.election.save()
    assert "for the election “e”" in refused(two, data)[0]


def test_the_second_registrar_comes_second(two):
    two.draw(1)
    assert "first registrar comes first" in refused(two, two.draw(2), index=2)[0]


def test_a_new_file_of_the_first_registrar_leaves_the_second_in_place(two):
    two.take(1)
    two.take(2)
    before = dict(two.election.roll.values_list("pk", "points"))

    two.codes = [two.codes[0], two.codes[1]]
    data = two.draw(1)
    take_points(two.registrar(1), data, actor=two.poll.official)

    for pk, points in two.election.roll.values_list("pk", "points"):
        assert points[1] == before[pk][1]
        assert points[0] != before[pk][0]


def test_points_are_taken_in_a_draft_alone(one):
    one.take()
    data = one.draw()
    freezing.freeze(one.election, actor=one.poll.official, now=timezone.now())

    with pytest.raises(Exception, match="frozen"):
        take_points(one.registrar(), data, actor=one.poll.official)


def test_the_audit_log_tells_of_the_file_and_of_no_voter(one):
    one.take()

    event = AuditEvent.objects.filter(action="registrar_file").get()

    assert event.details == {"registrar": 1, "voters": 3}


def test_the_voters_file_is_what_the_registrars_program_reads(one, tmp_path):
    VoterRollEntry.objects.filter(voter_number="N0").update(name="=Ann", district="North")
    data, number = voters_file(one.election)
    file = tmp_path / "voters.csv"
    file.write_bytes(data)

    people = read_people(file)

    assert number == 3
    assert [(person.number, person.name) for person in people] == [
        ("N0", "'=Ann"),
        ("N1", "Voter 1"),
        ("N2", "Voter 2"),
    ]
    assert b"1980" not in data


def test_a_number_that_a_spreadsheet_would_take_for_a_formula_comes_back(one):
    entry = one.election.roll.get(voter_number="N0")
    entry.voter_number = "-5"
    entry.save()

    one.take()

    assert Registrar.objects.get(election=one.election).signature
