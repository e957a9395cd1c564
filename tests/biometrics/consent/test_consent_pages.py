"""Consent is asked for first, can be refused and can be taken back, each with a way on."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import overrides
from accounts.audit import Action
from accounts.models import AuditEvent, OverridePurpose, User
from biometrics.consent.agreement import has_consent, record_paper_consent, withdraw_consent
from biometrics.models import Consent, Reference, VerificationSession
from tests.support.people import (
    ask_ticket,
    enrolled,
    is_signed_in,
    pass_password,
    person,
    sign_in_with_face,
)
from tests.support.whole_login import WholeLoginClient

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scripted_engine")]
CONSENT = "/sign-in/consent/"


@pytest.fixture
def browser():
    return Client()


@pytest.fixture
def voter():
    return enrolled("voter")


def forget_consent(user):
    Consent.objects.filter(user=user).delete()


def let_in(user):
    first, second = (person(name, is_staff=True, is_superuser=True) for name in ("one", "two"))
    now = timezone.now()
    made = overrides.request_override(first, user, OverridePurpose.LOGIN, reason="said no", now=now)
    overrides.confirm(second, made, now=now)


def test_the_camera_comes_after_the_consent(browser, voter):
    forget_consent(voter)
    pass_password(browser, "voter")

    page = browser.get("/sign-in/face/")
    ticket = ask_ticket(browser)

    assert page["Location"] == CONSENT
    assert (ticket.status_code, ticket.json()["code"]) == (409, "consent_needed")
    assert not VerificationSession.objects.exists()


def test_an_agreement_is_stored_with_its_text_and_time_and_leads_to_the_camera(browser, voter):
    forget_consent(voter)
    pass_password(browser, "voter")

    answer = browser.post(CONSENT, {"agree": "yes"})

    assert answer["Location"] == "/sign-in/face/"
    consent = Consent.objects.get(user=voter)
    assert consent.text_version
    assert consent.given_at <= timezone.now()
    assert ask_ticket(browser).status_code == 200


def test_who_says_no_is_shown_the_other_way_in_and_can_take_it(browser, voter):
    forget_consent(voter)
    pass_password(browser, "voter")

    page = browser.post(CONSENT, {"agree": "no"}, follow=True).content.decode()
    let_in(voter)
    browser.post(reverse("accounts:override"))

    assert "no camera is started" in page
    assert reverse("accounts:override") in page
    assert is_signed_in(browser)
    assert not has_consent(voter)


def test_one_who_is_signed_in_is_offered_no_way_in(browser, voter):
    sign_in_with_face(browser, "voter")

    assert reverse("accounts:override") not in browser.get(CONSENT).content.decode()


def test_taking_it_back_asks_first_and_then_erases(browser, voter):
    sign_in_with_face(browser, "voter")

    asked = browser.get("/account/withdraw-consent/")
    assert "cannot be undone" in asked.content.decode()
    assert Reference.objects.filter(user=voter).exists()

    page = browser.post("/account/withdraw-consent/", follow=True).content.decode()

    assert not Reference.objects.filter(user=voter).exists()
    assert "are erased" in page
    assert "no photo of you" in page


def test_only_a_sent_form_takes_consent_back(browser, voter):
    sign_in_with_face(browser, "voter")

    assert browser.head("/account/withdraw-consent/").status_code == 200

    assert has_consent(voter)
    assert Reference.objects.filter(user=voter).exists()


def test_a_withdrawn_consent_gets_no_ticket(browser, voter):
    pass_password(browser, "voter")
    withdraw_consent(voter, timezone.now())

    assert ask_ticket(browser).status_code in {403, 409}


def test_my_account_says_by_what_one_is_recognised(browser, voter):
    sign_in_with_face(browser, "voter")

    assert "recognised by 1 photo" in browser.get("/account/").content.decode()


def test_the_text_says_that_enrolment_looks_through_all_faces(browser, voter):
    forget_consent(voter)
    pass_password(browser, "voter")

    page = browser.get(CONSENT).content.decode()

    assert "compared with those of all other enrolled people" in page
    assert "officials see both names" in page


@pytest.fixture
def office():
    """The browser of an official who may enrol people."""
    registrar = person("registrar", is_staff=True, is_superuser=True)
    office = WholeLoginClient()
    office.force_login(registrar)
    return office


def record_on_paper(office, *people, **answers):
    chosen = {"action": "paper_consent", "_selected_action": [one.pk for one in people]}
    return office.post("/admin/biometrics/enrolment/", {**chosen, **answers})


def test_an_official_prints_the_text_and_records_the_signature(office, settings):
    settings.OFFICIAL_SECOND_FACTOR = "none"
    dora = person("dora")

    printed = record_on_paper(office, dora).content.decode()
    before = has_consent(dora)
    record_on_paper(office, dora, confirmed="yes", seen="yes")

    consent = Consent.objects.get(user=dora)
    assert "compared with those of all other enrolled people" in printed
    assert (before, has_consent(dora)) == (False, True)
    assert consent.on_paper
    assert consent.recorded_by == User.objects.get(username="registrar")
    event = AuditEvent.objects.get(action=Action.CONSENT_ON_PAPER)
    assert event.actor_id == consent.recorded_by_id
    assert event.details["text"] == consent.text_version


def test_nothing_is_recorded_without_the_signature(office, settings):
    settings.OFFICIAL_SECOND_FACTOR = "none"
    dora = person("dora")

    record_on_paper(office, dora, confirmed="yes")

    assert not has_consent(dora)


def test_only_who_may_enrol_may_record_a_consent(settings):
    settings.OFFICIAL_SECOND_FACTOR = "none"
    dora, auditor = person("dora"), person("auditor", is_staff=True)
    auditor.user_permissions.set(Permission.objects.filter(codename="view_referencephoto"))
    office = WholeLoginClient()
    office.force_login(auditor)

    record_on_paper(office, dora, confirmed="yes", seen="yes")

    assert not has_consent(dora)


def test_a_consent_that_was_taken_back_can_be_given_again_on_paper(voter):
    withdraw_consent(voter, timezone.now())

    recorded = record_paper_consent(voter, actor=None, now=timezone.now())

    assert recorded
    assert has_consent(voter)
    assert not record_paper_consent(voter, actor=None, now=timezone.now())
