"""A server that lies once about ballots, receipts, witnesses or decryptions, as `lies` does it.

A test tool. What each person checks is what docs/cryptography.md says, sections 4, 6 and 7. The
command `mutate_election` lies about whole boards.
"""

from __future__ import annotations

import enum
import random
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from voting.crypto import canonical, decryption, group
from voting.crypto.ballot import BallotInvalid, ballot_from_dict, verify_ballot
from voting.crypto.board.chain import BoardEventKind, ChainBroken
from voting.crypto.board.heads import new_board_key
from voting.crypto.board.receipts import Receipt, holds_receipt, sign_receipt
from voting.crypto.board.witnesses import WitnessStatement, verify_statement
from voting.crypto.decryption import PartialDecryption
from voting.crypto.encryption import encrypt_ballot
from voting.crypto.opening import Opening, SelectionRefused, check_opening
from voting.crypto.tally import CountRefused, Tally
from voting.trials.lies import Lie, changed
from voting.trials.simulation import Shape, SimulatedElection, simulate

if TYPE_CHECKING:
    from voting.crypto.board.chain import Event
    from voting.crypto.encryption import EncryptedBallot
    from voting.crypto.roll import RollEntry

PER_ELECTION: Final = 50


class Step(enum.StrEnum):
    """Which message it is."""

    BALLOT = "ballot"
    RECEIPT = "receipt"
    WITNESS = "witness"
    DECRYPTION = "decryption"
    OPENING = "opening"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a lie. `noticed` is a word for how; empty if it was not."""

    step: Step
    lie: Lie
    noticed: str


def lie_about_ballots(seed: int) -> Outcome:
    """Tell one lie about an election that is already held."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable test tool; keys are drawn properly
    step, lie = chance.choice(list(Step)), chance.choice(list(Lie))
    now, other = _elections(seed // PER_ELECTION)
    told = {
        Step.BALLOT: _ballot,
        Step.RECEIPT: _receipt,
        Step.WITNESS: _witness,
        Step.DECRYPTION: _decryption,
        Step.OPENING: _opening,
    }[step]
    return Outcome(step, lie, told(now, other, lie, chance))


@lru_cache(maxsize=2)
def _elections(_number: int) -> tuple[SimulatedElection, SimulatedElection]:
    """This election and another one."""
    shape = Shape(voters=3, registrars=1, witnesses=2, quorum=1)
    return simulate(shape), simulate(shape)


def _events(election: SimulatedElection, kind: BoardEventKind) -> list[Event]:
    return [event for event in election.events if event.kind is kind]


def _handed_on(
    lie: Lie, message: Any, *, earlier: Any, swapped: Any, made_up: Any, chance: random.Random
) -> Any:
    """The message as the server hands it on."""
    match lie:
        case Lie.CHANGE:
            return changed(message, chance)
        case Lie.DROP:
            return None
        case Lie.REPLAY:
            return earlier
        case Lie.SWAP:
            return swapped
        case _:
            return made_up


def _ballot(
    now: SimulatedElection, other: SimulatedElection, lie: Lie, chance: random.Random
) -> str:
    """A ballot on its way to the board, or one for a voter who stayed away."""
    events = _events(now, BoardEventKind.BALLOT)
    mine, foreign = chance.sample(events, 2)
    message = mine.body["ballot"]
    credential = message["credential"]
    replayed = chance.choice(_events(other, BoardEventKind.BALLOT)).body["ballot"]
    voter = next(entry for entry in now.roll if entry.credential == credential)
    shown = _handed_on(
        lie,
        message,
        earlier=replayed | {"credential": credential},
        swapped=foreign.body["ballot"] | {"credential": credential},
        made_up=_stuffed(now, voter).ballot.to_dict(),
        chance=chance,
    )
    if shown is None:
        # The voter's receipt names an event that the board does not have at its place.
        receipt = next(one for one in now.receipts if one.event == mine)
        board = [event for event in now.events if event != mine]
        return "receipt" if board[receipt.event.seq].hash != receipt.head.hash else ""
    try:
        verify_ballot(now.manifest, voter, ballot_from_dict(shown))
    except (BallotInvalid, group.GroupError) as refusal:
        return str(getattr(refusal, "code", "form"))
    return ""


def _stuffed(now: SimulatedElection, voter: RollEntry) -> EncryptedBallot:
    """The best that a server can make for a voter whose code it does not know."""
    chosen = {"contest": ["choice-0"]}
    return encrypt_ballot(now.manifest, voter, chosen, secrets=[group.random_scalar()])


def _receipt(
    now: SimulatedElection, other: SimulatedElection, lie: Lie, chance: random.Random
) -> str:
    mine, foreign = chance.sample(now.receipts, 2)
    fingerprint = now.manifest.fingerprint
    shown = _handed_on(
        lie,
        mine.to_dict(),
        earlier=chance.choice(other.receipts).to_dict(),
        swapped=foreign.to_dict(),
        made_up=sign_receipt(new_board_key(), fingerprint, mine.event).to_dict(),
        chance=chance,
    )
    try:
        receipt = Receipt.from_json(canonical.encode(shown))
    except (ChainBroken, canonical.NotCanonicalError):
        return "form"
    return "" if holds_receipt(receipt, now.manifest, mine.event.body["tracker"]) else "receipt"


def _witness(
    now: SimulatedElection, other: SimulatedElection, lie: Lie, chance: random.Random
) -> str:
    """Somebody asks for what one witness has said of one place of the chain."""
    mine = chance.choice(now.statements)
    others = [one for one in now.statements if one.witness != mine.witness]
    shown = _handed_on(
        lie,
        canonical.decode(mine.to_json()),
        earlier=canonical.decode(chance.choice(other.statements).to_json()),
        swapped=canonical.decode(chance.choice(others).to_json()) | {"witness": mine.witness},
        made_up=canonical.decode(mine.to_json()) | {"hash": "0" * 64},
        chance=chance,
    )
    try:
        statement = WitnessStatement.from_json(canonical.encode(shown))
    except (ChainBroken, canonical.NotCanonicalError):
        return "form"
    return "" if verify_statement(statement, now.manifest) else "signature"


def _decryption(
    now: SimulatedElection, other: SimulatedElection, lie: Lie, chance: random.Random
) -> str:
    mine, foreign = chance.sample(_events(now, BoardEventKind.DECRYPTION), 2)
    replayed = chance.choice(_events(other, BoardEventKind.DECRYPTION))
    tally = Tally.from_dict(_events(now, BoardEventKind.TALLY)[0].body, now.manifest)
    close = _events(now, BoardEventKind.CLOSE)[0].hash
    number = mine.body["trustee"]
    of_another_board = decryption.partial_decryption(
        now.manifest, tally, "0" * 64, number, now.ceremony.shares[number - 1]
    )
    shown = _handed_on(
        lie,
        mine.body,
        earlier=replayed.body | {"trustee": number},
        swapped=foreign.body | {"trustee": number},
        made_up=of_another_board.to_dict(now.manifest),
        chance=chance,
    )
    try:
        partial = PartialDecryption.from_dict(shown, now.manifest, tally)
        decryption.verify_partial(now.manifest, tally, close, partial)
    except CountRefused as refusal:
        return str(refusal.code)
    return ""


def _opening(
    now: SimulatedElection, other: SimulatedElection, lie: Lie, chance: random.Random
) -> str:
    """What a voter's browser says of an opened ballot, to a device that checks it."""
    voter, neighbour = chance.sample(list(now.roll), 2)
    mine = encrypt_ballot(now.manifest, voter, {"contest": ["choice-0"]}).opening
    foreign = encrypt_ballot(now.manifest, neighbour, {"contest": ["choice-1"]}).opening
    replayed = encrypt_ballot(other.manifest, other.roll[0], {"contest": ["choice-1"]}).opening
    message = canonical.decode(mine.to_json())
    shown = _handed_on(
        lie,
        message,
        earlier=canonical.decode(replayed.to_json()),
        swapped=canonical.decode(foreign.to_json()) | {"tracker": mine.tracker},
        made_up=message | {"selections": [["contest", "010"]]},
        chance=chance,
    )
    try:
        check_opening(now.manifest, Opening.from_json(canonical.encode(shown)))
    except (SelectionRefused, canonical.NotCanonicalError) as refusal:
        return str(getattr(refusal, "code", "form"))
    return ""
