from __future__ import annotations

import base64
import os

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.at_rest.sealing import SealBroken, keyring
from biometrics.enrolment.encoding import encode
from biometrics.enrolment.gallery import Gallery
from biometrics.enrolment.photos import store_photo
from biometrics.enrolment.references import make_reference
from biometrics.models import PhotoReason, Reference, ReferencePhoto
from biometrics.storage.photos import read_photo
from biometrics.storage.references import reference_for
from tests.support.photo_files import photo_path
from tests.support.pictures import ALICE, BOB, jpeg
from tests.support.scripted_engine import NextScriptedEngine, ScriptedEngine

SHA = ScriptedEngine.encoder_sha256


@pytest.fixture
def enrol(registrar):
    def enrol(user, person):
        photo = store_photo(user, jpeg(person), registrar)
        encode(photo.pk, ScriptedEngine(), now=timezone.now())
        return ReferencePhoto.objects.get(pk=photo.pk)

    return enrol


def new_key():
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


def test_what_was_sealed_for_one_owner_does_not_open_for_another():
    sealed = keyring().seal(b"template", bound_to="user:1")

    with pytest.raises(SealBroken):
        keyring().unseal(sealed, bound_to="user:2")


@pytest.mark.parametrize("at", [0, 1, 5, 20, -1])
def test_one_flipped_bit_anywhere_is_noticed(at):
    sealed = bytearray(keyring().seal(b"template", bound_to="user:1"))
    sealed[at] ^= 1

    with pytest.raises(SealBroken):
        keyring().unseal(bytes(sealed), bound_to="user:1")


def test_swapped_references_are_refused(enrol, alice, bob):
    enrol(alice, ALICE)
    enrol(bob, BOB)
    stolen = Reference.objects.get(user=bob).template

    Reference.objects.filter(user=alice).update(template=stolen)

    with pytest.raises(SealBroken):
        reference_for(alice, SHA)


def test_a_reference_that_was_handed_to_another_person_is_refused(enrol, alice, bob):
    enrol(bob, BOB)

    Reference.objects.filter(user=bob).update(user=alice)

    with pytest.raises(SealBroken):
        reference_for(alice, SHA)


def test_a_reference_that_claims_another_encoder_is_refused(enrol, alice):
    enrol(alice, ALICE)

    Reference.objects.filter(user=alice).update(encoder_sha256=NextScriptedEngine.encoder_sha256)

    with pytest.raises(SealBroken):
        reference_for(alice, NextScriptedEngine.encoder_sha256)


def test_swapped_photo_templates_are_refused_and_never_fused(enrol, alice, bob):
    mine = enrol(alice, ALICE)
    theirs = enrol(bob, BOB)

    ReferencePhoto.objects.filter(pk=mine.pk).update(template=theirs.template)
    make_reference(alice.pk, ScriptedEngine(), now=timezone.now())

    mine.refresh_from_db()
    assert mine.reason == PhotoReason.UNREADABLE
    assert not Reference.objects.filter(user=alice).exists()


def test_swapped_photo_files_are_refused(enrol, alice, bob):
    mine = enrol(alice, ALICE)
    theirs = enrol(bob, BOB)

    photo_path(mine.file).write_bytes(photo_path(theirs.file).read_bytes())

    with pytest.raises(SealBroken):
        read_photo(mine)


def test_a_search_leaves_out_what_cannot_be_decrypted(enrol, alice, bob):
    enrol(alice, ALICE)
    enrol(bob, BOB)
    Reference.objects.filter(user=alice).update(template=b"\x01broken")
    gallery = Gallery(SHA)

    gallery.refresh()

    assert set(gallery.others(0)) == {bob.pk}


def test_rotation_moves_everything_to_the_first_key(enrol, alice, settings):
    photo = enrol(alice, ALICE)
    old = settings.TEMPLATE_KEYS[0]
    settings.TEMPLATE_KEYS = [new_key(), old]

    call_command("rotate_template_keys")
    settings.TEMPLATE_KEYS = settings.TEMPLATE_KEYS[:1]

    photo.refresh_from_db()
    assert reference_for(alice, SHA).encoder == ScriptedEngine.encoder_name
    assert read_photo(photo).startswith(b"\xff\xd8")
    assert keyring().is_current(bytes(photo.template))


def test_rotation_may_be_stopped_and_started_again(enrol, alice, bob, settings, monkeypatch):
    enrol(alice, ALICE)
    enrol(bob, BOB)
    settings.TEMPLATE_KEYS = [new_key(), *settings.TEMPLATE_KEYS]
    interrupt_after(monkeypatch, rows=2)
    with pytest.raises(KeyboardInterrupt):
        call_command("rotate_template_keys")
    monkeypatch.undo()

    call_command("rotate_template_keys")
    settings.TEMPLATE_KEYS = settings.TEMPLATE_KEYS[:1]

    assert reference_for(alice, SHA)
    assert reference_for(bob, SHA)


def test_rotation_names_what_it_cannot_open_and_fails(enrol, alice, settings, capsys):
    enrol(alice, ALICE)
    settings.TEMPLATE_KEYS = [new_key()]

    with pytest.raises(SystemExit) as stop:
        call_command("rotate_template_keys")

    assert stop.value.code == 1
    assert "keep the old keys" in capsys.readouterr().err


def interrupt_after(monkeypatch, *, rows):
    from biometrics.housekeeping import key_rotation

    real = key_rotation._reseal_photo
    calls = []

    def reseal(photo_id):
        calls.append(photo_id)
        if len(calls) == rows:
            raise KeyboardInterrupt
        return real(photo_id)

    monkeypatch.setattr(key_rotation, "_reseal_photo", reseal)
