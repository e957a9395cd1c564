"""A server that lies once, in one message of an election, and whether somebody notices.

A test tool. All people are honest and do what docs/cryptography.md says; the server between them
changes, drops, replays or exchanges one message, or a trustee lies. Each lie must be noticed before
a key is used or a ballot is counted, and nobody may be found at fault but the liar.
"""

from __future__ import annotations

import copy
import enum
import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from voting.crypto import canonical, group
from voting.crypto.trustees.complaints import complain, judge
from voting.crypto.trustees.confirmation import (
    confirm,
    endorse,
    holds_endorsement,
    read_confirmation,
)
from voting.crypto.trustees.key import KeySetup, assemble, check_key
from voting.crypto.trustees.registration import Transcript
from voting.crypto.trustees.secret import TrusteeSecret, new_secret, register, require_own
from voting.crypto.trustees.shares import key_share, make_shares, read_share, seal
from voting.crypto.trustees.terms import Ceremony, TrusteeRefused
from voting.trials.changing import HEXADECIMAL, change_within

if TYPE_CHECKING:
    from collections.abc import Callable

    from voting.crypto.trustees.shares import SealedShare

ELECTION: Final = "lied-about"
FINGERPRINT: Final = "ab" * 32


class Lie(enum.StrEnum):
    """What the liar does to the message."""

    CHANGE = "change"  # another value somewhere in it
    DROP = "drop"
    REPLAY = "replay"  # the same person's message of an earlier ceremony or election
    SWAP = "swap"  # another person's message of this one
    MAKE_UP = "make-up"  # one that the liar has made with secrets of its own


class Step(enum.StrEnum):
    """Which message it is."""

    REGISTRATION = "registration"
    SHARE = "share"
    CONFIRMATION = "confirmation"
    MANIFEST = "manifest"
    ENDORSEMENT = "endorsement"
    WRONG_SHARE = "wrong-share"  # by a trustee, to another
    FALSE_COMPLAINT = "false-complaint"  # by a trustee, about another


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a lie. `accused` is the trustee that was found at fault, or 0.

    `liar` is the trustee that lied, or 0 for the server.
    """

    step: Step
    lie: Lie
    noticed: str
    accused: int = 0
    liar: int = 0

    @property
    def is_right(self) -> bool:
        """Whether it was noticed, and nobody but the liar was found at fault."""
        return bool(self.noticed) and self.accused == self.liar


@dataclass(frozen=True)
class Lying:
    """One lie: to whom it is told, and about whose message. 0 stands for everybody."""

    step: Step
    lie: Lie
    sender: int
    receiver: int
    chance: random.Random

    def applies(self, step: Step, sender: int, receiver: int) -> bool:
        return (step, sender) == (self.step, self.sender) and self.receiver in (0, receiver)


def lie_in_ceremony(seed: int) -> Outcome:
    """Hold a key ceremony in which one lie is told, up to the endorsements."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable test tool; keys are drawn properly
    trustees = chance.randint(2, 4)
    terms = Ceremony(ELECTION, chance.randint(1, trustees), trustees)
    step = chance.choice(list(Step))
    liar, other = chance.sample(range(1, trustees + 1), 2)
    if step is Step.WRONG_SHARE:
        return _wrong_share(terms, liar, other)
    if step is Step.FALSE_COMPLAINT:
        return _false_complaint(terms, liar, other)
    lie = chance.choice(list(Lie))
    told = Lying(step, lie, liar, chance.choice((0, other, liar)), chance)
    return Outcome(step, lie, _Relay(terms, told).hold())


