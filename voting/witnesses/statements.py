"""Taking witnesses' statements onto the board. docs/cryptography.md, section 7."""

from __future__ import annotations

import enum
import json
from typing import TYPE_CHECKING, Final

from django.db import transaction

from voting.board import appending as boards
from voting.board.heads import head_of_event
from voting.board.reading import public_events
from voting.crypto import times
from voting.crypto.board.chain import BoardEventKind, ChainBroken
from voting.crypto.board.witnesses import WitnessStatement, statement_from_body, verify_statement
from voting.elections.freezing import read_manifest
from voting.models import BoardEvent, State

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from voting.models import Election

# Of one witness, by the hour of the board. A witness signs when there is something new.
MOST_AN_HOUR: Final = 60


class StatementRefusalCode(enum.StrEnum):
    """Why a statement was not put onto the board."""

    FORM = "form"
    SIGNATURE = "signature"  # not signed by a witness of this election
    ANOTHER_BOARD = "another-board"  # signed, and about events that this board does not have
    TOO_MANY = "too-many"


class StatementRefused(ValueError):
    """Nothing was put onto the board; `code` says why."""

    def __init__(self, code: StatementRefusalCode) -> None:
        super().__init__(code.value)
        self.code = code


def take(election: Election, data: bytes, *, now: dt.datetime) -> bool:
    """Put a statement onto the board; False if it is there already.

    Raises StatementRefused.
    """
    try:
        statement = WitnessStatement.from_json(data)
    except ChainBroken as error:
        raise StatementRefused(StatementRefusalCode.FORM) from error
    boardless = election.state in (State.DRAFT, State.FROZEN) or not election.is_format_2
    if boardless or not verify_statement(statement, read_manifest(election)):
        raise StatementRefused(StatementRefusalCode.SIGNATURE)
    with transaction.atomic():
        return _append(election, statement, now)


def published(election: Election) -> Iterator[bytes]:
    """All heads and statements on the public part of the board, as they are elsewhere."""
    kinds = (BoardEventKind.HEAD, BoardEventKind.WITNESS)
    for event in public_events(election).filter(kind__in=kinds).iterator(chunk_size=500):
        yield _elsewhere(election, event) + b"\n"


def _append(election: Election, statement: WitnessStatement, now: dt.datetime) -> bool:
    board = boards.lock(election)
    signed = BoardEvent.objects.filter(election=election, seq=statement.count - 1).first()
    if signed is None or signed.hash != statement.hash:
        raise StatementRefused(StatementRefusalCode.ANOTHER_BOARD)
    hour = max(board.hour, times.hour_of(now))
    events = BoardEvent.objects.filter(election=election, kind=BoardEventKind.WITNESS)
    same_hour = 0
    for line in events.values_list("line", flat=True):
        value = json.loads(bytes(line))
        if value["body"]["witness"] == statement.witness:
            same_hour += value["hour"] == hour
            if value["body"]["count"] == statement.count:
                return False
    if same_hour >= MOST_AN_HOUR:
        raise StatementRefused(StatementRefusalCode.TOO_MANY)
    boards.append(board, BoardEventKind.WITNESS, statement.body(), now)
    return True


def _elsewhere(election: Election, event: BoardEvent) -> bytes:
    if event.kind == BoardEventKind.HEAD:
        return head_of_event(election, event)
    body = json.loads(bytes(event.line))["body"]
    return statement_from_body(body, election.fingerprint).to_json()
