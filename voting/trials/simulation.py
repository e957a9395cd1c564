"""A finished election made in memory: for benchmarks, tests and `manage.py mutate_election`."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voting.crypto import decryption, tally
from voting.crypto.board import bodies, heads
from voting.crypto.board.chain import BoardEventKind, Event, Tip
from voting.crypto.board.receipts import sign_receipt
from voting.crypto.board.witnesses import sign_statement
from voting.crypto.contests import Choice, Contest, Texts
from voting.crypto.encryption import encrypt_ballot
from voting.crypto.manifest import Manifest
from voting.crypto.policies import Purpose, VoterDisplay, Witnesses
from voting.crypto.registrars.points import sign_change
from voting.crypto.roll import RollEntry, changed_roll, roll_hash
from voting.crypto.trustees.confirmation import endorse
from voting.crypto.trustees.key import KeySetupMode
from voting.crypto.trustees.terms import Ceremony
from voting.trials.ceremonies import KeyCeremony, hold_ceremony
from voting.trials.watchers import (
    SimulatedRegistrar,
    SimulatedWitness,
    new_registrars,
    new_witnesses,
)

if TYPE_CHECKING:
    from voting.crypto.ballot import Ballot
    from voting.crypto.board.heads import BoardKey, SignedHead
    from voting.crypto.board.receipts import Receipt
    from voting.crypto.board.witnesses import WitnessStatement
    from voting.crypto.decryption import ElectionResult
    from voting.crypto.opening import Selections
    from voting.crypto.trustees.key_file import KeyFile

ELECTION = "simulated-election"
HOUR = "2026-01-02T09:00Z"
COUNT_HOUR = "2026-01-02T18:00Z"
OFFICIALS = ("Official A", "Official B")


@dataclass(frozen=True)
class Shape:
    """How large an election to simulate, and what happens in it.

    `revotes` voters cast a second ballot, and `spoils` voters open a ballot instead of casting it.
    Every second voter is in the group "North", which has a second contest, if there are `groups`.
    `waived` trustees endorse nothing. `newcomers` join the roll while people vote, and as many
    voters who have not voted leave it. `overrides` face steps are replaced, the closing time is
    extended `extensions` times. `seed` decides the selections; keys and randomness are new each
    time.
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
    server: bool = False
    registrars: int = 0
    witnesses: int = 0
    quorum: int = 0
    groups: bool = False
    least: int = 1
    waived: int = 0
    newcomers: int = 0
    overrides: int = 0
    extensions: int = 0
    forgets: bool = False
    hidden: bool = False
    languages: tuple[str, ...] = ("en",)
    rehearsal: bool = False


@dataclass(frozen=True)
class SimulatedElection:
    """A finished election. `head` is the signed head of all events before the last."""

    manifest: Manifest
    board_key: BoardKey
    ceremony: KeyCeremony
    registrars: tuple[SimulatedRegistrar, ...]
    witnesses: tuple[SimulatedWitness, ...]
    roll: tuple[RollEntry, ...]
    events: tuple[Event, ...]
    receipts: tuple[Receipt, ...]
    statements: tuple[WitnessStatement, ...]
    result: ElectionResult
    head: SignedHead

    @property
    def file(self) -> bytes:
        """The board file."""
        return b"".join(event.line + b"\n" for event in self.events)

    @property
    def key_files(self) -> tuple[KeyFile, ...]:
        """The trustees' key files as they are after the key check."""
        return tuple(
            self.ceremony.key_file(secret.index, self.manifest.fingerprint)
            for secret in self.ceremony.secrets
        )


def simulate(shape: Shape) -> SimulatedElection:
    """Hold an election of this shape, from the key ceremony to the result."""
    poll = _Poll(shape)
    poll.open()
    poll.vote()
    poll.close()
    result = poll.count()
    if shape.forgets:
        poll.add_head()
        poll.forget()
    head = heads.sign_head(poll.key, poll.manifest.fingerprint, poll.tip, COUNT_HOUR)
    poll.add_head()
    return SimulatedElection(
        manifest=poll.manifest,
        board_key=poll.key,
        ceremony=poll.ceremony,
        registrars=poll.registrars,
        witnesses=poll.witnesses,
        roll=tuple(poll.roll),
        events=tuple(poll.events),
        receipts=tuple(poll.receipts),
        statements=tuple(poll.statements),
        result=result,
        head=head,
    )


