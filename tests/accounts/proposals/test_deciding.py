"""A proposal is decided once, in time and by somebody else; the database allows no more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import roles, tasks
from accounts.models import AuditEvent, Proposal, User
from accounts.passwords.link_by_two import PASSWORD_LINK
from accounts.proposals import deciding
from accounts.proposals.second_official import ProposalRefusalCode, ProposalRefused
from tests.support.officials import official_of, registrar

pytestmark = pytest.mark.django_db


@pytest.fixture
def first():
    return registrar("first")


@pytest.fixture
def second():
    return registrar("second")


@pytest.fixture
def proposal(first):
    person = User.objects.create_user("voter")
    return deciding.propose(PASSWORD_LINK, actor=first, person=person, now=timezone.now())


def code_of(call):
    with pytest.raises(ProposalRefused) as refused:
        call()
    return refused.value.code


def test_who_may_not_make_the_change_may_not_propose_it(proposal):
    for actor in (official_of(roles.ELECTION_OFFICER), official_of(roles.AUDITOR)):
        code = code_of(
            lambda actor=actor: deciding.propose(
                PASSWORD_LINK, actor=actor, person=proposal.person, now=timezone.now()
            )
        )
        assert code == ProposalRefusalCode.NOT_ALLOWED


def test_the_same_proposal_again_is_the_same_row(proposal, first):
    again = deciding.propose(PASSWORD_LINK, actor=first, person=proposal.person, now=timezone.now())

    assert again == proposal


def test_a_proposal_is_approved_once(proposal, second):
    deciding.approve(proposal, actor=second, now=timezone.now())

    code = code_of(lambda: deciding.approve(proposal, actor=registrar("third"), now=timezone.now()))

    assert code == ProposalRefusalCode.NOT_WAITING


def test_nobody_approves_a_change_of_their_own_account(first, second):
    own = deciding.propose(PASSWORD_LINK, actor=first, person=second, now=timezone.now())

    code = code_of(lambda: deciding.approve(own, actor=second, now=timezone.now()))

    assert code == ProposalRefusalCode.ONESELF


def test_an_official_who_was_switched_off_approves_nothing(proposal, second):
    User.objects.filter(pk=second.pk).update(is_active=False)
    second.refresh_from_db()

    code = code_of(lambda: deciding.approve(proposal, actor=second, now=timezone.now()))

    assert code == ProposalRefusalCode.NOT_ALLOWED


def test_an_old_proposal_is_not_approved_and_the_clock_ends_it(proposal, second):
    Proposal.objects.update(proposed_at=timezone.now() - deciding.LIFE - timedelta(seconds=1))

    code = code_of(lambda: deciding.approve(proposal, actor=second, now=timezone.now()))
    assert code == ProposalRefusalCode.NOT_WAITING
    tasks.purge_accounts()

    proposal.refresh_from_db()
    assert proposal.approved is False
    assert AuditEvent.objects.filter(action="change_declined").exists()


@pytest.mark.parametrize("who", ["proposed_by", "person"])
def test_the_database_itself_refuses_one_person_in_two_roles(proposal, who):
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.filter(pk=proposal.pk).update(
            approved=True, decided_by=getattr(proposal, who), decided_at=timezone.now()
        )
