from __future__ import annotations

import base64
import os

import pytest
from django.core.management import call_command

from accounts.at_rest.sealing import SealBroken
from voting.keys import sealed


def new_key():
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


def test_an_election_outlives_the_old_key(poll, settings):
    before = sealed.board_key(poll.election).secret
    seed = sealed.decryption_seed(poll.election)
    settings.TEMPLATE_KEYS = [new_key(), *settings.TEMPLATE_KEYS]

    call_command("rotate_template_keys")
    settings.TEMPLATE_KEYS = settings.TEMPLATE_KEYS[:1]
    poll.election.secret.refresh_from_db()

    assert sealed.board_key(poll.election).secret == before
    assert sealed.decryption_seed(poll.election) == seed


def test_an_election_whose_keys_cannot_be_opened_is_named(poll, settings, capsys):
    settings.TEMPLATE_KEYS = [new_key()]

    with pytest.raises(SystemExit) as stop:
        call_command("rotate_template_keys")

    assert stop.value.code == 1
    assert poll.election.slug in capsys.readouterr().err
    with pytest.raises(SealBroken):
        sealed.board_key(poll.election)
