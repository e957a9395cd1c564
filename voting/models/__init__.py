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
    Purpose,
    State,
    colour,
    election_subject,
    identifier,
)
from voting.models.joint_steps import JointStep, JointStepKind
from voting.models.keys import (
    ElectionSecret,
    Trustee,
)
from voting.models.mailing import (
    Audience,
    LetterBatch,
    LetterFile,
    Mail,
    Mailing,
    MailKind,
    MailState,
    MailTemplate,
    NoReminders,
)
from voting.models.roll import (
    DetailsAttempts,
    RollChange,
    VoterRollEntry,
    is_birth_date,
    number_key,
)
from voting.models.watchers import Registrar, Witness
from voting.models.work import (
    FreezeOrder,
    RollImport,
    WorkState,
)

__all__ = [
    "AskedToMove",
    "Audience",
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
    "FreezeOrder",
    "JointStep",
    "JointStepKind",
    "KeyMode",
    "LetterBatch",
    "LetterFile",
    "Mail",
    "MailKind",
    "MailState",
    "MailTemplate",
    "Mailing",
    "NoReminders",
    "PictureRole",
    "Purpose",
    "Registrar",
    "Result",
    "RollChange",
    "RollImport",
    "SpoiledBallot",
    "State",
    "Trustee",
    "UsedCiphertext",
    "VoterRollEntry",
    "Witness",
    "WorkState",
    "colour",
    "election_subject",
    "identifier",
    "is_birth_date",
    "number_key",
]
