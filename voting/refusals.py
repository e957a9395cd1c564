"""Why the voting application refuses something, as codes with words."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


class Code(enum.StrEnum):
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
    DETAILS_WRONG = "details-wrong"
    DETAILS_WAIT = "details-wait"


WORDS: dict[Code, StrPromise] = {
    Code.NOT_ON_ROLL: _("You are not on the roll of this election."),
    Code.NOT_OPEN: _("This election is not open yet."),
    Code.CLOSED: _("This election is closed. No ballot was cast."),
    Code.ALREADY_CAST: _("You have already cast your ballot in this election."),
    Code.INVALID: _(
        "This ballot is not valid. Nothing was cast; load the page and fill it in again."
    ),
    Code.COPIED: _("This ballot repeats another one. Nothing was cast; fill in a new one."),
    Code.SPOILED: _("This ballot was opened to be checked and can not be cast. Fill in a new one."),
    Code.IN_THE_BOX: _("This ballot is already in the ballot box and can not be opened."),
    Code.TOO_MANY_OPENED: _("You have opened as many ballots as one voter may."),
    Code.VERIFY_AGAIN: _("Your face step has expired or was for another ballot. Please repeat it."),
    Code.DETAILS_FIRST: _("Please enter your details first."),
    Code.DETAILS_WRONG: _("These details do not fit the voter roll."),
    Code.DETAILS_WAIT: _(
        "These details do not fit the voter roll. Please wait before the next try."
    ),
}


class Refused(Exception):
    """Nothing was changed; `code` says why."""

    def __init__(self, code: Code) -> None:
        super().__init__(code.value)
        self.code = code

    @property
    def words(self) -> str:
        return str(WORDS[self.code])


class CastRefused(Refused):
    """No ballot was cast."""


class DetailsRefused(Refused):
    """The details were not taken."""


class StepRefused(Exception):
    """The election can not take this step; `reasons` are sentences for the official."""

    def __init__(self, *reasons: object) -> None:
        super().__init__("; ".join(str(reason) for reason in reasons))
        self.reasons = reasons
