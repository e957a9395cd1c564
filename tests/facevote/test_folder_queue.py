"""What is in the folder is there whole, whenever somebody looks."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path
from queue import Empty

import pytest
from django.conf import settings
from kombu import Connection
from kombu.exceptions import ChannelError
from kombu.transport import filesystem

from facevote.celery import app
from facevote.folder_queue import Transport

NAME = "facevote.folder_queue.Transport"


@pytest.fixture
def channel(tmp_path):
    for name in ("messages", "control"):
        (tmp_path / name).mkdir()
    with opened(tmp_path) as connection:
        yield connection.default_channel


def opened(folder):
    options = {
        "data_folder_in": str(folder / "messages"),
        "data_folder_out": str(folder / "messages"),
        "control_folder": str(folder / "control"),
    }
    return Connection("filesystem://", transport=NAME, transport_options=options)


def in_the_middle_of(monkeypatch, look):
    """Have `look` called when a file is there and half of it is written."""
    write = Path.write_bytes

    def halfway(path, content):
        write(path, content[: len(content) // 2])
        look()
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", halfway)


def test_a_message_that_is_half_written_is_not_there_yet(channel, monkeypatch):
    looked = []

    def look():
        with pytest.raises(Empty):
            channel._get("celery")
        looked.append(channel._size("celery"))

    in_the_middle_of(monkeypatch, look)

    channel._put("celery", {"body": "a photo"})

    assert looked == [0]
    assert channel._get("celery") == {"body": "a photo"}


def test_who_is_sent_what_is_never_half_written(channel, monkeypatch):
    tables = []
    in_the_middle_of(monkeypatch, lambda: tables.append(channel.get_table("celery")))

    channel._queue_bind("celery", "celery", "", "celery")

    assert tables == [[]]
    assert [entry.queue for entry in channel.get_table("celery")] == ["celery"]


def test_two_who_begin_at_once_are_both_bound(channel, monkeypatch):
    lock = filesystem.lock

    def later(turn, flags):
        monkeypatch.setattr(filesystem, "lock", lock)
        channel._queue_bind("celery", "other", "", "other")
        lock(turn, flags)

    monkeypatch.setattr(filesystem, "lock", later)

    channel._queue_bind("celery", "celery", "", "celery")

    assert {entry.queue for entry in channel.get_table("celery")} == {"celery", "other"}


@pytest.mark.parametrize("act", ["_put", "_queue_bind"])
def test_a_full_disk_is_said_and_leaves_nothing(channel, monkeypatch, tmp_path, act):
    def full():
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    in_the_middle_of(monkeypatch, full)
    what = {"_put": ("celery", {"body": 1}), "_queue_bind": ("celery", "celery", "", "celery")}

    with pytest.raises(ChannelError, match="No space left"):
        getattr(channel, act)(*what[act])

    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path.stat().st_size]


def test_nothing_is_lost_between_one_who_writes_and_one_who_reads(tmp_path):
    for name in ("messages", "control"):
        (tmp_path / name).mkdir()
    count, got = 300, []

    def write():
        with opened(tmp_path) as connection:
            for number in range(count):
                connection.default_channel._put("celery", {"number": number, "more": "x" * 2000})

    writer = threading.Thread(target=write)
    writer.start()
    with opened(tmp_path) as connection:
        while writer.is_alive() or connection.default_channel._size("celery"):
            try:
                got.append(connection.default_channel._get("celery")["number"])
            except Empty:
                continue
    writer.join()

    assert sorted(got) == list(range(count))


def test_it_is_what_a_site_without_a_broker_uses():
    if not settings.CELERY_BROKER_URL.startswith("filesystem"):
        pytest.skip("this run has a broker")
    with app.connection_for_write() as connection:
        assert isinstance(connection.transport, Transport)
