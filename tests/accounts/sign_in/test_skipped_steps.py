"""Every way around a step of the sign-in is refused: the edges that the state graph lacks."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import TOTP

from accounts import roles
from accounts.models import SealedDevice
from accounts.sign_in import login, one_time_codes
from accounts.sign_in.factors import Factor
from tests.support.people import (
    PASSWORD,
    ask_ticket,
    be_verified,
    enrolled,
    finish,
    is_signed_in,
    pass_face,
    pass_password,
    sign_in_with_face,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scripted_engine")]
PAGES = [
    "/elections/",
    "/account/",
    "/admin/",
    "/admin/accounts/user/",
    "/api/voters/",
    "/enrolment/queue",
]
DEEDS = ["/account/withdraw-consent/", "/sign-in/official/", "/sign-in/face/complete/"]


@pytest.fixture
def browser():
    """Django's own client: nothing but the pages completes its sign-in."""
    return Client()


@pytest.fixture
def voter():
    return enrolled("voter")


@pytest.fixture
def official(settings):
    settings.OFFICIAL_SECOND_FACTOR = "totp"
    return enrolled("official", is_staff=True, is_superuser=True)


def code_of(user):
    device = SealedDevice.objects.get(user=user)
    return f"{TOTP(device.bin_key).token():06d}"


def is_powerless(client):
    answers = [client.get(path) for path in PAGES] + [client.post(path) for path in DEEDS]
    answers.append(ask_ticket(client, "cast", "tracker"))
    return all(answer.status_code in {302, 401, 403} for answer in answers)


def key(client):
    return client.cookies["facevote"].value


def with_key(old):
    client = Client()
    client.cookies["facevote"] = old
    return client


def test_the_whole_way_with_a_face_signs_a_voter_in(browser, voter):
    answer = sign_in_with_face(browser, "voter")

    assert answer["Location"] == reverse("voting:elections")
    assert is_signed_in(browser)
    assert browser.get("/elections/").status_code == 200


def test_the_whole_way_with_a_code_signs_an_official_in(browser, official):
    pass_password(browser, "official")
    set_up_code = one_time_codes.make_set_up_code(official, actor=None, now=timezone.now())
    browser.post(reverse("accounts:code"), {"set_up_code": set_up_code})
    browser.get(reverse("accounts:code"))
    browser.post(reverse("accounts:code"), {"code": code_of(official)})

    assert [browser.get(path).status_code for path in PAGES] == [200] * len(PAGES)


def test_nobody_may_do_anything(browser):
    assert is_powerless(browser)
    assert ask_ticket(browser).status_code == 403


@pytest.mark.parametrize("name", ["voter", "official"])
def test_a_password_alone_is_powerless(browser, voter, official, name):
    pass_password(browser, name)

    assert is_powerless(browser)


def test_a_face_without_the_password_is_asked_for_by_nobody(browser, voter):
    assert browser.get(reverse("biometrics:face-step")).url == reverse("accounts:sign-in")
    assert ask_ticket(browser).status_code == 403
    assert finish(browser)["Location"] == reverse("accounts:sign-in")


def test_an_officials_login_that_needs_a_code_is_not_completed_by_the_face(browser, official):
    pass_password(browser, "official")

    assert browser.get(reverse("biometrics:face-step")).url == reverse("accounts:sign-in")
    assert browser.get(reverse("biometrics:consent")).url == reverse("accounts:sign-in")
    assert ask_ticket(browser).status_code == 403
    finish(browser)
    browser.post(reverse("accounts:override"))

    assert is_powerless(browser)


def test_a_grant_does_not_complete_it_either(browser, official, settings):
    settings.OFFICIAL_SECOND_FACTOR = "face"
    pass_password(browser, "official")
    pass_face(browser)
    settings.OFFICIAL_SECOND_FACTOR = "totp"

    finish(browser)

    assert is_powerless(browser)


def test_an_officials_login_that_needs_the_face_is_not_completed_by_a_code(
    browser, official, settings
):
    SealedDevice.objects.create(user=official, confirmed=True)
    settings.OFFICIAL_SECOND_FACTOR = "face"
    pass_password(browser, "official")

    answer = browser.post(reverse("accounts:code"), {"code": code_of(official)})

    assert answer["Location"] == reverse("accounts:sign-in")
    assert is_powerless(browser)
    pass_face(browser)
    finish(browser)
    assert browser.get("/admin/").status_code == 200


def test_a_voter_is_not_let_in_by_a_code(browser, voter):
    SealedDevice.objects.create(user=voter, confirmed=True)
    pass_password(browser, "voter")

    browser.post(reverse("accounts:code"), {"code": code_of(voter)})

    assert is_powerless(browser)


@pytest.mark.parametrize(("seconds", "let_in"), [(299, True), (301, False)])
def test_after_five_minutes_the_password_must_be_typed_again(browser, voter, seconds, let_in):
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        pass_password(browser, "voter")
    with time_machine.travel(start + timedelta(seconds=250), tick=False):
        pass_face(browser)
    with time_machine.travel(start + timedelta(seconds=seconds), tick=False):
        finish(browser)

        assert is_signed_in(browser) is let_in


def test_the_sessions_key_changes_with_each_step(browser, voter):
    browser.get(reverse("biometrics:consent"))
    pass_password(browser, "voter")
    pending = key(browser)
    pass_password(browser, "voter")
    again = key(browser)
    pass_face(browser)
    finish(browser)

    assert len({pending, again, key(browser)}) == 3


def test_the_key_of_an_earlier_step_is_worth_nothing(browser, voter):
    pass_password(browser, "voter")
    pending = key(browser)
    pass_face(browser)
    finish(browser)
    old = with_key(pending)

    assert ask_ticket(old).status_code == 403
    finish(old)
    assert is_powerless(old)
    assert is_signed_in(browser)


