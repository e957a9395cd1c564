from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from accounts.audit import Action
from accounts.models import AuditEvent, User
from biometrics.consent.erasure import erase_voter
from biometrics.enrolment.encoding import encode
from biometrics.enrolment.photos import store_photo
from biometrics.evaluation import comparing
from biometrics.evaluation.comparing import evaluate_enrolled
from biometrics.models import EvaluationFinding, EvaluationState, MatchingEvaluation, Reference
from biometrics.tasks import sweep_stale_photos
from tests.support.pictures import ALICE, BOB, jpeg
from tests.support.scripted_engine import ScriptedEngine

PAGE = "admin:biometrics_enrolment_evaluation"
PART = "biometrics:evaluation"


@pytest.fixture
def enrolled(alice, bob, registrar):
    for user, colour in ((alice, ALICE), (bob, BOB)):
        for mark in (0, 1):
            photo = store_photo(user, jpeg(colour, mark=mark), registrar)
            encode(photo.pk, ScriptedEngine(), now=timezone.now())
    return alice, bob


@pytest.fixture
def evaluated(enrolled, registrar, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        comparing.request_evaluation(registrar, now=timezone.now())
    return MatchingEvaluation.objects.get()


def test_an_official_sees_the_nearest_voters_and_the_spread_of_photos(official, evaluated):
    answer = official.get(reverse(PART)).json()

    assert not answer["busy"]
    assert "alice" in answer["figures"]
    assert "bob" in answer["figures"]
    figures = evaluated.figures
    assert (figures["voters"], figures["photos"]) == (2, 4)
    assert evaluated.findings.filter(other__isnull=False).count() == 1
    assert evaluated.findings.filter(other__isnull=True).count() == 2


def test_the_page_opens_without_figures_and_with_them(official, enrolled, registrar):
    empty = official.get(reverse(PAGE))
    asked = comparing.request_evaluation(registrar, now=timezone.now())
    evaluate_enrolled(asked.pk)
    full = official.get(reverse(PAGE))

    assert "Nothing has been compared yet." in empty.content.decode()
    assert full.content.decode().count("<polyline") == 4


def test_the_button_starts_it_and_the_page_is_told_that_it_runs(official, enrolled):
    answer = official.post(reverse(PART)).json()

    asked = MatchingEvaluation.objects.get()
    assert answer["busy"]
    assert asked.state == EvaluationState.WAITING
    event = AuditEvent.objects.get(action=Action.MATCHING_EVALUATED)
    assert event.subject == f"evaluation:{asked.pk}"


def test_the_form_does_the_same_without_scripts(official, enrolled):
    response = official.post(reverse(PAGE))

    assert response.status_code == 302
    assert MatchingEvaluation.objects.count() == 1


def test_two_officials_at_once_start_one_comparison(enrolled, registrar, alice):
    first = comparing.request_evaluation(registrar, now=timezone.now())
    second = comparing.request_evaluation(registrar, now=timezone.now())

    assert first == second
    assert MatchingEvaluation.objects.count() == 1


@pytest.mark.parametrize("who", ["nobody", "voter", "other official"])
@pytest.mark.parametrize("name", [PAGE, PART])
@pytest.mark.parametrize("method", ["get", "post"])
def test_without_the_permission_nothing_is_shown_or_started(client, evaluated, who, name, method):
    if who != "nobody":
        client.force_login(User.objects.create_user("eve", is_staff=who == "other official"))

    response = getattr(client, method)(reverse(name))

    assert response.status_code in {302, 403}
    assert b"alice" not in response.content
    assert MatchingEvaluation.objects.get() == evaluated


@pytest.mark.parametrize("name", [PAGE, PART])
def test_one_who_may_only_look_starts_nothing(client, evaluated, name):
    viewer = User.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename="view_referencephoto"))
    client.force_login(viewer)

    page, started = client.get(reverse(PAGE)), client.post(reverse(name))

    assert b"data-ask" not in page.content
    assert started.status_code == 403
    assert MatchingEvaluation.objects.count() == 1


def test_a_run_twice_changes_nothing(evaluated):
    was = evaluated.ended_at

    evaluate_enrolled(evaluated.pk)

    assert MatchingEvaluation.objects.get().ended_at == was


def test_a_new_comparison_replaces_the_old_one(evaluated, registrar):
    again = comparing.request_evaluation(registrar, now=timezone.now())
    evaluate_enrolled(again.pk)

    assert MatchingEvaluation.objects.get() == again
    assert EvaluationFinding.objects.exclude(evaluation=again).count() == 0


def test_while_it_runs_the_figures_before_stay_on_the_page(official, evaluated, registrar):
    comparing.request_evaluation(registrar, now=timezone.now())

    answer = official.get(reverse(PART)).json()

    assert answer["busy"]
    assert "alice" in answer["figures"]


def test_a_fault_is_told_and_can_be_tried_again(official, enrolled, registrar, monkeypatch):
    broken = ScriptedEngine()
    monkeypatch.setattr(broken, "point", None)
    asked = comparing.request_evaluation(registrar, now=timezone.now())
    comparing.run(asked.pk, broken, now=timezone.now())

    answer = official.get(reverse(PART)).json()
    again = comparing.request_evaluation(registrar, now=timezone.now())

    assert "failed" in answer["status"]
    assert again != asked


def test_an_altered_reference_is_left_out(enrolled, registrar):
    Reference.objects.filter(user=enrolled[0]).update(template=b"altered")

    asked = comparing.request_evaluation(registrar, now=timezone.now())
    evaluate_enrolled(asked.pk)

    asked.refresh_from_db()
    assert asked.state == EvaluationState.DONE
    assert asked.figures["voters"] == 1


def test_the_sweep_takes_up_what_a_dead_worker_left(enrolled, registrar):
    asked = comparing.request_evaluation(registrar, now=timezone.now())
    long_ago = timezone.now() - timedelta(hours=2)
    MatchingEvaluation.objects.update(state=EvaluationState.RUNNING, started_at=long_ago)

    sweep_stale_photos()

    asked.refresh_from_db()
    assert asked.state == EvaluationState.DONE


def test_findings_go_with_the_face_they_are_about(evaluated, enrolled):
    erase_voter(enrolled[0], actor=None)

    assert [found.user for found in EvaluationFinding.objects.all()] == [enrolled[1]]


def test_no_voter_is_in_the_logs_or_the_stored_figures(evaluated, enrolled, registrar, caplog):
    caplog.set_level(logging.DEBUG)

    asked = comparing.request_evaluation(registrar, now=timezone.now())
    evaluate_enrolled(asked.pk)

    asked.refresh_from_db()
    assert "nearest" not in asked.figures
    assert "widest" not in asked.figures
    for user in enrolled:
        assert user.username not in caplog.text
        assert user.username not in str(asked.figures)
