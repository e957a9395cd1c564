"""The tables of voting, re-exported. voting/guards.py protects what freezing has fixed."""

from __future__ import annotations

from voting.models.board import (
    Board,
    BoardEvent,
    CastBallot,
    SpoiledBallot,
    UsedCiphertext,
)
from voting.models.contests import (
    Choice,
    ChoicePicture,
    Contest,
    ContestKind,
    PictureRole,
)
from voting.models.counting import (
    CountProgress,
    CountStage,
    Result,
)
from voting.models.elections import (
    AskedToMove,
    BoardIdentity,
    Election,
    FacePolicy,
    KeyMode,
    State,
    colour,
    election_subject,
    identifier,
)
from voting.models.keys import (
    ElectionSecret,
    Trustee,
)
from voting.models.roll import (
    DetailsAttempts,
    RollChange,
    VoterRollEntry,
    number_key,
)

__all__ = [
    "AskedToMove",
    "Board",
    "BoardEvent",
    "BoardIdentity",
    "CastBallot",
    "Choice",
    "ChoicePicture",
    "Contest",
    "ContestKind",
    "CountProgress",
    "CountStage",
    "DetailsAttempts",
    "Election",
    "ElectionSecret",
    "FacePolicy",
    "KeyMode",
    "PictureRole",
    "Result",
    "RollChange",
    "SpoiledBallot",
    "State",
    "Trustee",
    "UsedCiphertext",
    "VoterRollEntry",
    "colour",
    "election_subject",
    "identifier",
    "number_key",
]