class _Relay:
    """The server, which holds all messages of this ceremony and of an earlier one."""

    def __init__(self, terms: Ceremony, told: Lying) -> None:
        self._terms = terms
        self._told = told
        self._everybody = range(1, terms.trustees + 1)
        self._earlier = _honest(terms)
        self._now = [new_secret(terms, index) for index in self._everybody]

    def hold(self) -> str:
        """What was noticed, in a word; empty if nothing was."""
        try:
            return self._hold()
        except (TrusteeRefused, ValueError, KeyError, TypeError) as refusal:
            return getattr(refusal, "code", None) or type(refusal).__name__

    def _hold(self) -> str:
        sent = {secret.index: register(secret).to_dict(self._terms) for secret in self._now}
        transcripts = [self._transcript(secret.index, sent) for secret in self._now]
        shares = [
            make_shares(secret, transcript)
            for secret, transcript in zip(self._now, transcripts, strict=True)
        ]
        keys = [
            self._key(secret, transcript, shares, transcripts)
            for secret, transcript in zip(self._now, transcripts, strict=True)
        ]
        confirmations = [
            read_confirmation(
                self._told_message(
                    Step.CONFIRMATION,
                    secret.index,
                    0,
                    confirm(secret, transcript, key).to_dict(transcript),
                    lambda index: self._earlier.confirmations[index - 1],
                ),
                transcripts[0],
                secret.index,
            )
            for secret, transcript, key in zip(self._now, transcripts, keys, strict=True)
        ]
        names = [f"Trustee {index}" for index in self._everybody]
        setup = assemble(transcripts[0], names, confirmations)
        return self._check_manifest(setup) or self._check_endorsements(setup, keys)

    def _transcript(self, receiver: int, sent: dict[int, dict[str, Any]]) -> Transcript:
        """What one trustee reads of all registrations, after its own checks."""
        messages = [
            self._told_message(
                Step.REGISTRATION,
                sender,
                receiver,
                sent[sender],
                lambda index: self._earlier.registrations[index - 1],
                lambda index: register(new_secret(self._terms, index)).to_dict(self._terms),
            )
            for sender in self._everybody
        ]
        transcript = Transcript.from_list(messages, self._terms)
        require_own(self._now[receiver - 1], transcript)
        return transcript

    def _key(
        self,
        secret: TrusteeSecret,
        transcript: Transcript,
        shares: list[tuple[SealedShare, ...]],
        transcripts: list[Transcript],
    ) -> int:
        """The share of the key that one trustee makes of the shares it gets."""
        receiver = secret.index
        received = []
        for sender in self._everybody:
            made = shares[sender - 1][receiver - 1].to_dict(transcripts[sender - 1])
            message = self._told_message(
                Step.SHARE,
                sender,
                receiver,
                made,
                lambda index: self._earlier.shares[index - 1][receiver - 1],
                lambda index: self._own_share(transcript, index, receiver),
            )
            received.append(read_share(message, transcript, sender, receiver))
        return key_share(secret, transcript, received)

    def _own_share(self, transcript: Transcript, sender: int, receiver: int) -> dict[str, Any]:
        """A share for the receiver that the server has sealed and signed as well as it can."""
        stranger = new_secret(self._terms, sender)
        share = seal(stranger, transcript, transcript.of(receiver), group.random_scalar())
        return share.to_dict(transcript)

    def _check_manifest(self, setup: KeySetup) -> str:
        """What trustees, voters and everybody else check of the manifest that they are shown."""
        true = setup.to_dict()
        shown = self._told_message(
            Step.MANIFEST,
            self._told.sender,
            0,
            true,
            lambda _index: self._earlier.setup.to_dict(),
            lambda _index: _honest(self._terms).setup.to_dict(),
        )
        check_key(ELECTION, KeySetup.from_dict(shown))
        # They compare the fingerprint, which covers every value of the key.
        return "" if canonical.sha(shown) == canonical.sha(true) else "fingerprint"

    def _check_endorsements(self, setup: KeySetup, keys: list[int]) -> str:
        transcript = setup.transcript(ELECTION)
        verification_keys = transcript.verification_keys
        for index, key in enumerate(keys, start=1):
            verification_key = verification_keys[index - 1]
            made = endorse(key, FINGERPRINT, index, verification_key)
            message = self._told_message(
                Step.ENDORSEMENT,
                index,
                0,
                made.to_list(),
                lambda other: endorse(
                    self._earlier.keys[other - 1],
                    FINGERPRINT,
                    other,
                    self._earlier.verification_keys[other - 1],
                ).to_list(),
                lambda other: endorse(
                    group.random_scalar(), FINGERPRINT, other, verification_keys[other - 1]
                ).to_list(),
            )
            signature = type(made).from_list(message)
            if not holds_endorsement(signature, FINGERPRINT, index, verification_key):
                return "endorsement"
        return ""

    def _told_message(
        self,
        step: Step,
        sender: int,
        receiver: int,
        message: Any,
        earlier: Callable[[int], Any],
        made_up: Callable[[int], Any] | None = None,
    ) -> Any:
        """The message as the server hands it on."""
        told = self._told
        if not told.applies(step, sender, receiver or told.receiver):
            return message
        others = [index for index in self._everybody if index != sender]
        match told.lie:
            case Lie.DROP:
                return None
            case Lie.REPLAY:
                return earlier(sender)
            case Lie.SWAP:
                return earlier(told.chance.choice(others))
            case Lie.MAKE_UP if made_up is not None:
                return made_up(sender)
            case _:
                return changed(message, told.chance)


