"""One random change somewhere in a message or an event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import random

HEXADECIMAL: Final = "0123456789abcdef"


def change_within(holder: Any, key: Any, chance: random.Random, *, letters: str) -> None:
    """Give another value to something that lies in `holder[key]`, however deep.

    A letter of a text becomes another one of `letters`.
    """
    while isinstance(holder[key], dict | list) and holder[key]:
        holder = holder[key]
        key = chance.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
    holder[key] = _other(holder[key], chance, letters)


def _other(value: Any, chance: random.Random, letters: str) -> Any:
    match value:
        case bool():
            return not value
        case int():
            return value + chance.choice((-1, 1))
        case str() if value:
            place = chance.randrange(len(value))
            letter = chance.choice([known for known in letters if known != value[place]])
            return value[:place] + letter + value[place + 1 :]
        case _:
            return "x"
