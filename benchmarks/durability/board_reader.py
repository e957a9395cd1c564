"""Compares the ballot box with the board. Import this only after Django's set-up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voting.crypto.board.chain import BoardEventKind, Event, Tip
from voting.models import BoardEvent, CastBallot

if TYPE_CHECKING:
    from collections.abc import Collection

    from voting.models import Election


class BoardReader:
    """Reads what is new on the board at each check, and compares the box with the whole board."""

    def __init__(self, election: Election) -> None:
        self._election = election
        self._tip = Tip()
        self._on_board: set[str] = set()

    def check(self, shown: Collection[str] = ()) -> int:
        """The number of ballots in the box.

        SystemExit if the box and the board differ, if a voter has two ballots, if the board's chain
        is broken, or if a tracker in `shown` is missing.
        """
        self._follow()
        box = CastBallot.objects.filter(election=self._election)
        held = list(box.values_list("tracker", "credential"))
        if len({credential for _tracker, credential in held}) != len(held):
            raise SystemExit("a voter has two ballots")
        trackers = {tracker for tracker, _credential in held}
        if trackers != self._on_board:
            raise SystemExit("the box and the board differ")
        if missing := set(shown) - trackers:
            raise SystemExit(f"{len(missing)} receipts that were shown are not in the box")
        return len(held)

    def _follow(self) -> None:
        new = BoardEvent.objects.filter(election=self._election, seq__gte=self._tip.count)
        for line in new.order_by("seq").values_list("line", flat=True):
            event = Event.from_line(bytes(line))
            if (event.seq, event.prev) != (self._tip.count, self._tip.hash):
                raise SystemExit("the board's chain is broken")
            self._tip = Tip.after(event)
            if event.kind is BoardEventKind.BALLOT:
                self._on_board.add(event.body["tracker"])
