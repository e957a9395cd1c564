from __future__ import annotations

import pytest

from voting.crypto.board.bodies import ApprovalInvalidError, approved_by, waive_body


def test_two_officials_approve_by_their_pseudonyms() -> None:
    assert approved_by(["Official B", "Official A"]) == ["Official A", "Official B"]
    assert waive_body([3, 1], ["b", "a"]) == {"approved_by": ["a", "b"], "trustees": [1, 3]}


@pytest.mark.parametrize(
    "names",
    [
        *([], ["A"], ["A", "A"], ["A", "a"], ["A", "\uff21"], ["A", "B", "C"], ["A", ""]),
        *(["A", " B"], ["A", "x" * 201], ["Straße", "STRASSE"]),
    ],
)
def test_one_person_does_not_approve_twice(names: list[str]) -> None:
    with pytest.raises(ApprovalInvalidError):
        approved_by(names)
