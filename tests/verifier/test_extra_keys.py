"""No object of a board has a key that the document does not give it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.verifier.found import FORMAT_1, problems
from tests.verifier.maker import Maker
from tests.verifier.shapes import Shape
from verifier.rules.strict import dump

if TYPE_CHECKING:
    from collections.abc import Iterator

KINDS = (
    *("open", "endorse", "waive", "roll", "override", "extend", "ballot", "spoil", "close"),
    *("tally", "decryption", "result", "forget", "head", "witness"),
)
# In format 1 each sum, share and proof is a list, as in format 2.
OLD_KINDS = ("open", "ballot", "spoil", "close", "tally", "decryption", "result", "head")


def objects(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each object inside this value, itself included."""
    if isinstance(value, dict):
        yield way
        for key, item in value.items():
            yield from objects(item, (*way, key))
    elif isinstance(value, list):
        for key, item in enumerate(value):
            yield from objects(item, (*way, key))


def with_extra_keys(lines: list[bytes], kind: str) -> Iterator[tuple[int, tuple[Any, ...], bytes]]:
    """The board up to the first event of this kind, once for each object of that event."""
    seq = next(n for n, line in enumerate(lines) if json.loads(line)["kind"] == kind)
    for way in objects(json.loads(lines[seq])):
        event = json.loads(lines[seq])
        holder = event
        for key in way:
            holder = holder[key]
        holder["zz"] = 1
        yield seq, way, b"".join(line + b"\n" for line in [*lines[:seq], dump(event)])


@pytest.fixture(scope="module")
def lines() -> list[bytes]:
    made = Maker(Shape(registrars=2)).open()
    made.head()
    made.endorse(1)
    made.endorse(3)
    made.waive([2])
    made.change_roll([made.voter("new")], made.voters[:1])
    made.override(1)
    made.extend("2026-12-02T18:00Z")
    made.spoil("ab" * 32)
    made.cast(made.voters[1], made.choice(made.voters[1], 1))
    made.witness(1)
    made.close()
    made.witness(2)
    made.tally()
    made.decrypt(1)
    made.decrypt(2)
    made.result([1, 2])
    made.forget()
    return made.lines


@pytest.mark.parametrize("kind", KINDS)
def test_an_extra_key_in_format_2_is_named(lines, kind):
    tried = 0
    for seq, way, file in with_extra_keys(lines, kind):
        found = problems(file)
        words = [words for words in found if words.startswith(f"{seq + 1} ")]
        assert any("needs the keys" in one or "the close has" in one for one in words), (way, found)
        tried += 1

    assert tried > 1


@pytest.mark.parametrize("kind", OLD_KINDS)
def test_an_extra_key_in_format_1_is_named(kind):
    expected = ("needs the keys", "the close has", "the tracker is not")
    for seq, way, file in with_extra_keys(FORMAT_1.splitlines(), kind):
        found = problems(file)
        here = [words for words in found if words.startswith(f"{seq + 1} ")]
        assert any(words in one for one in here for words in expected), (way, found)
