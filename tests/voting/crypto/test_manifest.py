from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.voting.crypto.elections import contest, make_manifest
from voting.crypto import canonical, group
from voting.crypto.manifest import Choice, Contest, KeySetupMode, Manifest, ManifestInvalid


def test_a_manifest_is_read_back(manifest: Manifest) -> None:
    again = Manifest.from_json(manifest.to_json())

    assert again == manifest
    assert again.fingerprint == manifest.fingerprint


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Another title"},
        {"revote": False},
        {"roll": "0" * 64},
        {"board_key": group.GENERATOR},
        {"contests": (contest(3, 1, 1, blank=True),)},
        {"contests": (contest(4, 1, 2, blank=True),)},
    ],
)
def test_the_fingerprint_covers_every_part(manifest: Manifest, change: dict[str, Any]) -> None:
    assert replace(manifest, **change).fingerprint != manifest.fingerprint


@pytest.mark.parametrize(
    ("size", "low", "high"), [(0, 0, 0), (2, 0, 0), (2, 2, 1), (2, 0, 3), (2, -1, 1)]
)
def test_impossible_limits_are_refused(size: int, low: int, high: int) -> None:
    with pytest.raises(ManifestInvalid):
        contest(size, low, high, blank=False)


@pytest.mark.parametrize("title", ["", "x" * 501, "two\nlines", "e\u0301", "nul\0"])
def test_a_title_that_could_mislead_is_refused(title: str) -> None:
    with pytest.raises(ManifestInvalid):
        Choice("a", title)


def test_ids_are_plain_and_unique(manifest: Manifest) -> None:
    twice = (Choice("a", "A"), Choice("a", "B"))

    for make in (
        lambda: Contest("c", "C", twice, 1, 1, blank=False),
        lambda: Choice("Ä", "A"),
        lambda: replace(manifest, contests=manifest.contests * 2),
        lambda: replace(manifest, contests=()),
        lambda: replace(manifest, id="a b"),
    ):
        with pytest.raises(ManifestInvalid):
            make()


def test_a_key_that_is_not_the_trustees_is_refused(manifest: Manifest) -> None:
    for change in (
        {"public_key": group.GENERATOR},
        {"threshold": 2},
        {"threshold": True},
        {"trustees": ()},
    ):
        with pytest.raises(ManifestInvalid):
            replace(manifest.key, **change)


def test_the_server_mode_has_one_key() -> None:
    key = make_manifest().key

    with pytest.raises(ManifestInvalid):
        replace(
            key,
            mode=KeySetupMode.SERVER,
            trustees=key.trustees * 2,
            public_key=group.add(key.public_key, key.public_key),
        )


@pytest.mark.parametrize(
    "change",
    [
        {"format": "other"},
        {"extra": 1},
        {"revote": 1},
        {"contests": None},
        {"contests": [{}]},
        {"voters": "names"},
        {"roll": "x"},
        {"board_key": "0" * 64},
        {"key": {}},
        {"title": 7},
    ],
)
def test_a_manifest_that_is_not_in_its_form_is_refused(
    manifest: Manifest, change: dict[str, Any]
) -> None:
    with pytest.raises(ManifestInvalid):
        Manifest.from_json(canonical.encode(manifest.to_dict() | change))
