"""The task queue reads JSON and nothing that could run code."""

from __future__ import annotations

import os
import pickle
from typing import Any

import pytest
from kombu.exceptions import ContentDisallowed
from kombu.message import Message

from facevote.celery import app


class Trap:
    """What unpickling it would do."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def test_a_pickled_message_is_refused_unread(tmp_path):
    sprung = tmp_path / "sprung"
    body: Any = pickle.dumps(Trap(sprung))  # kombu's stubs know text alone
    message = Message(
        body=body,
        content_type="application/x-python-serialize",
        content_encoding="binary",
        accept=app.conf.accept_content,
    )

    with pytest.raises(ContentDisallowed):
        message.decode()

    assert not sprung.exists()


def test_what_the_site_itself_sends_is_json():
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_serializer == app.conf.result_serializer == "json"
