"""The officials' codes: right, new, and of this half-minute or its neighbours."""

from __future__ import annotations

import base64
import os
from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import TOTP

from accounts.models import MOST_DOUBLINGS, AuditEvent, OneTimeCode, SealedDevice, User
from accounts.sign_in import one_time_codes, second_device
from tests.support.found import found_in
from tests.support.people import is_signed_in, pass_password, person

pytestmark = pytest.mark.django_db
STEP = 30


@pytest.fixture
def official(settings):
    settings.OFFICIAL_SECOND_FACTOR = "totp"
    return person("official", is_staff=True)


@pytest.fixture
def device(official):
    return SealedDevice.objects.create(user=official, confirmed=True)


def code_at(device, moment):
    generator = TOTP(device.bin_key)
    generator.time = moment.timestamp()
    return f"{generator.token():06d}"


def give(client, code):
    return client.post(reverse("accounts:code"), {"code": code})


def may_set_up(browser, user):
    """Another official gave the user a code, and the user types it."""
    code = one_time_codes.make_set_up_code(user, actor=None, now=timezone.now())
    return browser.post(reverse("accounts:code"), {"set_up_code": code})


def test_the_first_sign_in_shows_a_picture_and_the_first_right_code_confirms_it(official):
    browser = Client()
    pass_password(browser, "official")
    may_set_up(browser, official)
    page = browser.get(reverse("accounts:code"))
    device = SealedDevice.objects.get(user=official)
    assert b"data:image/svg+xml" in page.content
    assert not device.confirmed

    give(browser, code_at(device, timezone.now()))

    assert is_signed_in(browser)
    device.refresh_from_db()
    assert device.confirmed
    kinds = list(AuditEvent.objects.values_list("action", flat=True))
    assert kinds == ["totp_code_made", "totp_enrolled", "signed_in", "recovery_codes_made"]


def test_the_key_is_there_as_text_for_an_app_without_a_camera(official):
    browser = Client()
    pass_password(browser, "official")
    may_set_up(browser, official)

    page = browser.get(reverse("accounts:code")).content.decode()

    key = found_in(page, r'<code class="key">([A-Z2-7 ]+)</code>')
    device = SealedDevice.objects.get(user=official)
    assert base64.b32decode(key.replace(" ", "")) == device.bin_key


def test_whoever_knows_the_password_alone_enrols_no_telephone(official):
    browser = Client()
    pass_password(browser, "official")

    page = browser.get(reverse("accounts:code"))
    assert b"data:image/svg+xml" not in page.content
    # Not even if the set-up was begun by somebody else and is not finished.
    second_device.set_up(official)
    device = SealedDevice.objects.get(user=official)
    give(browser, code_at(device, timezone.now()))

    assert not is_signed_in(browser)
    assert not second_device.verify(official, code_at(device, timezone.now()))
    device.refresh_from_db()
    assert not device.confirmed


def test_a_set_up_code_works_once_for_its_owner_and_for_a_day(official):
    other = person("other", is_staff=True)
    now = timezone.now()
    code = one_time_codes.make_set_up_code(official, actor=None, now=now)

    assert not second_device.begin_set_up(other, code, now=now)
    assert not second_device.begin_set_up(official, code, now=now + timedelta(days=1))
    assert second_device.begin_set_up(official, code.upper().replace("-", " "), now=now)
    assert not second_device.begin_set_up(official, code, now=now)


def test_a_newer_set_up_code_ends_the_one_before(official):
    now = timezone.now()
    first = one_time_codes.make_set_up_code(official, actor=None, now=now)
    one_time_codes.make_set_up_code(official, actor=None, now=now)

    assert not second_device.begin_set_up(official, first, now=now)


def test_a_set_up_begins_with_a_new_secret(official):
    """Whoever began it before has seen the old one."""
    seen = second_device.set_up(official)
    now = timezone.now()
    code = one_time_codes.make_set_up_code(official, actor=None, now=now)

    second_device.begin_set_up(official, code, now=now)

    again = second_device.set_up(official)
    assert seen is not None
    assert again is not None
    assert again.key != seen.key


def test_a_set_up_code_replaces_no_device_that_is_in_use(official, device):
    now = timezone.now()
    code = one_time_codes.make_set_up_code(official, actor=None, now=now)

    assert not second_device.begin_set_up(official, code, now=now)


def test_no_code_is_stored_in_plain(official):
    codes = one_time_codes.make_recovery_codes(official, now=timezone.now())

    stored = " ".join(OneTimeCode.objects.values_list("digest", flat=True))
    assert len(set(codes)) == 8
    assert not [code for code in codes if code in stored or code.replace("-", "") in stored]


