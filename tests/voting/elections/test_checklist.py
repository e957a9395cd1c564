"""What the checklist says of texts, choices that look alike, districts and watchers."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from tests.support.polls import draft_election
from voting.elections import freezing
from voting.models import Choice, Contest, Election, Registrar, VoterRollEntry, Witness
from voting.refusals import StepRefused


def names(poll, *pairs):
    contest = Contest.objects.get(election=poll.election)
    contest.choices.all().delete()
    for place, (name, party) in enumerate(pairs):
        Choice.objects.create(contest=contest, name=name, party=party, order=place)
    return freezing.checklist(poll.election)


def test_a_draft_without_a_fault_lacks_nothing(draft):
    assert freezing.checklist(draft.election) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        *(("José", "Jose\u0301"), ("Jo Smith", "Jo  Smith"), ("Jo Smith", "Jo\u00a0Smith")),
        *(("Jo", "J\u200bo"), ("Ann", "ANN"), ("Ann", "\uff21nn")),
    ],
)
def test_two_choices_that_look_alike_are_named(draft, first, second):
    reasons = names(draft, (first, ""), (second, ""))

    assert any("two choices of one name" in reason for reason in reasons)


def test_two_people_of_one_name_in_two_parties_are_two_choices(draft, now):
    assert names(draft, ("Jo Smith", "Green"), ("Jo Smith", "Blue")) == []

    freezing.freeze(draft.election, actor=draft.official, now=now)

    titles = [c.shown("en") for c in freezing.read_manifest(draft.election).contests[0].choices]
    assert titles == [("Jo Smith", "Green"), ("Jo Smith", "Blue")]


def test_one_name_in_parties_that_look_alike_is_one_choice_twice(draft):
    reasons = names(draft, ("Jo Smith", "Green"), ("Jo Smith", "GREEN"))

    assert any("two choices of one name" in reason for reason in reasons)


@pytest.mark.parametrize("name", ["\u200b", "\u3164 ", "\u00ad"])
def test_a_choice_without_a_visible_name_is_named(draft, name):
    reasons = names(draft, (name, ""), ("B", ""))

    assert any("shows nothing" in reason for reason in reasons)


@pytest.mark.parametrize("name", ["\u202eevil", "a\u0001b", "x\ue000"])
def test_a_text_that_no_manifest_can_hold_is_named(draft, name):
    reasons = names(draft, (name, ""), ("B", ""))

    assert any("Type it again by hand" in reason for reason in reasons)
    with pytest.raises(StepRefused):
        freezing.freeze(draft.election, actor=draft.official, now=timezone.now())


def test_a_name_that_its_normal_form_makes_too_long_is_refused_where_it_is_typed(draft):
    contest = Contest.objects.get(election=draft.election)

    with pytest.raises(ValidationError, match="at most 200 characters"):
        Choice(contest=contest, name="\ufb2c" * 200).full_clean()


def test_a_title_of_control_characters_is_named(draft):
    Contest.objects.update(title="\u0001")

    assert any("Type it again" in reason for reason in freezing.checklist(draft.election))


def test_a_choice_called_blank_beside_a_blank_ballot_is_told(draft):
    assert any("called blank" in reason for reason in names(draft, ("Blank", ""), ("Jo", "")))
    Contest.objects.update(blank_allowed=False)
    assert freezing.checklist(draft.election) == []


def test_a_missing_translation_is_named_with_its_language(draft):
    Election.objects.update(other_languages="de")
    draft.election.refresh_from_db()

    reasons = freezing.checklist(draft.election)

    assert reasons
    assert all("“de”" in reason for reason in reasons)


def translate(poll, language):
    for part in (poll.election, *Contest.objects.all(), *Choice.objects.all()):
        columns = ("name",) if isinstance(part, Choice) else ("title",)
        texts = {column: f"{getattr(part, column)} ({language})" for column in columns}
        type(part).objects.filter(pk=part.pk).update(translations={language: texts})
    poll.election.refresh_from_db()


def test_a_translated_election_freezes_with_all_its_languages(draft, now):
    Election.objects.update(other_languages="pt-br")
    translate(draft, "pt-br")

    freezing.freeze(draft.election, actor=draft.official, now=now)

    manifest = freezing.read_manifest(draft.election)
    assert manifest.languages == ("en", "pt-br")
    assert manifest.contests[0].choices[0].title == {"en": "Ada", "pt-br": "Ada (pt-br)"}


def test_choices_that_look_alike_in_one_language_only_are_named(draft):
    Election.objects.update(other_languages="de")
    translate(draft, "de")
    Choice.objects.update(translations={"de": {"name": "Dieselbe"}})

    reasons = freezing.checklist(draft.election)

    assert any("two choices of one name" in reason for reason in reasons)


def test_a_district_without_voters_and_voters_without_a_contest_are_named(draft):
    VoterRollEntry.objects.filter(voter_number="N0").update(district="North")
    Contest.objects.update(groups=["North", "West"])

    reasons = freezing.checklist(draft.election)

    assert any("district “West”" in reason for reason in reasons)
    assert any("1 voters are in no district" in reason for reason in reasons)


def test_an_election_of_one_minute_is_refused(db):
    at = timezone.now().replace(second=10, microsecond=0) + dt.timedelta(days=1)
    poll = draft_election(opens_at=at, closes_at=at + dt.timedelta(seconds=20))

    assert any("at least a minute" in reason for reason in freezing.checklist(poll.election))


def test_more_witnesses_than_there_are_can_not_be_needed(draft):
    Election.objects.update(witness_quorum=1)
    draft.election.refresh_from_db()
    assert any("More witnesses" in reason for reason in freezing.checklist(draft.election))
    Witness.objects.create(election=draft.election, name="W", key="ab" * 32)

    assert freezing.checklist(draft.election) == []


def test_a_registrar_without_a_file_and_voters_without_codes_are_named(draft):
    Registrar.objects.create(election=draft.election, index=2, name="Registrar")

    reasons = freezing.checklist(draft.election)

    assert any("file of the registrar Registrar" in reason for reason in reasons)
    assert any("number 1 and number 2" in reason for reason in reasons)
    assert any("2 voters on the roll have no code" in reason for reason in reasons)


def test_what_would_not_be_read_back_is_not_frozen(draft, now):
    """A key that is no point: no form lets it in, so only the database could have it."""
    Witness.objects.create(election=draft.election, name="W", key="ff" * 32)

    with pytest.raises(StepRefused, match="can not be frozen as it is"):
        freezing.freeze(draft.election, actor=draft.official, now=now)

    draft.election.refresh_from_db()
    assert draft.election.state == "draft"
