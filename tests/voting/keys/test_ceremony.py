"""The trustees' messages as the site takes them: what it refuses, and who is at fault."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.key_holders import (
    confirm_all,
    make_key,
    name_trustees,
    register_all,
    send_shares,
    take_jointly,
)
from tests.support.polls import draft_election
from voting.crypto import group
from voting.crypto.trustees.complaints import complain
from voting.crypto.trustees.secret import new_secret, register
from voting.crypto.trustees.shares import make_shares, seal
from voting.elections import freezing
from voting.keys import ceremony, naming
from voting.models import Trustee
from voting.refusals import StepRefused


@pytest.fixture
def poll(db):
    return draft_election(key_mode="trustees", threshold=2)


def stored(row):
    return Trustee.objects.get(pk=row.pk)


def test_a_key_that_is_made_by_all_is_in_the_manifest_with_its_transcript(poll, now):
    holders = make_key(poll.election)

    freezing.freeze(poll.election, actor=poll.official, now=now)

    manifest = freezing.read_manifest(poll.election)
    assert manifest.key.transcript("e") == ceremony.transcript_of(poll.election)
    keys = [group.base(share) for share in holders.shares]
    assert list(manifest.verification_keys) == keys


def test_a_registration_of_another_ceremony_or_of_another_trustee_is_refused(poll):
    rows = name_trustees(poll.election, 3)
    terms = ceremony.terms_of(poll.election)
    first = register(new_secret(terms, 1)).to_dict(terms)

    wrong: list[Any] = [first | {"threshold": 3}, first | {"round": "00" * 16}, {}, None, []]
    for message in wrong:
        with pytest.raises(StepRefused):
            ceremony.receive(rows[0], "registration", message)
    with pytest.raises(StepRefused):
        ceremony.receive(rows[1], "registration", first)
    ceremony.receive(rows[0], "registration", first)
    with pytest.raises(StepRefused, match="already"):
        ceremony.receive(rows[0], "registration", first)


def test_a_round_that_another_trustee_has_is_refused(poll):
    rows = name_trustees(poll.election, 3)
    terms = ceremony.terms_of(poll.election)
    first = new_secret(terms, 1)
    twin = type(first)(terms, 2, first.round, bytes(32))
    ceremony.receive(rows[0], "registration", register(first).to_dict(terms))

    with pytest.raises(StepRefused, match="1 has sent this key"):
        ceremony.receive(rows[1], "registration", register(twin).to_dict(terms))


def test_a_share_that_its_sender_has_not_signed_is_refused_and_accuses_nobody(poll):
    rows = name_trustees(poll.election, 3)
    secrets = register_all(poll.election, rows)
    transcript = ceremony.transcript_of(poll.election)
    shares = [share.to_dict(transcript) for share in make_shares(secrets[0], transcript)]
    changed = [shares[0], shares[1] | {"sealed": shares[2]["sealed"]}, shares[2]]

    with pytest.raises(StepRefused, match="signature"):
        ceremony.receive(rows[0], "shares", changed)

    assert stored(rows[0]).shares is None
    assert ceremony.at_fault(poll.election) == set()


def wrongly_shared(poll):
    """Trustee 1 signs a wrong share for trustee 2. Returns rows, secrets and the transcript."""
    rows = name_trustees(poll.election, 3)
    secrets = register_all(poll.election, rows)
    transcript = ceremony.transcript_of(poll.election)
    messages = [share.to_dict(transcript) for share in make_shares(secrets[0], transcript)]
    wrong = seal(secrets[0], transcript, transcript.of(2), 5)
    messages[1] = wrong.to_dict(transcript)
    ceremony.receive(rows[0], "shares", messages)
    send_shares(poll.election, rows[1:], secrets[1:])
    return rows, secrets, transcript, wrong


def test_who_signed_a_wrong_share_is_at_fault_and_the_checklist_says_so(poll, now):
    rows, secrets, transcript, wrong = wrongly_shared(poll)
    complaint = complain(secrets[1], transcript, wrong).to_dict(transcript)

    ceremony.receive(rows[1], "complaint", complaint)

    assert ceremony.at_fault(poll.election) == {1}
    assert any("share of Trustee 1" in reason for reason in freezing.checklist(poll.election))
    with pytest.raises(StepRefused):
        ceremony.receive(rows[1], "complaint", complaint)


def test_a_complaint_about_somebody_elses_share_is_not_taken(poll):
    rows, secrets, transcript, wrong = wrongly_shared(poll)
    complaint = complain(secrets[1], transcript, wrong).to_dict(transcript)

    with pytest.raises(StepRefused, match="not yours"):
        ceremony.receive(rows[2], "complaint", complaint)


def test_who_has_complained_does_not_confirm(poll):
    rows, secrets, transcript, wrong = wrongly_shared(poll)
    ceremony.receive(
        rows[1], "complaint", complain(secrets[1], transcript, wrong).to_dict(transcript)
    )

    with pytest.raises(StepRefused):
        ceremony.receive(rows[1], "confirmation", {})


def test_a_broken_ceremony_begins_anew_by_two_officials_and_old_messages_are_refused(poll):
    rows, secrets, transcript, wrong = wrongly_shared(poll)
    ceremony.receive(
        rows[1], "complaint", complain(secrets[1], transcript, wrong).to_dict(transcript)
    )

    take_jointly(poll, "restart")

    assert ceremony.at_fault(poll.election) == set()
    assert not poll.election.trustees.exclude(registration=None).exists()
    again = register_all(poll.election, rows)
    old = [share.to_dict(transcript) for share in make_shares(secrets[2], transcript)]
    with pytest.raises(StepRefused, match="transcript"):
        ceremony.receive(rows[2], "shares", old)
    send_shares(poll.election, rows, again)
    assert len(confirm_all(poll.election, rows, again)) == 3


def test_the_fifty_first_trustee_is_refused_when_named(poll):
    name_trustees(poll.election, 50)

    with pytest.raises(StepRefused, match="at most 50"):
        naming.add_trustee(poll.election, "One more")


@pytest.mark.parametrize("name", ["", " ", "\u200b", "a\u202eb", "x" * 201, "nul\0"])
def test_a_trustees_name_shows_what_it_is(poll, name):
    with pytest.raises(StepRefused):
        naming.add_trustee(poll.election, name)


def test_a_decomposed_name_is_stored_as_people_see_it_and_the_election_opens(poll, now):
    decomposed = "Jose\u0301"
    trustee, _token = naming.add_trustee(poll.election, decomposed)
    assert trustee.name == "José"
    with pytest.raises(StepRefused, match="has this name"):
        naming.add_trustee(poll.election, "JOSÉ")
    naming.remove_trustee(trustee)
    holders = make_key(poll.election, 2)
    Trustee.objects.filter(pk=holders.rows[0].pk).update(name=decomposed)

    freezing.freeze(poll.election, actor=poll.official, now=now)

    assert freezing.read_manifest(poll.election).key.trustees[0].name == "José"


def test_only_the_right_key_endorses_and_only_once(poll, now):
    holders = make_key(poll.election)
    with pytest.raises(StepRefused):
        ceremony.receive_endorsement(holders.rows[0], ["0" * 64, "0" * 64])
    freezing.freeze(poll.election, actor=poll.official, now=now)
    right, holders.shares[0] = holders.shares[0], holders.shares[1]
    with pytest.raises(StepRefused, match="does not hold"):
        holders.endorse(1)
    for broken in (None, [], ["0"], {"c": 1}):
        with pytest.raises(StepRefused):
            ceremony.receive_endorsement(holders.rows[0], broken)
    holders.shares[0] = right

    holders.endorse(1)

    assert stored(holders.rows[0]).endorsement is not None
    with pytest.raises(StepRefused, match="already"):
        holders.endorse(1)
