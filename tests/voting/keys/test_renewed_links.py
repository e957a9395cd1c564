"""Whoever has a trustee's link acts as the trustee: a new one is on record, and may take two."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.at_rest.hashed_secrets import hash_of_secret
from accounts.models import AuditEvent, Proposal
from accounts.proposals.protected import SecondOfficialNeeded
from tests.support.officials import browser_of
from tests.support.polls import draft_election, officer
from voting.keys import naming
from voting.models import KeyMode, Trustee

pytestmark = pytest.mark.django_db


@pytest.fixture
def poll():
    return draft_election(key_mode=KeyMode.TRUSTEES)


@pytest.fixture
def trustee(poll):
    return naming.add_trustee(poll.election, "Ada")[0]


def renew(official, trustee):
    return browser_of(official).post(
        reverse("admin:voting_trustee_changelist"),
        {"action": "renew", "_selected_action": [trustee.pk]},
        follow=True,
    )


def token_in(page):
    found = re.search(r"/trustee/([\w-]{32})/", page.content.decode())
    return found.group(1) if found else ""


def test_a_new_link_is_put_on_record_and_shown(poll, trustee):
    before = Trustee.objects.get().token_hash

    page = renew(poll.official, trustee)

    after = Trustee.objects.get().token_hash
    assert before != after == hash_of_secret(token_in(page))
    event = AuditEvent.objects.get(action="trustee_link_renewed")
    assert (event.actor_id, event.details) == (
        poll.official.pk,
        {"trustee": 1, "registered": False},
    )
    shown = page.context["cl"].result_list[0]
    assert page.context["cl"].model_admin.link_renewed(shown) != "-"


def test_a_trustee_who_has_registered_gets_a_new_link_from_two_officials_only(poll, trustee):
    Trustee.objects.update(registration={"a": "key"})
    before = Trustee.objects.get().token_hash

    page = renew(poll.official, trustee)

    assert "another official must approve it" in page.content.decode()
    assert not token_in(page)
    with pytest.raises(SecondOfficialNeeded):
        naming.renew_link(trustee, actor=poll.official)
    assert Trustee.objects.get().token_hash == before

    approved = browser_of(officer("second")).post(
        reverse("admin:accounts_proposal_changelist"),
        {"action": "approve", "_selected_action": [Proposal.objects.get().pk]},
        follow=True,
    )

    assert Trustee.objects.get().token_hash == hash_of_secret(token_in(approved))
    event = AuditEvent.objects.get(action="trustee_link_renewed")
    assert event.details == {"trustee": 1, "registered": True}


def test_an_approval_for_one_trustee_opens_no_other(poll, trustee):
    other = naming.add_trustee(poll.election, "Ben")[0]
    Trustee.objects.update(registration={"a": "key"})
    renew(poll.official, trustee)
    Proposal.objects.update(approved=True, decided_by=officer("second"), decided_at=timezone.now())

    with pytest.raises(SecondOfficialNeeded):
        naming.renew_link(other, actor=poll.official, approved=Proposal.objects.get())


def test_only_the_hash_of_a_link_is_stored(trustee):
    token = naming.renew_link(trustee, actor=officer("second"))

    row = " ".join(str(value) for value in Trustee.objects.values().get().values())
    assert token not in row
    assert naming.by_token(token) == trustee
