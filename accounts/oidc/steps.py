"""What must happen before an authorisation request is answered, as one rule."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from accounts.oidc.asked import Prompt
from accounts.sign_in.factors import Factor

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.oidc.asked import Asked
    from accounts.sign_in.login import CompletedLogin


class Step(StrEnum):
    SIGN_IN = "sign-in"
    # The program has named somebody else than the person who is signed in.
    SOMEBODY_ELSE = "somebody-else"
    NOT_ALLOWED = "not-allowed"
    FACE_NEEDED = "face-needed"
    AGREE = "agree"
    PROVE = "prove"
    ANSWER = "answer"


# For prompt=none, where nobody may be asked anything (OpenID Connect Core, 3.1.2.6).
SILENT_ERRORS = {
    Step.SIGN_IN: "login_required",
    Step.SOMEBODY_ELSE: "login_required",
    Step.NOT_ALLOWED: "access_denied",
    Step.FACE_NEEDED: "access_denied",
    Step.AGREE: "consent_required",
    Step.PROVE: "login_required",
}


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of the person in front of the browser.

    `proved_at` is when the face was shown for this very request, `moved_at` when it was last shown
    with movements, for whatever.
    """

    login: CompletedLogin | None
    is_the_hinted: bool = True
    may_use: bool = False
    has_agreed: bool = False
    proved_at: datetime | None = None
    moved_at: datetime | None = None


def next_step(asked: Asked, now: Situation) -> Step:
    """The next step. A person is asked for the face last, so that it answers what was agreed to."""
    if now.login is None or _must_sign_in_anew(asked, now.login):
        return Step.SIGN_IN
    if not now.is_the_hinted:
        return Step.SOMEBODY_ELSE
    if not now.may_use:
        return Step.NOT_ALLOWED
    if not _face_suffices(asked, now.login):
        return Step.FACE_NEEDED
    if not now.has_agreed:
        return Step.AGREE
    return Step.PROVE if _must_prove(asked, now) else Step.ANSWER


def _must_sign_in_anew(asked: Asked, login: CompletedLogin) -> bool:
    """The program wants it, or the sign-in is too old and there is no face to refresh it with."""
    if {Prompt.LOGIN, Prompt.SELECT_ACCOUNT} & asked.prompts:
        return login.at < asked.made_at
    return login.factor is not Factor.FACE and login.at < asked.seen_since


def _face_suffices(asked: Asked, login: CompletedLogin) -> bool:
    if login.factor is Factor.FACE:
        return True
    return asked.client.accepts_without_face and asked.act is None and not asked.wants_movements


def _must_prove(asked: Asked, now: Situation) -> bool:
    if now.login is None or now.login.factor is not Factor.FACE:
        return False
    if asked.act is not None:
        return now.proved_at is None
    if asked.wants_movements:
        return now.moved_at is None or now.moved_at < asked.seen_since
    return now.login.at < asked.seen_since
