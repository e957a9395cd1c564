"""The kinds of change that need two officials. Each application registers its own at the start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django_stubs_ext import StrPromise

    from accounts.models import Proposal, User


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the approving official is told: a sentence, and the path of a link that was made."""

    words: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of change.

    `permission` is what the proposing official needs. `carry_out` makes the change, and `decline`
    undoes what was prepared for it; both run in the transaction of the decision. `describe` says
    to the approving official what exactly is proposed, as HTML or text.
    """

    name: str
    label: StrPromise
    permission: str
    carry_out: Callable[[Proposal, User, datetime], Outcome]
    describe: Callable[[Proposal], str]
    decline: Callable[[Proposal], None] = lambda _proposal: None


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    _kinds[kind.name] = kind


def kind_of(proposal: Proposal) -> Kind:
    return _kinds[proposal.kind]


def registered() -> list[Kind]:
    return list(_kinds.values())
