"""A finished election made in memory: for benchmarks, tests and `manage.py mutate_election`."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voting.crypto import chain, tally
from voting.crypto.chain import BoardEventKind, BoardKey, Event, SignedHead, Tip
from voting.crypto.encryption import Selections, encrypt_ballot
from voting.crypto.manifest import Choice, Contest, KeySetupMode, Manifest, VoterDisplay
from voting.crypto.roll import RollEntry, roll_hash
from voting.crypto.trustees.ceremony import confirm, key_share, make_shares, new_seed, register
from voting.crypto.trustees.key import assemble
from voting.crypto.trustees.messages import Ceremony

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voting.crypto.ballot import Ballot
    from voting.crypto.manifest import KeySetup
    from voting.crypto.tally import ElectionResult

ELECTION = "simulated-election"
HOUR = "2026-01-02T09:00Z"
COUNT_HOUR = "2026-01-02T18:00Z"


@dataclass(frozen=True)
class Shape:
    """How large an election to simulate, and what happens in it.

    `revotes` voters cast a second ballot, and `spoils` voters open a ballot instead of casting it.
    `seed` decides the selections; keys and randomness are new each time.
    """

    voters: int = 10
    choices: int = 3
    threshold: int = 2
    trustees: int = 3
    min: int = 1
    max: int = 1
    blank: bool = False
    revotes: int = 0
    spoils: int = 0
    seed: int = 0


@dataclass(frozen=True)
class KeyCeremony:
    """The election's key, and the share (a scalar) of each trustee, from trustee 1 on."""

    setup: KeySetup
    shares: tuple[int, ...]


@dataclass(frozen=True)
class SimulatedElection:
    """A finished election. `head` is the signed head of all events before the last."""

    manifest: Manifest
    board_key: BoardKey
    events: tuple[Event, ...]
    result: ElectionResult
    head: SignedHead

    @property
    def file(self) -> bytes:
        """The board file."""
        return b"".join(event.line + b"\n" for event in self.events)


def simulate(shape: Shape) -> SimulatedElection:
    """Hold an election of this shape, from the key ceremony to the result."""
    key = chain.new_board_key()
    roll = [RollEntry(f"voter-{number:06d}", f"Voter {number}") for number in range(shape.voters)]
    ceremony = hold_ceremony(Ceremony(ELECTION, shape.threshold, shape.trustees))
    manifest = make_manifest(shape, ceremony.setup, key, roll)
    board = _Board(manifest, key)
    board.add(BoardEventKind.OPEN, chain.open_body(manifest, roll))
    _cast_all(shape, board, roll)
    result = _count(shape, board, ceremony)
    head = chain.sign_head(key, manifest.fingerprint, board.tip, COUNT_HOUR)
    board.add_head()
    return SimulatedElection(manifest, key, tuple(board.events), result, head)


def hold_ceremony(ceremony: Ceremony) -> KeyCeremony:
    """Generate a key with honest trustees."""
    indexes = range(1, ceremony.trustees + 1)
    seeds = [new_seed() for _ in indexes]
    registrations = [register(seeds[i - 1], ceremony, i) for i in indexes]
    sent = [make_shares(seeds[i - 1], ceremony, i, registrations) for i in indexes]
    keys = [
        key_share(seeds[i - 1], ceremony, [row[i - 1] for row in sent], registrations)
        for i in indexes
    ]
    confirmations = [confirm(keys[i - 1], ceremony, i, registrations) for i in indexes]
    names = [f"Trustee {i}" for i in indexes]
    mode = KeySetupMode.SERVER if ceremony.trustees == 1 else KeySetupMode.TRUSTEES
    setup = assemble(ceremony, names, registrations, confirmations, mode)
    return KeyCeremony(setup, tuple(keys))


def make_manifest(
    shape: Shape, setup: KeySetup, key: BoardKey, roll: Sequence[RollEntry]
) -> Manifest:
    """The manifest of an election with one contest."""
    choices = tuple(Choice(f"choice-{n}", f"Choice {n}") for n in range(shape.choices))
    contest = Contest("contest", "A contest", choices, shape.min, shape.max, shape.blank)
    return Manifest(
        id=ELECTION,
        title="A simulated election",
        contests=(contest,),
        key=setup,
        board_key=key.public,
        roll=roll_hash(roll),
        revote=shape.revotes > 0,
        voters=VoterDisplay.ALIAS,
    )


class _Board:
    def __init__(self, manifest: Manifest, key: BoardKey) -> None:
        self.manifest = manifest
        self.events: list[Event] = []
        self.ballots: dict[str, Ballot] = {}
        self.trackers: dict[str, str] = {}
        self.tip = Tip()
        self._key = key

    def add(self, kind: BoardEventKind, body: dict[str, object], hour: str = HOUR) -> None:
        self._append(self.tip.then(kind, body, hour))

    def add_head(self) -> None:
        head = chain.head_event(self._key, self.manifest.fingerprint, self.tip, COUNT_HOUR)
        self._append(head)

    def cast(self, credential: str, selections: Selections) -> None:
        encrypted = encrypt_ballot(self.manifest, credential, selections)
        tracker = encrypted.opening.tracker
        body = chain.ballot_body(encrypted.ballot, tracker, self.trackers.get(credential))
        self.add(BoardEventKind.BALLOT, body)
        self.ballots[credential] = encrypted.ballot
        self.trackers[credential] = tracker

    def _append(self, event: Event) -> None:
        self.events.append(event)
        self.tip = Tip.after(event)


def _cast_all(shape: Shape, board: _Board, roll: Sequence[RollEntry]) -> None:
    draw = _selections(shape, board.manifest.contests[0])
    credentials = [entry.credential for entry in roll]
    for credential in credentials + credentials[: shape.revotes]:
        board.cast(credential, next(draw))
    for credential in credentials[: shape.spoils]:
        spoiled = encrypt_ballot(board.manifest, credential, next(draw))
        board.add(BoardEventKind.SPOIL, chain.spoil_body(spoiled.opening.tracker))


def _selections(shape: Shape, contest: Contest) -> Iterator[Selections]:
    chance = random.Random(shape.seed)  # noqa: S311 - which choices a simulation takes is no secret
    ids = [choice.id for choice in contest.choices]
    while True:
        if contest.blank and chance.random() < 0.1:
            yield {contest.id: None}
        else:
            yield {contest.id: chance.sample(ids, chance.randint(contest.min, contest.max))}


def _count(shape: Shape, board: _Board, ceremony: KeyCeremony) -> ElectionResult:
    manifest = board.manifest
    ballots = shape.voters + shape.revotes
    board.add(
        BoardEventKind.CLOSE,
        chain.close_body(ballots=ballots, counted=len(board.ballots)),
        COUNT_HOUR,
    )
    summed = tally.add_ballots(manifest, board.ballots.values())
    board.add(BoardEventKind.TALLY, summed.to_dict(manifest), COUNT_HOUR)
    chosen = range(shape.trustees - shape.threshold + 1, shape.trustees + 1)
    partials = [
        tally.partial_decryption(manifest, summed, index, ceremony.shares[index - 1])
        for index in chosen
    ]
    for partial in partials:
        board.add(BoardEventKind.DECRYPTION, partial.to_dict(manifest), COUNT_HOUR)
    result = tally.combine(manifest, summed, partials)
    board.add(BoardEventKind.RESULT, result.to_dict(manifest), COUNT_HOUR)
    return result
