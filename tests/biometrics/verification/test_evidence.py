"""Frames of refused attempts: none by default; sealed, for the few, and not for long otherwise."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.at_rest.sealing import SealBroken
from accounts.audit import Action
from accounts.models import AuditEvent, User
from biometrics.consent import agreement
from biometrics.consent.agreement import (
    CONSENT_VERSION,
    give_consent,
    has_consent,
    withdraw_consent,
)
from biometrics.consent.erasure import erase_voter
from biometrics.engine import session as machine
from biometrics.engine.session import Reason, Verdict
from biometrics.housekeeping import retention
from biometrics.models import EvidenceFrame, Purpose, SessionState, VerificationSession
from biometrics.verification import evidence, sessions
from biometrics.verification.evidence import FrameBuffer
from tests.biometrics.engine.session.heads import frame_of
from tests.support.pictures import BOB, drawn, encoded
from tests.support.whole_login import WholeLoginClient

pytestmark = pytest.mark.django_db
JPEG = encoded(drawn(BOB))
REFUSED = Verdict(verified=False, reason=Reason.NOT_LIVE)


@pytest.fixture
def voter():
    return User.objects.create_user("alice", password="a long enough password")


@pytest.fixture
def official(settings):
    settings.OFFICIAL_SECOND_FACTOR = "none"
    user = User.objects.create_user("helen", password="a long enough password", is_staff=True)
    for name in ("view_verificationsession", "view_evidenceframe"):
        user.user_permissions.add(Permission.objects.get(codename=name))
    return user


def attempt(user, verdict=REFUSED, frames=3):
    now = timezone.now()
    session = VerificationSession.objects.create(
        user=user,
        purpose=Purpose.LOGIN,
        ticket_hash=f"{VerificationSession.objects.count():064}",
        browser_hash="b" * 64,
        state=SessionState.OPEN,
        created_at=now,
        ticket_expires_at=now,
        opened_at=now,
    )
    buffer = FrameBuffer(against=(JPEG,) * frames)
    sessions.finish(session, verdict, frames=frames, models_used={}, frames_kept=buffer, now=now)
    return session


def dump():
    """All rows of the database, bytes as hexadecimals, as a stolen backup has them."""
    return "\n".join(connection.connection.iterdump()).lower()


def test_nothing_is_kept_by_default(voter):
    attempt(voter)

    assert not EvidenceFrame.objects.exists()


@pytest.mark.parametrize(
    "verdict",
    [Verdict(verified=True), Verdict(verified=False, reason=Reason.TIMED_OUT)],
    ids=["verified", "timed out"],
)
def test_who_was_let_in_or_only_left_leaves_no_picture(voter, settings, verdict):
    settings.EVIDENCE_DAYS = 7

    attempt(voter, verdict)

    assert not EvidenceFrame.objects.exists()


def test_what_is_kept_is_sealed_and_bound_to_its_attempt(voter, settings):
    settings.EVIDENCE_DAYS = 7
    attempt(voter)
    one, other, _third = EvidenceFrame.objects.all()

    assert evidence.read(one) == JPEG
    other.sealed = one.sealed
    with pytest.raises(SealBroken):
        evidence.read(other)
    assert JPEG[:64] not in bytes(one.sealed)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's own dump")
def test_a_stolen_database_shows_no_picture(voter, settings):
    settings.EVIDENCE_DAYS = 7
    attempt(voter)

    stolen = dump()

    assert EvidenceFrame.objects.count() == 3
    assert JPEG[100:160].hex() not in stolen
    assert b"JFIF".hex() not in stolen


def test_it_goes_after_its_days_and_at_once_when_the_setting_is_taken_back(voter, settings):
    settings.EVIDENCE_DAYS = 7
    attempt(voter)

    retention.purge("e" * 64, now=timezone.now() + timedelta(days=6, hours=23))
    assert EvidenceFrame.objects.count() == 3
    retention.purge("e" * 64, now=timezone.now() + timedelta(days=7, hours=1))
    assert not EvidenceFrame.objects.exists()

    attempt(voter)
    settings.EVIDENCE_DAYS = 0
    retention.purge("e" * 64, now=timezone.now() + timedelta(seconds=1))
    assert not EvidenceFrame.objects.exists()


@pytest.mark.parametrize("way", ["erased", "withdrawn"])
def test_it_goes_with_the_voter(voter, settings, way):
    settings.EVIDENCE_DAYS = 7
    attempt(voter)

    if way == "erased":
        erase_voter(voter, actor=None)
    else:
        withdraw_consent(voter, timezone.now())

    assert not EvidenceFrame.objects.exists()


def test_it_can_still_be_read_after_the_keys_were_rotated(voter, settings):
    settings.EVIDENCE_DAYS = 7
    attempt(voter, frames=1)
    old = settings.TEMPLATE_KEYS[0]
    fresh = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="

    settings.TEMPLATE_KEYS = [fresh, old]
    call_command("rotate_template_keys", verbosity=0)
    settings.TEMPLATE_KEYS = [fresh]

    assert evidence.read(EvidenceFrame.objects.get()) == JPEG


def signed_in(user):
    client = WholeLoginClient()
    client.force_login(user)
    return client


@pytest.mark.django_db(transaction=True)
def test_an_official_with_the_permission_sees_them_and_that_is_on_record(
    unguarded_after, voter, official, settings
):
    settings.EVIDENCE_DAYS = 7
    session = attempt(voter, frames=1)
    frame = EvidenceFrame.objects.get()
    address = reverse("biometrics:evidence", args=[frame.pk])
    page = reverse("admin:biometrics_verificationsession_change", args=[session.pk])

    assert address in signed_in(official).get(page).content.decode()
    answer = signed_in(official).get(address)

    assert answer.content == JPEG
    assert "no-store" in answer["Cache-Control"]
    assert AuditEvent.objects.filter(action=Action.EVIDENCE_SEEN, actor_id=official.pk).exists()


def test_nobody_else_sees_them(voter, official, settings):
    settings.EVIDENCE_DAYS = 7
    session = attempt(voter, frames=1)
    official.user_permissions.remove(Permission.objects.get(codename="view_evidenceframe"))
    address = reverse("biometrics:evidence", args=[EvidenceFrame.objects.get().pk])
    page = reverse("admin:biometrics_verificationsession_change", args=[session.pk])

    answers = [signed_in(one).get(address).status_code for one in (voter, official)]

    assert answers == [403, 403]
    assert Client().get(address).status_code == 403
    assert address not in signed_in(official).get(page).content.decode()


def test_who_agreed_to_less_is_asked_again(voter, settings):
    give_consent(voter, agreement.text_version(), timezone.now())
    assert has_consent(voter)

    settings.EVIDENCE_DAYS = 7
    assert not has_consent(voter)

    give_consent(voter, agreement.text_version(), timezone.now())
    assert has_consent(voter)
    settings.EVIDENCE_DAYS = 14
    assert not has_consent(voter)
    settings.EVIDENCE_DAYS = 0
    assert has_consent(voter)


def test_the_text_says_what_is_kept(client, voter, settings):
    give_consent(voter, CONSENT_VERSION, timezone.now())
    client.post(
        reverse("accounts:sign-in"), {"username": "alice", "password": "a long enough password"}
    )

    without = client.get(reverse("biometrics:consent")).content.decode()
    settings.EVIDENCE_DAYS = 7
    kept = client.get(reverse("biometrics:consent")).content.decode()

    assert "No picture from the camera" in without
    assert "encrypted, for 7 days" in kept
    assert "No picture from the camera" not in kept


def test_the_frames_that_told_against_the_attempt_are_the_ones_in_memory():
    good, bad = frame_of(0), frame_of(1, "attack")
    calm = machine.begin(0.0, b"seed")
    policy = machine.Policy(frames_needed=10, seconds=60, pad_required=True)

    def never(_probes):
        raise AssertionError("too few frames for a mean")

    def after(frame):
        return machine.step(calm, frame, now=0.1, policy=policy, fused=never)[0]

    buffer = FrameBuffer()
    for number in range(9):
        buffer = buffer.with_frame(b"bad %d" % number, before=calm, after=after(bad))
        buffer = buffer.with_frame(b"good %d" % number, before=calm, after=after(good))

    assert buffer.frames == tuple(b"bad %d" % number for number in range(3, 9))
    assert FrameBuffer().with_frame(b"good", before=calm, after=after(good)).frames == (b"good",)
