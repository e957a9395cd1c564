"""Signed heads of boards, to be published where this server has no control."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voting.board.reading import public_events
from voting.crypto import chain
from voting.crypto.chain import Tip
from voting.keys import sealed

if TYPE_CHECKING:
    from voting.crypto.chain import SignedHead
    from voting.models import Election


def public_head(election: Election) -> SignedHead | None:
    """A signed head of the public part of the board. None before the election has opened."""
    last = public_events(election).last()
    if last is None:
        return None
    tip = Tip(last.seq + 1, last.hash)
    key = sealed.board_key(election)
    return chain.sign_head(key, election.fingerprint, tip, election.board.hour)