class _Poll:
    """An election while it is held."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.key = heads.new_board_key()
        mode = KeySetupMode.SERVER if shape.server else KeySetupMode.TRUSTEES
        terms = Ceremony(ELECTION, *((1, 1) if shape.server else (shape.threshold, shape.trustees)))
        self.ceremony = hold_ceremony(terms, mode)
        numbers = [f"{number:06d}" for number in range(shape.voters)]
        self.registrars = new_registrars(ELECTION, shape.registrars, numbers)
        self.witnesses = new_witnesses(shape.witnesses)
        self.numbers: dict[str, str] = {}  # the voter's number, by credential
        self.roll = sorted(self._entry(number) for number in numbers)
        self.opening_roll = tuple(self.roll)
        self.manifest = _manifest(self)
        self.events: list[Event] = []
        self.ballots: dict[str, Ballot] = {}
        self.receipts: list[Receipt] = []
        self.statements: list[WitnessStatement] = []
        self.tip = Tip()
        self.draw = _Draw(shape, self.manifest)

    def add(self, kind: BoardEventKind, body: dict[str, Any], hour: str = HOUR) -> Event:
        return self._append(self.tip.then(kind, body, hour))

    def add_head(self, hour: str = COUNT_HOUR) -> None:
        self._append(heads.head_event(self.key, self.manifest.fingerprint, self.tip, hour))

    def open(self) -> None:
        """Open the board; the trustees endorse, and the officials waive the others."""
        self.add(BoardEventKind.OPEN, bodies.open_body(self.manifest, self.roll))
        if not self.shape.server:
            waived = range(self.shape.trustees - self.shape.waived + 1, self.shape.trustees + 1)
            for index in range(1, waived.start):
                self._endorse(index)
            if waived:
                self.add(BoardEventKind.WAIVE, bodies.waive_body(waived, OFFICIALS))
        self.add_head(HOUR)

    def vote(self) -> None:
        """All voters cast, some a second time; some open a ballot instead; the roll changes."""
        self._change_roll()
        for number in range(1, self.shape.overrides + 1):
            self.add(BoardEventKind.OVERRIDE, bodies.override_body(number, OFFICIALS))
        for number in range(self.shape.extensions):
            moment = f"2026-01-02T{18 + number // 60:02d}:{number % 60:02d}Z"
            self.add(BoardEventKind.EXTEND, bodies.extend_body(moment, OFFICIALS))
        for voter in [*self.roll, *self.roll[: self.shape.revotes]]:
            self._cast(voter)
        for voter in self.roll[: self.shape.spoils]:
            opened = encrypt_ballot(self.manifest, voter, self.draw(voter), secrets=self._of(voter))
            self.add(BoardEventKind.SPOIL, bodies.spoil_body(opened.opening.tracker))
        self._let_witnesses_sign(HOUR)

    def close(self) -> None:
        """Close the box; the witnesses sign the close."""
        cast = sum(event.kind is BoardEventKind.BALLOT for event in self.events)
        body = bodies.close_body(ballots=cast, counted=len(self.ballots))
        self.close_event = self.add(BoardEventKind.CLOSE, body, COUNT_HOUR)
        self.add_head()
        self._let_witnesses_sign(COUNT_HOUR)

    def count(self) -> ElectionResult:
        """Add up, decrypt with the last `threshold` trustees, and publish."""
        summed = tally.add_ballots(self.manifest, self.ballots.values())
        self.add(BoardEventKind.TALLY, summed.to_dict(), COUNT_HOUR)
        trustees, threshold = len(self.ceremony.shares), self.manifest.key.threshold
        partials = [
            decryption.partial_decryption(
                self.manifest, summed, self.close_event.hash, index, self.ceremony.shares[index - 1]
            )
            for index in range(trustees - threshold + 1, trustees + 1)
        ]
        for partial in partials:
            self.add(BoardEventKind.DECRYPTION, partial.to_dict(self.manifest), COUNT_HOUR)
        result = decryption.combine(self.manifest, summed, partials)
        self.add(BoardEventKind.RESULT, result.to_dict(self.manifest), COUNT_HOUR)
        return result

    def forget(self) -> None:
        """After the appeals."""
        self.add(BoardEventKind.FORGET, bodies.forget_body(len(self.roll), OFFICIALS), COUNT_HOUR)

    def _entry(self, number: str) -> RollEntry:
        points = [registrar.points[number].hex() for registrar in self.registrars]
        return self._row(number, points)

    def _row(self, number: str, points: list[str]) -> RollEntry:
        credential, *keys = points or [f"voter-{number}"]
        self.numbers[credential] = number
        alias = "" if self.shape.hidden else f"Voter {int(number)}"
        groups = ("North", "South") if self.shape.groups else ("",)
        return RollEntry(credential, alias, groups[int(number) % len(groups)], tuple(keys))

    def _of(self, voter: RollEntry) -> list[int]:
        """The scalars with which this voter signs."""
        number = self.numbers[voter.credential]
        return [registrar.voter_secret(number) for registrar in self.registrars]

    def _endorse(self, index: int) -> None:
        signature = endorse(
            self.ceremony.shares[index - 1],
            self.manifest.fingerprint,
            index,
            self.manifest.verification_keys[index - 1],
        )
        self.add(BoardEventKind.ENDORSE, bodies.endorse_body(index, signature))

    def _change_roll(self) -> None:
        """Newcomers join, and as many voters leave, each in an event of its own."""
        for extra in range(self.shape.newcomers):
            number = f"{self.shape.voters + extra:06d}"
            points = [registrar.issue(number) for registrar in self.registrars]
            added = self._row(number, [point.hex() for point in points])
            removed = [self.roll[0].credential]
            changed, new_hash = changed_roll(self.roll, [added], removed)
            fingerprint = self.manifest.fingerprint
            signatures = [
                sign_change(
                    registrar.secret, fingerprint, registrar.index, add=[point], remove=removed
                )
                for registrar, point in zip(self.registrars, points, strict=True)
            ]
            body = bodies.roll_body(
                add=[added],
                remove=removed,
                officials=OFFICIALS,
                new_hash=new_hash,
                signatures=signatures,
            )
            self.add(BoardEventKind.ROLL, body)
            self.roll = list(changed)

    def _cast(self, voter: RollEntry) -> None:
        made = encrypt_ballot(self.manifest, voter, self.draw(voter), secrets=self._of(voter))
        before = self.ballots.get(voter.credential)
        body = bodies.ballot_body(made.ballot, before.tracker if before else None)
        event = self.add(BoardEventKind.BALLOT, body)
        self.receipts.append(sign_receipt(self.key, self.manifest.fingerprint, event))
        self.ballots[voter.credential] = made.ballot

    def _let_witnesses_sign(self, hour: str) -> None:
        for witness in self.witnesses:
            statement = sign_statement(
                witness.secret, witness.index, self.manifest.fingerprint, self.tip, hour
            )
            self.statements.append(statement)
            self.add(BoardEventKind.WITNESS, statement.body(), hour)

    def _append(self, event: Event) -> Event:
        self.events.append(event)
        self.tip = Tip.after(event)
        return event


def _texts(shape: Shape, english: str) -> Texts:
    return dict.fromkeys(shape.languages, english)


def _manifest(poll: _Poll) -> Manifest:
    shape = poll.shape
    choices = tuple(
        Choice(
            f"choice-{n}",
            _texts(shape, f"Choice {n}"),
            party=_texts(shape, "A party") if n == 1 else None,
            statement=_texts(shape, "First line.\n\nSecond line.") if n == 0 else None,
        )
        for n in range(shape.choices)
    )
    contests = [
        Contest("contest", _texts(shape, "A contest"), choices, shape.min, shape.max, shape.blank)
    ]
    if shape.groups:
        answers = (Choice("yes", _texts(shape, "Yes")), Choice("no", _texts(shape, "No")))
        contests.append(
            Contest("north", _texts(shape, "For the north"), answers, 1, 1, True, groups=("North",))
        )
    return Manifest(
        id=ELECTION,
        languages=tuple(sorted(shape.languages)),
        title=_texts(shape, "A simulated election"),
        contests=tuple(contests),
        key=poll.ceremony.setup,
        board_key=poll.key.public,
        roll=roll_hash(poll.roll),
        revote=shape.revotes > 0,
        voters=VoterDisplay.HIDDEN if shape.hidden else VoterDisplay.ALIAS,
        closes="2026-01-02T17:00Z" if shape.extensions else "",
        least=shape.least,
        purpose=Purpose.REHEARSAL if shape.rehearsal else Purpose.REAL,
        registrars=tuple(registrar.entry for registrar in poll.registrars),
        witnesses=Witnesses(tuple(witness.entry for witness in poll.witnesses), shape.quorum),
    )


class _Draw:
    """Draws what a voter selects in each contest of the voter's group."""

    def __init__(self, shape: Shape, manifest: Manifest) -> None:
        self._chance = random.Random(shape.seed)  # noqa: S311 - what a simulation selects is no secret
        self._manifest = manifest

    def __call__(self, voter: RollEntry) -> Selections:
        return {
            contest.id: self._one(contest) for contest in self._manifest.contests_of(voter.group)
        }

    def _one(self, contest: Contest) -> list[str] | None:
        ids = [choice.id for choice in contest.choices]
        if contest.blank and self._chance.random() < 0.1:
            return None
        return self._chance.sample(ids, self._chance.randint(contest.min, contest.max))
