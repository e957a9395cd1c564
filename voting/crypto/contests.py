"""The contests and choices of a manifest, with their texts in each language.

docs/cryptography.md, sections 2 and 3.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from voting.crypto import canonical, group, text

MAX_CHOICES: Final = 1000
MAX_PICTURES: Final = 10
MAX_GROUPS: Final = 1000

# A text in each language of the election, by the language's identifier.
Texts = Mapping[str, str]


class ManifestInvalidCode(enum.StrEnum):
    """What is wrong with a manifest."""

    FORM = "form"
    TEXT = "text"
    LANGUAGES = "languages"
    IDENTIFIER = "identifier"
    ALIKE = "alike"
    GROUPS = "groups"
    LIMITS = "limits"
    KEY = "key"
    TIMES = "times"
    PEOPLE = "people"


class ManifestInvalid(ValueError):
    """A manifest, or a part of one, that no election can have. `code` says why."""

    def __init__(self, code: ManifestInvalidCode) -> None:
        super().__init__(f"The manifest is not valid: {code}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a contest.

    `pictures` are the SHA-256, in hexadecimal, of the files that are shown with it. Raises
    ManifestInvalid unless `id` is an identifier (IDENTIFIER), the texts are in the one form (TEXT)
    and there are at most MAX_PICTURES pictures (FORM).
    """

    id: str
    title: Texts
    party: Texts | None = None
    statement: Texts | None = None
    pictures: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_identifier(self.id)
        check_texts(self.title, text.require_plain)
        check_texts(self.party, text.require_plain, optional=True)
        check_texts(self.statement, text.require_long, optional=True)
        if len(self.pictures) > MAX_PICTURES:
            raise ManifestInvalid(ManifestInvalidCode.FORM)

    def shown(self, language: str) -> tuple[str, str]:
        """Title and party in one language; the party may be empty."""
        return self.title[language], (self.party or {}).get(language, "")

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "party": texts_to_dict(self.party),
            "pictures": list(self.pictures),
            "statement": texts_to_dict(self.statement),
            "title": texts_to_dict(self.title),
        }


@dataclass(frozen=True, slots=True)
class Contest:
    """One question: a ballot selects `min` to `max` of the choices, or nothing if `blank`.

    It is for the voters of `groups`, or for all if there are none. Raises ManifestInvalid with
    IDENTIFIER for a wrong id, for choice ids that repeat, and for more than MAX_CHOICES choices;
    with TEXT for wrong texts; with ALIKE for two choices of the same title and party; with GROUPS
    unless the groups are sorted and different; and with LIMITS unless
    0 <= min <= max <= number of choices and max >= 1.
    """

    id: str
    title: Texts
    choices: tuple[Choice, ...]
    min: int
    max: int
    blank: bool
    description: Texts | None = None
    groups: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_identifier(self.id)
        check_texts(self.title, text.require_plain)
        check_texts(self.description, text.require_long, optional=True)
        ids = {choice.id for choice in self.choices}
        if len(ids) != len(self.choices) or len(ids) > MAX_CHOICES:
            raise ManifestInvalid(ManifestInvalidCode.IDENTIFIER)
        if not 0 <= self.min <= self.max <= len(self.choices) or self.max < 1:
            raise ManifestInvalid(ManifestInvalidCode.LIMITS)
        for language in self.title:
            _require_different(self.choices, language)
        known = len(self.groups) <= MAX_GROUPS and all(
            text.is_plain(group_, text.MAX_GROUP) for group_ in self.groups
        )
        if not known or list(self.groups) != sorted(set(self.groups)):
            raise ManifestInvalid(ManifestInvalidCode.GROUPS)

    @property
    def size(self) -> int:
        """The number of ciphertexts of this contest in a ballot."""
        return len(self.choices) + self.blank

    @property
    def weights(self) -> tuple[int, ...]:
        """The factor of each ciphertext in the weighted sum.

        It is 1 for each of the N choices and N + 1 for the blank answer. So the sum of a blank
        ballot is larger than N choices can make it.
        """
        blank = (len(self.choices) + 1,) if self.blank else ()
        return (1,) * len(self.choices) + blank

    @property
    def allowed(self) -> tuple[int, ...]:
        """The values that the weighted sum of a valid ballot may have."""
        blank = (len(self.choices) + 1,) if self.blank else ()
        return (*range(self.min, self.max + 1), *blank)

    def is_for(self, voters_group: str) -> bool:
        """Whether voters of this group of the roll vote in the contest."""
        return not self.groups or voters_group in self.groups

    def to_dict(self) -> dict[str, Any]:
        return {
            "blank": self.blank,
            "choices": [choice.to_dict() for choice in self.choices],
            "description": texts_to_dict(self.description),
            "groups": list(self.groups),
            "id": self.id,
            "max": self.max,
            "min": self.min,
            "title": texts_to_dict(self.title),
        }

    @staticmethod
    def from_dict(value: Any) -> Contest:
        """The contest that `to_dict` wrote.

        Raises ManifestInvalid, or KeyError, TypeError or ValueError for a wrong form; keys too many
        are not noticed.
        """
        if type(value["blank"]) is not bool or {type(value["min"]), type(value["max"])} != {int}:
            raise ManifestInvalid(ManifestInvalidCode.FORM)
        return Contest(
            id=value["id"],
            title=texts_from_dict(value["title"]),
            choices=tuple(_choice_from_dict(item) for item in value["choices"]),
            min=value["min"],
            max=value["max"],
            blank=value["blank"],
            description=optional_texts(value["description"]),
            groups=tuple(value["groups"]),
        )


def check_identifier(value: Any) -> None:
    """Raises ManifestInvalid (IDENTIFIER) for everything but an identifier."""
    if not canonical.is_identifier(value):
        raise ManifestInvalid(ManifestInvalidCode.IDENTIFIER)


def check_texts(
    texts: Texts | None, require: Callable[[Any], str], *, optional: bool = False
) -> None:
    """Raises ManifestInvalid (TEXT) unless `require` lets the text of each language pass."""
    if texts is None and optional:
        return
    try:
        for value in (texts or {}).values():
            require(value)
    except text.TextInvalid as error:
        raise ManifestInvalid(ManifestInvalidCode.TEXT) from error
    if not texts:
        raise ManifestInvalid(ManifestInvalidCode.TEXT)


def texts_to_dict(texts: Texts | None) -> dict[str, str] | None:
    """The texts with their languages as JSON writes them: keys of canonical JSON have no hyphen."""
    if texts is None:
        return None
    return {language.replace("-", "_"): value for language, value in texts.items()}


def texts_from_dict(value: Any) -> Texts:
    """The texts that `texts_to_dict` wrote. Raises AttributeError for everything but an object."""
    return {language.replace("_", "-"): item for language, item in value.items()}


def optional_texts(value: Any) -> Texts | None:
    return None if value is None else texts_from_dict(value)


def _choice_from_dict(value: Any) -> Choice:
    return Choice(
        id=value["id"],
        title=texts_from_dict(value["title"]),
        party=optional_texts(value["party"]),
        statement=optional_texts(value["statement"]),
        pictures=tuple(group.bytes_from_hex(item).hex() for item in value["pictures"]),
    )


def _require_different(choices: tuple[Choice, ...], language: str) -> None:
    """Raises ManifestInvalid (ALIKE) if two choices have one title and one party."""
    try:
        shown = {choice.shown(language) for choice in choices}
    except KeyError as error:
        raise ManifestInvalid(ManifestInvalidCode.LANGUAGES) from error
    if len(shown) != len(choices):
        raise ManifestInvalid(ManifestInvalidCode.ALIKE)
