"""Whether the box holds what voters were shown: each receipt, and no voter twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.durability.hosts.people import Log
    from voting.models import Election


def counted(election: Election, log: Log, folder: Path) -> dict[str, Any]:
    """Close, count and release the election; have the stand-alone verifier read its board.

    SystemExit if a receipt is not in the box, or a voter is in it twice.
    """
    from benchmarks.durability.kill import count_and_verify
    from voting.models import BoardEvent, CastBallot

    ballots = count_and_verify(election, folder)
    box = CastBallot.objects.filter(election=election)
    credentials = list(box.values_list("credential", flat=True))
    trackers = set(box.values_list("tracker", flat=True))
    on_board = set(
        BoardEvent.objects.filter(election=election, kind="ballot").values_list(
            "tracker", flat=True
        )
    )
    lost = set(log.receipts.values()) - (trackers & on_board)
    twice = len(credentials) - len(set(credentials))
    if lost or twice or trackers != on_board:
        raise SystemExit(f"{len(lost)} receipts are not in the box, {twice} voters are in it twice")
    return {
        "receipts_shown": len(log.receipts),
        "ballots_counted": ballots,
        "receipts_lost": len(lost),
        "voters_twice": twice,
        "board_verifies": True,
    }


def troubles(log: Log, disturbed_at: list[float], *, grace: float = 3.0) -> dict[str, Any]:
    """What voters noticed. An answer within `grace` seconds after a disturbance is excused."""

    def excused(moment: float) -> bool:
        return any(0 <= moment - at <= grace for at in disturbed_at)

    unnamed = [(at, status) for at, status, named in log.bad if not named]
    return {
        "steps_tried_again": log.again.total(),
        "tried_again_most_for": dict(log.again.most_common(6)),
        "longest_shut_out_s": round(max(log.waits, default=0.0), 1),
        "named_503": sum(named for _at, _status, named in log.bad),
        "unnamed_5xx": len(unnamed),
        "unnamed_5xx_later": sorted({status for at, status in unnamed if not excused(at)}),
        "unnamed_5xx_later_count": sum(not excused(at) for at, _status in unnamed),
        "face_steps_refused": sorted(set(log.refused))[:5],
        "gave_up": log.gave_up[:5],
    }
