"""One club member with a telephone can train, and is told what the figures are worth."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from biometrics.training.liveness import dataset
from biometrics.training.liveness.dataset import DatasetRefused, Side, TooFewPeople
from biometrics.training.liveness.few_people import folds_of
from biometrics.training.liveness.samples import Presentation
from tests.support.club import film_club


def presentation(name, *, species="", subject="", source="club"):
    return Presentation(Path(name), not species, species, subject, source)


def both(subject):
    return [
        presentation(f"{subject}-real", subject=subject),
        presentation(f"{subject}-print", subject=subject, species="print"),
    ]


def test_two_people_are_judged_in_turn_by_a_network_that_does_not_know_them():
    found = [*both("ann"), *both("bob"), presentation("cleo", subject="cleo")]

    folds = folds_of(found)

    assert [{item.subject for item in part} for part in folds.parts] == [{"ann"}, {"bob"}]
    assert [item.subject for item in folds.always] == ["cleo"]
    assert folds.over == "2 people"
    assert folds.worth.startswith("2 people with real pictures and attacks: each was judged")
    assert "1 more person, named as subject" in folds.worth
    assert "gives a report of its own" in folds.worth


@pytest.mark.parametrize(("subjects", "who"), [(["ann"] * 4, "1 person"), ([""] * 4, "no people")])
def test_one_person_is_divided_into_halves_and_that_is_said(subjects, who):
    found = [
        presentation(f"{number}", subject=subject, species="print" * (number % 2))
        for number, subject in enumerate(subjects)
    ]

    folds = folds_of(found)

    assert [{item.bona_fide for item in part} for part in folds.parts] == [{True, False}] * 2
    assert folds.over == "2 halves"
    assert folds.worth.startswith(who)
    assert "other people will be judged worse" in folds.worth


def test_what_is_missing_for_a_division_is_said():
    found = [presentation("1"), presentation("2"), presentation("3", species="print")]

    with pytest.raises(DatasetRefused, match="there is 1 clips or pictures of attacks; at least 2"):
        folds_of(found)


def test_of_three_people_one_trains_one_chooses_and_one_is_reported_on():
    found = [one for name in ("ann", "bob", "cleo") for one in both(name)]

    sides = dataset.divide(found, seed=1)

    assert set(sides.values()) == {Side.TRAIN, Side.CHOOSE, Side.REPORT}


def test_two_people_are_too_few_for_sides_of_their_own():
    with pytest.raises(TooFewPeople):
        dataset.divide([*both("ann"), *both("bob")], seed=1)


def test_two_people_are_too_few_to_choose_a_threshold_alone(tmp_path, portraits):
    film_club(tmp_path / "data", portraits, people=("obama", "biden"))

    with pytest.raises(CommandError, match="of people of its own"):
        call_command(
            *("train_liveness", tmp_path / "data", "--threshold-only"),
            *("--work", tmp_path / "work", "--out", tmp_path / "out"),
        )