def test_a_recovery_code_signs_in_once_without_the_telephone(official, device):
    code = one_time_codes.make_recovery_codes(official, now=timezone.now())[0]
    for signed_in in (True, False):
        browser = Client()
        pass_password(browser, "official")
        give(browser, code)
        assert is_signed_in(browser) is signed_in
    assert one_time_codes.codes_left(official) == 7
    assert AuditEvent.objects.filter(action="recovery_code_spent").count() == 1


def test_wrong_recovery_codes_slow_the_device_down_like_wrong_digits(official, device):
    code = one_time_codes.make_recovery_codes(official, now=timezone.now())[0]
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        assert not second_device.verify(official, "aaaaa-aaaaa")
        assert not second_device.verify(official, code)
    with time_machine.travel(now + timedelta(seconds=2), tick=False):
        assert second_device.verify(official, code)


def test_recovery_codes_are_shown_once_and_new_ones_take_a_code(official, device, client):
    client.force_login(official)
    page = reverse("accounts:recovery-codes")

    assert b"<li><code>" not in client.get(page).content
    assert b"<li><code>" not in client.post(page, {"code": "000000"}).content
    with time_machine.travel(timezone.now() + timedelta(seconds=90), tick=False):
        answer = client.post(page, {"code": code_at(device, timezone.now())})

    assert answer.content.count(b"<li><code>") == 8


def test_a_voter_makes_no_recovery_codes(client):
    client.force_login(person("voter"))

    assert client.get(reverse("accounts:recovery-codes")).status_code == 403


def test_the_command_resets_a_lost_authenticator(official, device, capsys):
    one_time_codes.make_recovery_codes(official, now=timezone.now())
    with pytest.raises(CommandError, match="--reset"):
        call_command("authenticator_code", "official")

    call_command("authenticator_code", "official", reset=True)

    code = found_in(capsys.readouterr().out, r": ([a-z2-7]{5}-[a-z2-7]{5}) ")
    assert not SealedDevice.objects.exists()
    assert one_time_codes.codes_left(official) == 0
    assert second_device.begin_set_up(official, code, now=timezone.now())


def test_the_command_makes_no_code_for_a_voter():
    person("voter")

    with pytest.raises(CommandError, match="no official"):
        call_command("authenticator_code", "voter")


def test_a_superuser_makes_a_code_for_another_official_and_none_for_oneself(official, client):
    boss = person("boss", is_staff=True, is_superuser=True)
    voter = person("voter")
    client.force_login(boss)

    client.post(
        "/admin/accounts/user/",
        {
            "action": "authenticator_code",
            "_selected_action": [official.pk, boss.pk, voter.pk],
        },
    )

    assert [code.user for code in OneTimeCode.objects.all()] == [official]
    assert AuditEvent.objects.get(action="totp_code_made").actor_id == boss.pk


def test_a_new_official_gets_a_code_with_the_password(settings, capsys):
    settings.OFFICIAL_SECOND_FACTOR = "totp"

    call_command("create_official", "new")

    code = found_in(capsys.readouterr().out, r"within a day: ([a-z2-7]{5}-[a-z2-7]{5})")
    user = User.objects.get(username="new")
    assert second_device.begin_set_up(user, code, now=timezone.now())


def test_a_confirmed_device_shows_its_secret_no_more(official, device):
    browser = Client()
    pass_password(browser, "official")

    page = browser.get(reverse("accounts:code"))

    assert b"data:image/svg+xml" not in page.content
    assert second_device.set_up(official) is None


def test_a_wrong_code_is_refused_in_words_and_put_on_record(official, device):
    browser = Client()
    pass_password(browser, "official")

    right = code_at(device, timezone.now())
    page = give(browser, f"{(int(right) + 1) % 1_000_000:06d}")

    assert b"That code is not right" in page.content
    assert not is_signed_in(browser)
    event = AuditEvent.objects.get()
    assert (event.action, event.details) == ("sign_in_refused", {"step": "totp"})


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "12 345", "1e5\x00"])
def test_what_is_no_code_is_refused_before_the_device_is_asked(official, device, code):
    browser = Client()
    pass_password(browser, "official")

    assert b"There is a problem" in give(browser, code).content
    device.refresh_from_db()
    assert device.throttling_failure_count == 0


def test_a_code_signs_in_once(official, device):
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        code = code_at(device, now)
        assert second_device.verify(official, code)
        assert not second_device.verify(official, code)


