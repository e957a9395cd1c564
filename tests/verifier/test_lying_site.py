"""A site that lies to a witness: about its head, with boards without end, and to hide its lies."""

from __future__ import annotations

import json
from collections import namedtuple

import pytest

from tests.verifier.maker import Maker
from tests.verifier.served_site import PATH, served
from verifier.rules.strict import dump
from verifier.witnessing import reading
from verifier.witnessing.record import Record
from verifier.witnessing.watch import Watch

Disk = namedtuple("Disk", "free")


@pytest.fixture
def site():
    with served(Maker().opened()) as found:
        yield found


@pytest.fixture
def alarms():
    return []


@pytest.fixture
def watch(tmp_path, site, alarms):
    return Watch(
        site.address,
        Record(tmp_path / "witness"),
        secret=site.made.witnesses[0],
        peers=[],
        scripts={},
        alarm=alarms.append,
    )


def published(tmp_path):
    lines = (tmp_path / "witness" / "published.jsonl").read_bytes().splitlines()
    return [json.loads(line) for line in lines]


def forged(made):
    head = made.published_head(len(made.lines))
    return head | {"hash": "ab" * 32}


def of_another_election(_made):
    other = Maker().opened()
    return other.published_head(len(other.lines))


@pytest.mark.parametrize(
    "head", [forged, of_another_election, lambda _made: ["x" * 1000], lambda _made: None]
)
def test_what_the_server_has_not_signed_is_shown_to_no_other_witness(
    tmp_path, site, watch, alarms, head
):
    site.files[PATH + "head.json"] = dump(head(site.made))

    watch.look()

    assert all(line["format"] == "facevote-witness-2" for line in published(tmp_path))
    assert alarms


def test_a_head_of_a_board_that_was_not_shown_is_shown_to_the_others(tmp_path, site, watch):
    watch.look()
    head = site.made.published_head(len(site.made.lines) + 5, "cd" * 32)
    site.files[PATH + "head.json"] = dump(head)
    del site.files[PATH + "board.jsonl"]

    watch.look()

    assert head in published(tmp_path)


def test_each_board_that_contradicts_the_first_is_kept(tmp_path, site, watch, alarms):
    watch.look()
    first = site.made.file
    other = Maker().opened().file
    for lie in (other, first[:-10], other, first[:-10]):
        site.files[PATH + "board.jsonl"] = lie
        watch.look()

    kept = sorted((tmp_path / "witness").glob("other-board-*.jsonl"))
    assert [file.read_bytes() for file in kept] == [other, first[:-10]]
    assert (tmp_path / "witness" / "board.jsonl").read_bytes() == first
    assert len(alarms) == 2


def test_a_board_that_would_fill_the_disk_is_an_alarm(tmp_path, site, watch, alarms, monkeypatch):
    monkeypatch.setattr(
        "verifier.witnessing.reading.shutil.disk_usage", lambda _folder: Disk(reading.LEFT_FREE)
    )

    watch.look()

    assert any("does not fit on this disk" in alarm for alarm in alarms)
    assert not (tmp_path / "witness" / "board.jsonl").read_bytes()
    assert site.received == []