def test_a_key_planted_by_an_attacker_is_not_taken_over(voter):
    enrolled("attacker")
    attacker = Client()
    pass_password(attacker, "attacker")
    victim = with_key(key(attacker))

    sign_in_with_face(victim, "voter")

    assert is_signed_in(victim)
    assert is_powerless(attacker)


def test_signing_out_ends_the_session_for_every_copy_of_its_key(browser, voter):
    sign_in_with_face(browser, "voter")
    copy = with_key(key(browser))

    browser.post(reverse("accounts:sign-out"))

    assert is_powerless(copy)


def test_a_grant_signs_in_once(browser, voter):
    sign_in_with_face(browser, "voter")
    browser.post(reverse("accounts:sign-out"))
    pass_password(browser, "voter")

    answer = finish(browser)

    assert answer["Location"] == reverse("biometrics:face-step")
    assert is_powerless(browser)


def test_a_second_tab_that_finishes_again_changes_nothing(browser, voter):
    sign_in_with_face(browser, "voter")

    answer = finish(browser)

    assert answer["Location"] == reverse("accounts:sign-in")
    assert is_signed_in(browser)


def test_a_face_step_counts_for_the_one_who_typed_the_password_last(browser, voter):
    enrolled("other")
    pass_password(browser, "voter")
    pass_face(browser)
    pass_password(browser, "other")

    finish(browser)

    assert is_powerless(browser)


def test_a_ticket_of_the_first_tab_is_worth_nothing_after_another_password(browser, voter):
    pass_password(browser, "voter")
    ticket = ask_ticket(browser).json()["ticket"]
    pass_password(browser, "voter")

    with pytest.raises(Exception, match="bad_ticket"):
        be_verified(browser, ticket)


def test_a_grant_of_another_browser_signs_nobody_in(browser, voter):
    other = Client()
    pass_password(other, "voter")
    pass_face(other)
    pass_password(browser, "voter")

    finish(browser)

    assert is_powerless(browser)


def test_a_grant_to_cast_is_none_to_sign_in(browser, voter):
    sign_in_with_face(browser, "voter")
    be_verified(browser, ask_ticket(browser, "cast", "tracker").json()["ticket"])
    session = browser.session
    session[login.PENDING] = {
        "user": voter.pk,
        "until": (timezone.now() + timedelta(minutes=5)).timestamp(),
        "check": voter.get_session_auth_hash(),
    }
    session.save()

    assert finish(browser)["Location"] == reverse("biometrics:face-step")


@pytest.mark.parametrize("change", ["password", "is_active", "is_staff"])
def test_what_changes_in_between_ends_the_pending_login(browser, voter, settings, change):
    settings.OFFICIAL_SECOND_FACTOR = "totp"
    pass_password(browser, "voter")
    pass_face(browser)
    if change == "password":
        voter.set_password("another long password")
    else:
        setattr(voter, change, not getattr(voter, change))
    voter.save()

    finish(browser)

    assert is_powerless(browser)


@pytest.mark.parametrize("factors", [None, [], ["password"], ["face"], "face", ["password", "x"]])
def test_a_session_that_is_logged_in_without_every_step_is_powerless(browser, official, factors):
    browser.force_login(official)
    session = browser.session
    session[login.FACTORS] = factors
    session.save()
    old = session.session_key

    assert is_powerless(browser)
    assert not Client().session.exists(old)


@pytest.mark.parametrize(
    ("factor", "setting", "enough"),
    [
        (Factor.NONE, "none", True),
        (Factor.TOTP, "none", True),
        (Factor.NONE, "totp", False),
        (Factor.NONE, "face", False),
        (Factor.FACE, "totp", False),
        (Factor.TOTP, "face", False),
        (Factor.OVERRIDE, "none", False),
        (Factor.OVERRIDE, "totp", False),
        (Factor.TOTP, "mistyped", False),
    ],
)
def test_officials_need_the_key_that_the_setting_names(
    browser, official, settings, factor, setting, enough
):
    browser.force_login(official)
    session = browser.session
    session[login.FACTORS] = [login.PASSWORD, str(factor)]
    session.save()
    settings.OFFICIAL_SECOND_FACTOR = setting

    assert (browser.get("/admin/").status_code == 200) is enough
    assert is_powerless(browser) is not enough


def test_a_voter_who_is_made_an_official_signs_in_anew(browser, voter, settings):
    settings.OFFICIAL_SECOND_FACTOR = "totp"
    sign_in_with_face(browser, "voter")
    voter.is_staff = True
    voter.save()
    voter.groups.set(Group.objects.filter(name=roles.REGISTRAR))

    assert is_powerless(browser)


def test_a_login_cannot_be_completed_in_code_without_a_pending_one(rf, browser, voter):
    request = rf.get("/")
    request.session = browser.session

    with pytest.raises(login.NotPending):
        login.complete(request, voter, factor=Factor.FACE)


def test_without_a_second_key_officials_sign_in_by_password(browser, official, settings):
    settings.OFFICIAL_SECOND_FACTOR = "none"

    answer = pass_password(browser, "official")

    assert answer["Location"] == reverse("admin:index")
    assert browser.get("/admin/").status_code == 200


def test_the_administration_has_no_login_of_its_own(browser, official):
    answer = browser.post(
        "/admin/login/", {"username": "official", "password": PASSWORD}, follow=True
    )

    assert answer.status_code == 200
    assert is_powerless(browser)


def test_a_person_signs_in_from_two_browsers(voter):
    first, second = Client(), Client()

    for one in (first, second):
        sign_in_with_face(one, "voter")

    assert is_signed_in(first)
    assert is_signed_in(second)
