"""One act for which another program asks for the face (RFC 9396, `authorization_details`)."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

TYPE = "face_act"
MAX_BYTES = 4000
MAX_TEXT = 300
MAX_REFERENCE = 100
FIELDS = {"type", "text", "reference"}
# Letters may be of every script. Signs that turn or hide what stands beside them may not be there.
HIDING = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


class ActRefused(ValueError):
    """The details are not one act that could be shown to a person in words."""


@dataclass(frozen=True, slots=True)
class Act:
    """`text` is shown to the person; `reference` is the program's own number for it."""

    text: str
    reference: str = ""

    @property
    def details(self) -> list[dict[str, str]]:
        reference = {"reference": self.reference} if self.reference else {}
        return [{"type": TYPE, "text": self.text, **reference}]


def read(details: str) -> Act | None:
    """The act of the parameter; None for an empty one. Raises ActRefused."""
    if not details:
        return None
    if len(details.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise ActRefused("authorization_details is too long")
    try:
        value = json.loads(details)
    except (ValueError, RecursionError):
        raise ActRefused("authorization_details is not JSON") from None
    match value:
        case [{"type": "face_act", "text": str(text), **more}]:
            return _act(text, more)
    raise ActRefused(f'authorization_details is not one object of type "{TYPE}" with a text')


def digest(act: Act) -> str:
    """What the audit log keeps of it: enough to check a text that is shown, without the text."""
    return hashlib.sha256(json.dumps(act.details, sort_keys=True).encode()).hexdigest()


def _act(text: str, more: Mapping[Any, object]) -> Act:
    reference = more.get("reference", "")
    if set(more) - FIELDS or not isinstance(reference, str):
        raise ActRefused("an act has a type, a text and a reference, and nothing else")
    if not text.strip() or len(text) > MAX_TEXT or any(_hides(sign) for sign in text):
        raise ActRefused(f"the text is one line of 1 to {MAX_TEXT} signs that can be read")
    if len(reference) > MAX_REFERENCE or not (reference.isascii() and reference.isprintable()):
        raise ActRefused(f"the reference has at most {MAX_REFERENCE} ASCII signs")
    return Act(text, reference)


def _hides(sign: str) -> bool:
    return unicodedata.category(sign) in HIDING
