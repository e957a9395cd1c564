"""What officials decide about photos that voters took, alone and by two."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, Proposal, User
from accounts.proposals import deciding as proposals
from accounts.proposals.second_official import ProposalRefused
from biometrics.enrolment.photos import remove_photo
from biometrics.models import (
    Reference,
    ReferencePhoto,
    SelfEnrolmentState,
)
from biometrics.self_enrolment import handing_in
from biometrics.self_enrolment.deciding import DecisionRefusalCode, DecisionRefused
from tests.biometrics.self_enrolment.people import (
    approve,
    browser_of,
    frames_of,
    freeze,
    handed_in,
    newcomer,
    take,
)
from tests.support.people import enrolled
from tests.support.pictures import ALICE
from tests.support.polls import draft_election

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = pytest.mark.django_db


def test_one_face_under_two_names_is_found_before_anything_is_approved(official: User) -> None:
    enrolled("ben")
    enrolment = handed_in("alice")

    assert enrolment.resembles == User.objects.get(username="ben")
    with pytest.raises(DecisionRefused) as refused:
        approve(enrolment, official)
    assert refused.value.code is DecisionRefusalCode.TWO_NAMES


def test_one_face_that_waits_under_two_names_is_found_too(official: User) -> None:
    handed_in("ben", ALICE)

    enrolment = handed_in("alice", ALICE)

    assert enrolment.resembles == User.objects.get(username="ben")


def test_two_people_who_look_alike_are_approved_as_such(
    official: User, django_capture_on_commit_callbacks
) -> None:
    enrolled("ben")
    enrolment = handed_in("alice")

    with django_capture_on_commit_callbacks(execute=True):
        approve(enrolment, official, two_people=True)

    assert Reference.objects.filter(user=enrolment.user).exists()
    assert AuditEvent.objects.filter(action="resemblance_accepted").exists()


def test_what_is_not_searched_yet_is_not_approved(official: User) -> None:
    user = newcomer("alice")
    take(browser_of(user), frames_of(ALICE))
    enrolment = handing_in.hand_in(user, now=timezone.now())

    with pytest.raises(DecisionRefused) as refused:
        approve(enrolment, official)
    assert refused.value.code is DecisionRefusalCode.NOT_SEARCHED
    later = timezone.now() + timedelta(minutes=2)
    assert handing_in.unsearched(now=later) == [enrolment.pk]


def test_nobody_approves_the_own_photos(official: User) -> None:
    enrolment = handed_in("alice")
    enrolment.user.user_permissions.set(official.user_permissions.all())

    with pytest.raises(DecisionRefused) as refused:
        approve(enrolment, enrolment.user)
    assert refused.value.code is DecisionRefusalCode.ONESELF


def test_photos_of_a_voter_on_a_frozen_roll_take_two_officials(
    official: User, settings: Settings, django_capture_on_commit_callbacks
) -> None:
    settings.SECOND_OFFICIAL = True
    enrolment = handed_in("alice")
    poll = draft_election()
    poll.election.roll.filter(user=poll.users[0]).update(user=enrolment.user)
    freeze(poll)

    assert not approve(enrolment, official)
    assert not Reference.objects.exists()
    _second_approves(django_capture_on_commit_callbacks)
    assert Reference.objects.filter(user=enrolment.user).exists()


def test_four_eyes_are_a_setting(
    official: User, settings: Settings, django_capture_on_commit_callbacks
) -> None:
    settings.SELF_ENROLMENT_FOUR_EYES = True
    enrolment = handed_in("alice")

    assert not approve(enrolment, official)
    with pytest.raises(ProposalRefused):
        proposals.approve(Proposal.objects.get(), actor=official, now=timezone.now())
    _second_approves(django_capture_on_commit_callbacks)

    assert Reference.objects.filter(user=enrolment.user).exists()


def test_a_declined_proposal_leads_back_to_the_list(official: User, settings: Settings) -> None:
    settings.SELF_ENROLMENT_FOUR_EYES = True
    enrolment = handed_in("alice")
    approve(enrolment, official)

    proposals.decline(Proposal.objects.get(), actor=official, now=timezone.now())

    enrolment.refresh_from_db()
    assert enrolment.state == SelfEnrolmentState.HANDED_IN


def test_an_official_may_remove_photos_before_the_decision(official: User) -> None:
    enrolment = handed_in("alice")
    for photo in enrolment.photos.all():
        remove_photo(photo, actor=official)

    assert not ReferencePhoto.objects.exists()
    with pytest.raises(DecisionRefused):
        approve(enrolment, official)


def test_officials_decide_on_the_page_and_others_do_not(client: Client, official: User) -> None:
    enrolment = handed_in("alice")
    decide = reverse("biometrics:decide-own-photos", args=[enrolment.pk])
    assert Client().post(decide, {"decision": "approve"}).status_code == 403
    client.force_login(official)

    page = client.get(reverse("admin:biometrics_enrolment_own_photos"))
    assert page.content.count(b"data:image/jpeg") == 3
    json = {"Accept": "application/json"}
    wrong = client.post(decide, {"decision": "refuse", "reason": "else"}, headers=json)
    assert wrong.status_code == 409
    done = client.post(decide, {"decision": "refuse", "reason": "covered"}, headers=json)

    assert done.status_code == 200
    enrolment.refresh_from_db()
    assert (enrolment.state, enrolment.reason) == ("refused", "covered")
    again = client.post(decide, {"decision": "approve"}, headers=json)
    assert again.status_code == 409


def _second_approves(capture) -> None:
    second = User.objects.create_superuser("second")
    with capture(execute=True):
        proposals.approve(Proposal.objects.get(), actor=second, now=timezone.now())
