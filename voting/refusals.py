"""Why the voting application refuses something: a code for programs, a sentence for people."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


class CastRefusalCode(enum.StrEnum):
    """Why a ballot was not cast, or not opened to be checked."""

    NOT_ON_ROLL = "not-on-roll"
    NOT_OPEN = "not-open"
    CLOSED = "closed"
    ALREADY_CAST = "already-cast"
    INVALID = "invalid"
    COPIED = "copied"
    SPOILED = "spoiled"
    IN_THE_BOX = "in-the-box"
    TOO_MANY_OPENED = "too-many-opened"
    VERIFY_AGAIN = "verify-again"
    DETAILS_FIRST = "details-first"
    BUSY = "busy"


class DetailsRefusalCode(enum.StrEnum):
    """Why the details that a voter entered were not accepted."""

    WRONG = "details-wrong"
    WAIT = "details-wait"


WORDS: dict[CastRefusalCode | DetailsRefusalCode, StrPromise] = {
    CastRefusalCode.NOT_ON_ROLL: _("You are not on the roll of this election."),
    CastRefusalCode.NOT_OPEN: _("This election is not open yet."),
    CastRefusalCode.CLOSED: _("This election is closed. No ballot was cast."),
    CastRefusalCode.ALREADY_CAST: _("You have already cast your ballot in this election."),
    CastRefusalCode.INVALID: _(
        "This ballot is not valid. Nothing was cast; load the page and fill it in again."
    ),
    CastRefusalCode.COPIED: _(
        "This ballot repeats another one. Nothing was cast; fill in a new one."
    ),
    CastRefusalCode.SPOILED: _(
        "This ballot was opened to be checked and can not be cast. Fill in a new one."
    ),
    CastRefusalCode.IN_THE_BOX: _(
        "This ballot is already in the ballot box and can not be opened."
    ),
    CastRefusalCode.TOO_MANY_OPENED: _("You have opened as many ballots as one voter may."),
    CastRefusalCode.VERIFY_AGAIN: _(
        "Your face step has expired or was for another ballot. Please repeat it."
    ),
    CastRefusalCode.DETAILS_FIRST: _(
        "Nothing was cast. Please enter your details for this election first."
    ),
    CastRefusalCode.BUSY: _(
        "The ballot box is busy. Send the same ballot again in a moment: it counts once."
    ),
    DetailsRefusalCode.WRONG: _("These details do not fit the voter roll."),
    DetailsRefusalCode.WAIT: _(
        "These details do not fit the voter roll. Please wait before the next try."
    ),
}


class Refused(Exception):
    """Nothing was changed; `code` says why, and `words` is the sentence for the voter."""

    def __init__(self, code: CastRefusalCode | DetailsRefusalCode) -> None:
        super().__init__(code.value)
        self.code = code

    @property
    def words(self) -> str:
        return str(WORDS[self.code])


class CastRefused(Refused):
    """No ballot was cast or opened. Its code is a CastRefusalCode."""


class DetailsRefused(Refused):
    """The details were not accepted. Its code is a DetailsRefusalCode."""


class StepRefused(Exception):
    """An election or a trustee can not take this step. `reasons` are sentences for people."""

    def __init__(self, *reasons: object) -> None:
        super().__init__("; ".join(str(reason) for reason in reasons))
        self.reasons = reasons
