"""What is exported can be imported again, and then changes nothing: for every roll that can be."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.polls import draft_election
from tests.support.rolls import imported, report
from voting.models import number_key
from voting.roll.export import roll_file

CASE = (
    "voter_number,name,date_of_birth,district,username\n"
    "-17,Jörg,1990-12-31,North,jorg\n"
    "0101,=SUM Anna,1980-01-02,South,anna\n"
    "+49,Öz,1970-05-06,West,oez\n"
).encode()


def test_an_exported_roll_changes_nothing_when_it_is_imported_again(db):
    election = draft_election(voters=0).election
    imported(election, CASE, create_voters=True)

    data, number = roll_file(election.roll.all())
    shown = report(election, data)

    assert number == 3
    assert data.startswith(b"\xef\xbb\xbf")
    assert (shown.new, shown.changed, shown.same, shown.doubts) == (0, 0, 3, ())
    assert election.roll.get(user__username="anna").name == "=SUM Anna"


LIKE_FORMULAS = ("#N/A", "'#N/A", "####", "1E+05", "'1E+05", '="0101"', "''=x", "'t Hooft", "-")
TEXT = st.sampled_from(LIKE_FORMULAS) | st.text(
    st.characters(exclude_categories=("Cc", "Cs")) | st.sampled_from("'=+-@;,\"# \u200b\ufeff"),
    min_size=1,
    max_size=12,
)


def is_read_as_it_is(text):
    return text == text.strip()


NUMBERS = TEXT.filter(is_read_as_it_is).filter(number_key)
NAMES = TEXT.filter(is_read_as_it_is)
BIRTHS = st.none() | st.dates(dt.date(1930, 1, 1), dt.date(2008, 1, 1))
VOTERS = st.lists(
    st.tuples(NUMBERS, NAMES, BIRTHS, st.just("") | NAMES),
    min_size=1,
    max_size=5,
    unique_by=lambda voter: number_key(voter[0]),
)


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(voters=VOTERS)
def test_every_roll_comes_back_byte_for_byte(voters):
    from voting.models import Election, VoterRollEntry

    Election.objects.all().delete()
    first, second = (Election.objects.create(slug=slug, title="E") for slug in ("a", "b"))
    VoterRollEntry.objects.bulk_create(
        VoterRollEntry(
            election=first,
            voter_number=number,
            number_key=number_key(number),
            name=name,
            date_of_birth=born,
            district=district,
        )
        for number, name, born, district in voters
    )

    data, _number = roll_file(first.roll.all())
    written = imported(second, data)
    again, _number = roll_file(second.roll.all())

    assert written.state == "done", written.reason
    assert again == data
    shown = report(first, data)
    assert (shown.new, shown.changed, shown.same) == (0, 0, len(voters))
