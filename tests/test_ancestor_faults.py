"""The eight faults of the program that this one grew out of; each stays mended."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.conf import settings
from django.urls import reverse

from accounts.models import User
from biometrics.engine import session
from biometrics.engine.faces.finding import face_to_judge
from biometrics.engine.pad.texture import ENLARGEMENT, SIDE
from biometrics.engine.types import Box, Face, Hint
from tests.biometrics.engine.session.heads import head_frame, state_after
from tests.support.places import BASE

PASSWORD = "a long enough password"
PACKAGES = ("facevote", "accounts", "biometrics", "voting")
POLICY = session.Policy(frames_needed=10, seconds=60, pad_required=True)


def sources():
    for package in PACKAGES:
        for path in (BASE / package).rglob("*.py"):
            yield path, path.read_text(encoding="utf-8")


@pytest.mark.django_db
def test_1_the_password_alone_logs_nobody_in(client):
    User.objects.create_user("ada", password=PASSWORD)

    client.post(reverse("accounts:sign-in"), {"username": "ada", "password": PASSWORD})

    assert "_auth_user_id" not in client.session
    assert client.get(reverse("voting:elections")).status_code == 302


def test_2_a_verification_compares_with_the_one_reference_it_was_given():
    somebody_else = [head_frame(number, score=0.1) for number in range(30)]

    state = state_after(somebody_else, policy=POLICY)

    assert state.verdict is not None
    assert state.verdict.reason is session.Reason.NO_MATCH
    judge = (BASE / "biometrics" / "verification" / "runner.py").read_text(encoding="utf-8")
    assert "identify" not in judge
    assert "search" not in judge


@pytest.mark.django_db
def test_3_passwords_are_hashed_and_no_key_stands_in_the_source():
    user = User.objects.create_user("ada", password=PASSWORD)

    assert user.password.startswith("argon2$argon2id$")
    assert PASSWORD not in user.password
    for path, text in sources():
        assert settings.SECRET_KEY not in text, path
        assert not re.search(r"SECRET_KEY\s*=\s*[\"']", text), path


def test_4_no_serving_code_opens_a_camera_of_the_server():
    for path, text in sources():
        if "management" not in path.parts and "training" not in path.parts:
            assert not re.search(r"VideoCapture\(\s*\d", text), path


def test_5_nothing_is_unpickled():
    for path, text in sources():
        assert not re.search(r"^\s*(import|from) (c?[pP]ickle|joblib|shelve|dill)", text, re.M), (
            path
        )
        assert "allow_pickle=True" not in text, path
    assert settings.CELERY_ACCEPT_CONTENT == ["json"]


def test_6_leaving_early_is_no_verdict():
    almost = state_after([head_frame(number) for number in range(9)], policy=POLICY)

    assert almost.verdict is None
    timed_out = session.time_out(almost, POLICY).verdict
    assert timed_out is not None
    assert timed_out.verified is False


def test_7_with_two_faces_in_view_nobody_is_judged():
    one, other = Face(Box(0, 0, 200, 240), 0.9), Face(Box(300, 0, 480, 220), 0.95)

    assert face_to_judge((one, other)) is None

    frames = []
    for number in range(20):
        good = head_frame(number)
        quality = replace(good.frame.quality, hint=Hint.SEVERAL_FACES)
        crowd = replace(
            good.frame, faces=(one, other), face=None, template=None, pad=None, quality=quality
        )
        frames.append(replace(good, frame=crowd, comparison=None))
    assert state_after(frames, policy=POLICY).verdict is None


def test_8_liveness_looks_at_more_than_a_tight_crop_of_one_frame():
    attack = [head_frame(number, pad=0.9 if number % 10 else 0.1) for number in range(60)]

    assert ENLARGEMENT > 2
    assert SIDE >= 128
    assert state_after(attack[:10] + attack[10:], policy=POLICY).verdict is None
