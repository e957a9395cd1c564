"""A contest of the manifest: what is asked, who is asked, and which answers are allowed.

docs/cryptography.md, sections 3, 4 and 12.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.rules.strict import HEX, ID, items, keys, require, text, whole, yes_or_no
from verifier.rules.texts import each_language, long_text, old_text, plain_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from verifier.rules.strict import Json

MAX_CHOICES = 1000
MAX_GROUPS = 1000
MAX_GROUP = 100
MAX_PICTURES = 10


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice. Its texts are by language; format 1 has one text, whose language is empty."""

    id: str
    title: dict[str, str]
    party: dict[str, str]


@dataclass(frozen=True, slots=True)
class Contest:
    """`weights` has the factor of each ciphertext in the weighted sum.

    `allowed` has the values of that sum which are valid answers. `groups` are those that vote in
    the contest; empty means all.
    """

    id: str
    title: dict[str, str]
    choices: list[Choice]
    blank: bool
    weights: list[int]
    allowed: list[int]
    groups: frozenset[str]

    def asks(self, group: str) -> bool:
        """Whether a voter of this group votes in the contest."""
        return not self.groups or group in self.groups


def read_contest_1(value: Json) -> Contest:
    """A contest of format 1. Raises Problem or another of FAULTS."""
    keys(value, "blank choices id max min title")
    choices = [
        Choice(text(keys(item, "id title")["id"], ID), {"": old_text(item["title"])}, {})
        for item in items(value["choices"], 1, MAX_CHOICES)
    ]
    return _contest(value, {"": old_text(value["title"])}, choices, frozenset())


def read_contest_2(value: Json, languages: list[str]) -> Contest:
    """A contest of format 2. Raises Problem or another of FAULTS."""
    keys(value, "blank choices description groups id max min title")
    optional(value["description"], languages, long_text)
    rows = items(value["choices"], 1, MAX_CHOICES)
    choices = [_read_choice(row, languages) for row in rows]
    for language in choices[0].title:
        shown = {(choice.title[language], choice.party.get(language)) for choice in choices}
        require(len(shown) == len(choices), "two choices look alike")
    groups = [plain_text(name, MAX_GROUP) for name in items(value["groups"], 0, MAX_GROUPS)]
    require(groups == sorted(set(groups)), "the groups of a contest are not sorted or repeat")
    title = each_language(value["title"], languages, plain_text)
    return _contest(value, title, choices, frozenset(groups))


def optional(value: Json, languages: list[str], read: Callable[[Json], str]) -> dict[str, str]:
    """The texts, or none if there is null in their place."""
    return {} if value is None else each_language(value, languages, read)


def _read_choice(value: Json, languages: list[str]) -> Choice:
    keys(value, "id party pictures statement title")
    optional(value["statement"], languages, long_text)
    for picture in items(value["pictures"], 0, MAX_PICTURES):
        text(picture, HEX)
    party = optional(value["party"], languages, plain_text)
    title = each_language(value["title"], languages, plain_text)
    return Choice(text(value["id"], ID), title, party)


def _contest(
    value: Json, title: dict[str, str], choices: list[Choice], groups: frozenset[str]
) -> Contest:
    size = len(choices)
    require(len({choice.id for choice in choices}) == size, "two choices have one id")
    high = whole(value["max"], 1, size)
    low = whole(value["min"], 0, high)
    blank = [size + 1] if yes_or_no(value["blank"]) else []
    return Contest(
        text(value["id"], ID),
        title,
        choices,
        bool(blank),
        weights=[1] * size + blank,
        allowed=[*range(low, high + 1), *blank],
        groups=groups,
    )