@pytest.mark.parametrize(
    ("steps", "right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_clock_may_be_one_step_off(official, device, steps, right):
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        code = code_at(device, now + timedelta(seconds=STEP * steps))

        assert second_device.verify(official, code) is right


def test_after_a_wrong_code_the_next_must_wait_and_longer_each_time(official, device):
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        wrong = f"{(int(code_at(device, now)) + 1) % 1_000_000:06d}"
        assert not second_device.verify(official, wrong)
        assert not second_device.verify(official, code_at(device, now))
    later = now + timedelta(seconds=2)
    with time_machine.travel(later, tick=False):
        assert second_device.verify(official, code_at(device, later))


def test_the_pause_after_wrong_codes_grows_to_minutes_and_not_to_days(official, device):
    now = timezone.now()
    for _ in range(30):
        with time_machine.travel(now, tick=False):
            wrong = f"{(int(code_at(device, now)) + 1) % 1_000_000:06d}"
            assert not second_device.verify(official, wrong)
        now += timedelta(seconds=257)

    device.refresh_from_db()
    assert device.throttling_failure_count == MOST_DOUBLINGS
    with time_machine.travel(now, tick=False):
        assert second_device.verify(official, code_at(device, now))
    with time_machine.travel(now + timedelta(seconds=STEP), tick=False):
        wrong = f"{(int(code_at(device, timezone.now())) + 1) % 1_000_000:06d}"
        assert not second_device.verify(official, wrong)


def test_who_guesses_elsewhere_does_not_lock_the_owner_out_of_a_known_browser(official, device):
    now = timezone.now()
    known = Client()
    with time_machine.travel(now, tick=False):
        pass_password(known, "official")
        give(known, code_at(device, now))
        assert is_signed_in(known)
    later = now + timedelta(minutes=1)
    with time_machine.travel(later, tick=False):
        wrong = f"{(int(code_at(device, later)) + 1) % 1_000_000:06d}"
        for _ in range(12):
            second_device.verify(official, wrong)
        assert not second_device.verify(official, code_at(device, later))

        pass_password(known, "official")
        give(known, code_at(device, later))

        assert is_signed_in(known)


def test_a_known_browser_has_five_tries_and_then_waits(official, device):
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        right = code_at(device, now)
        for number in range(1, 6):
            wrong = f"{(int(right) + number) % 1_000_000:06d}"
            assert not second_device.verify(official, wrong, known_browser="mark")
        assert not second_device.verify(official, right, known_browser="mark")
    later = now + timedelta(minutes=16)
    with time_machine.travel(later, tick=False):
        assert second_device.verify(official, code_at(device, later), known_browser="mark")


def test_another_officials_code_is_refused(official, device):
    other = SealedDevice.objects.create(user=person("other", is_staff=True), confirmed=True)

    assert not second_device.verify(official, code_at(other, timezone.now()))


def test_the_database_alone_holds_no_secret(official):
    second_device.set_up(official)

    device = SealedDevice.objects.get(user=official)

    stored = device.key.encode() + base64.urlsafe_b64decode(device.key)
    assert device.bin_key not in stored
    assert device.bin_key.hex().encode() not in stored
    assert base64.b32encode(device.bin_key) not in stored


def test_a_secret_that_was_given_to_another_account_is_worth_nothing(official, device):
    other = SealedDevice.objects.create(user=person("other", is_staff=True), confirmed=True)
    code = code_at(other, timezone.now())
    SealedDevice.objects.filter(pk=device.pk).update(key=other.key)

    assert not second_device.verify(official, code)


def test_a_device_outlives_the_old_key(official, device, settings):
    new = base64.urlsafe_b64encode(os.urandom(32)).decode()
    settings.TEMPLATE_KEYS = [new, *settings.TEMPLATE_KEYS]

    call_command("rotate_template_keys")
    settings.TEMPLATE_KEYS = settings.TEMPLATE_KEYS[:1]
    device.refresh_from_db()

    assert second_device.verify(official, code_at(device, timezone.now()))


def test_a_device_whose_key_is_gone_is_named_and_lets_nobody_in(official, device, settings, capsys):
    code = code_at(device, timezone.now())
    settings.TEMPLATE_KEYS = [base64.urlsafe_b64encode(os.urandom(32)).decode()]

    assert not second_device.verify(official, code)
    with pytest.raises(SystemExit):
        call_command("rotate_template_keys")
    assert f"authenticator {device.pk}" in capsys.readouterr().err


def test_a_superuser_removes_a_lost_telephone_and_that_is_on_record(official, device, client):
    boss = person("boss", is_staff=True, is_superuser=True)
    client.force_login(boss)

    page = client.get(f"/admin/accounts/sealeddevice/{device.pk}/change/").content.decode()
    client.post(f"/admin/accounts/sealeddevice/{device.pk}/delete/", {"post": "yes"})

    assert device.key not in page
    assert not SealedDevice.objects.exists()
    assert AuditEvent.objects.filter(action="totp_removed", actor_id=boss.pk).count() == 1


def test_other_officials_do_not_see_the_devices(device, client):
    client.force_login(person("colleague", is_staff=True))

    assert client.get("/admin/accounts/sealeddevice/").status_code == 403
