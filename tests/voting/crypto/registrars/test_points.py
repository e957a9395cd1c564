from __future__ import annotations

from dataclasses import replace

import pytest

from voting.crypto import canonical, group
from voting.crypto.registrars.points import (
    RegistrarPoints,
    RegistrarRefusedError,
    holds_change,
    holds_points,
    sign_change,
    sign_points,
)
from voting.trials.watchers import new_registrars

(REGISTRAR,) = new_registrars("test-election", 1, ["1", "2", "3"])
FILE = REGISTRAR.file
POINTS = tuple(point for _number, point in FILE.points)
FINGERPRINT = "ab" * 32


def test_a_registrars_file_is_read_back() -> None:
    assert RegistrarPoints.from_json(FILE.to_json()) == FILE


@pytest.mark.parametrize(
    "change",
    [
        {"index": 2},
        {"index": 3},
        {"election": "other"},
        {"key": group.GENERATOR},
        {"points": FILE.points[:2]},
        {"points": (*FILE.points, ("4", group.base(4)))},
        {"points": (*FILE.points, ("1", group.base(4)))},
        {"points": (*FILE.points, ("4", POINTS[0]))},
        {"points": ((("1", group.base(4))), *FILE.points[1:])},
        {"points": ()},
    ],
)
def test_a_changed_file_is_refused(change: dict[str, object]) -> None:
    changed = replace(FILE, **change)  # type: ignore[arg-type]

    with pytest.raises(RegistrarRefusedError):
        RegistrarPoints.from_json(changed.to_json())


@pytest.mark.parametrize(
    "change", [{"more": 1}, {"points": None}, {"points": [["1"]]}, {"format": "x"}, {"key": ""}]
)
def test_a_file_that_is_not_in_its_form_is_refused(change: dict[str, object]) -> None:
    value = canonical.decode(FILE.to_json()) | change

    with pytest.raises(RegistrarRefusedError):
        RegistrarPoints.from_json(canonical.encode(value))


def test_the_order_of_the_points_does_not_matter_but_each_of_them_does() -> None:
    signature = sign_points(REGISTRAR.secret, "test-election", 1, POINTS)

    assert holds_points(signature, "test-election", 1, FILE.key, reversed(POINTS))
    assert not holds_points(signature, "test-election", 1, FILE.key, POINTS[1:])


def test_a_change_of_the_roll_is_signed_as_it_is() -> None:
    new, gone = group.base(9), "voter-1"
    signature = sign_change(REGISTRAR.secret, FINGERPRINT, 1, add=[new], remove=[gone])

    def holds(
        fingerprint: str = FINGERPRINT, index: int = 1, *, add: bytes = new, remove: str = gone
    ) -> bool:
        return holds_change(signature, fingerprint, index, FILE.key, add=[add], remove=[remove])

    assert holds()
    assert not holds("cd" * 32)
    assert not holds(index=2)
    assert not holds(add=group.base(10))
    assert not holds(remove="voter-2")
