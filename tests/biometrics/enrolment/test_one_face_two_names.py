from __future__ import annotations

import pytest
from django.utils import timezone

from biometrics.enrolment.encoding import encode
from biometrics.enrolment.photos import NothingToAccept, accept_resemblance, store_photo
from biometrics.enrolment.references import renew
from biometrics.models import PhotoReason, PhotoState, Reference, ReferencePhoto
from biometrics.storage.references import has_reference
from tests.support.pictures import ALICE, BOB, jpeg
from tests.support.scripted_engine import ScriptedEngine


@pytest.fixture
def enrol(registrar):
    def enrol(user, person, mark=0):
        photo = store_photo(user, jpeg(person, mark=mark), registrar)
        encode(photo.pk, ScriptedEngine(), now=timezone.now())
        return ReferencePhoto.objects.get(pk=photo.pk)

    return enrol


def test_a_face_that_is_enrolled_under_another_name_is_refused(enrol, alice, bob):
    enrol(alice, ALICE)

    photo = enrol(bob, ALICE)

    assert photo.reason == PhotoReason.ALREADY_ENROLLED
    assert photo.resembles == alice
    assert not has_reference(bob)
    assert has_reference(alice)


def test_no_number_of_photos_gets_a_second_name_in(enrol, alice, bob):
    enrol(alice, ALICE)

    photos = [enrol(bob, ALICE, mark) for mark in range(3)]

    reasons = {ReferencePhoto.objects.get(pk=photo.pk).reason for photo in photos}
    assert reasons == {PhotoReason.ALREADY_ENROLLED}
    assert not has_reference(bob)


def test_an_official_may_let_a_twin_in(enrol, alice, bob, registrar):
    enrol(alice, ALICE)
    photo = enrol(bob, ALICE)

    accept_resemblance(photo, actor=registrar)
    renew(bob.pk, ScriptedEngine(), now=timezone.now())

    photo.refresh_from_db()
    assert photo.state == PhotoState.USABLE
    assert has_reference(bob)


def test_the_decision_holds_both_ways_and_for_later_photos(enrol, alice, bob, registrar):
    enrol(alice, ALICE)
    accept_resemblance(enrol(bob, ALICE), actor=registrar)
    renew(bob.pk, ScriptedEngine(), now=timezone.now())

    again = enrol(alice, ALICE, 1)
    more = enrol(bob, ALICE, 2)

    assert {again.state, more.state} == {PhotoState.USABLE}
    assert Reference.objects.count() == 2


def test_a_usable_photo_has_nothing_to_accept(enrol, alice, registrar):
    photo = enrol(alice, ALICE)

    with pytest.raises(NothingToAccept):
        accept_resemblance(photo, actor=registrar)


def test_once_the_other_is_gone_the_photo_is_usable(enrol, alice, bob):
    other = enrol(alice, ALICE)
    photo = enrol(bob, ALICE)
    ReferencePhoto.objects.filter(pk=other.pk).delete()
    renew(alice.pk, ScriptedEngine(), now=timezone.now())

    renew(bob.pk, ScriptedEngine(), now=timezone.now())

    photo.refresh_from_db()
    assert photo.state == PhotoState.USABLE


def test_different_faces_do_not_meet(enrol, alice, bob):
    enrol(alice, ALICE)

    photo = enrol(bob, BOB)

    assert photo.state == PhotoState.USABLE