@dataclass(frozen=True)
class _Honest:
    """The messages of a ceremony without a lie."""

    registrations: list[dict[str, Any]]
    shares: list[list[dict[str, Any]]]
    confirmations: list[dict[str, Any]]
    setup: KeySetup
    keys: list[int]
    verification_keys: tuple[bytes, ...]


def _honest(terms: Ceremony) -> _Honest:
    secrets = [new_secret(terms, index) for index in range(1, terms.trustees + 1)]
    transcript = Transcript(terms, tuple(register(secret) for secret in secrets))
    shares = [make_shares(secret, transcript) for secret in secrets]
    keys = [
        key_share(secret, transcript, [row[secret.index - 1] for row in shares])
        for secret in secrets
    ]
    confirmations = [
        confirm(secret, transcript, key) for secret, key in zip(secrets, keys, strict=True)
    ]
    names = [f"Trustee {secret.index}" for secret in secrets]
    return _Honest(
        [item.to_dict(terms) for item in transcript.registrations],
        [[share.to_dict(transcript) for share in row] for row in shares],
        [item.to_dict(transcript) for item in confirmations],
        assemble(transcript, names, confirmations),
        keys,
        transcript.verification_keys,
    )


def _wrong_share(terms: Ceremony, liar: int, other: int) -> Outcome:
    """A trustee signs a share that is not on its polynomial; the receiver complains."""
    secrets = [new_secret(terms, index) for index in range(1, terms.trustees + 1)]
    transcript = Transcript(terms, tuple(register(secret) for secret in secrets))
    wrong = seal(secrets[liar - 1], transcript, transcript.of(other), group.random_scalar())
    received = [
        wrong if secret.index == liar else make_shares(secret, transcript)[other - 1]
        for secret in secrets
    ]
    try:
        key_share(secrets[other - 1], transcript, received)
    except TrusteeRefused as refusal:
        complaint = complain(secrets[other - 1], transcript, wrong)
        accused = judge(complaint, transcript)
        return Outcome(Step.WRONG_SHARE, Lie.MAKE_UP, str(refusal.code), accused, liar)
    return Outcome(Step.WRONG_SHARE, Lie.MAKE_UP, "", 0, liar)


def _false_complaint(terms: Ceremony, liar: int, other: int) -> Outcome:
    """A trustee complains about a share that is right."""
    secrets = [new_secret(terms, index) for index in range(1, terms.trustees + 1)]
    transcript = Transcript(terms, tuple(register(secret) for secret in secrets))
    share = make_shares(secrets[other - 1], transcript)[liar - 1]
    honest = complain(secrets[liar - 1], transcript, share)
    lie = replace(honest, shared=group.base(group.random_scalar()))
    accused = {judge(complaint, transcript) for complaint in (honest, lie)}
    return Outcome(
        Step.FALSE_COMPLAINT,
        Lie.MAKE_UP,
        "judged",
        accused.pop() if len(accused) == 1 else -1,
        liar,
    )


def changed(message: Any, chance: random.Random) -> Any:
    """A copy of the message with another value somewhere in it."""
    copied = {"message": copy.deepcopy(message)}
    change_within(copied, "message", chance, letters=HEXADECIMAL)
    return copied["message"]
