"""Registrars and witnesses of a simulated election, with all that they keep to themselves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from voting.crypto import group
from voting.crypto.policies import Registrar, Witness
from voting.crypto.registrars.codes import new_code, voter_secret
from voting.crypto.registrars.points import RegistrarPoints, sign_points


@dataclass(frozen=True)
class SimulatedRegistrar:
    """A registrar's key, and the code of each voter of the opening roll by the voter's number."""

    election: str
    index: int
    secret: int
    codes: dict[str, bytes]

    @cached_property
    def points(self) -> dict[str, bytes]:
        """Each voter's point, by the voter's number."""
        return {number: group.base(self.voter_secret(number)) for number in self.codes}

    def voter_secret(self, number: str) -> int:
        """The scalar with which this voter signs."""
        return voter_secret(self.election, self.index, self.codes[number])

    def issue(self, number: str) -> bytes:
        """Draw a code for one more voter. Returns the voter's point."""
        self.codes[number] = new_code()
        return group.base(self.voter_secret(number))

    @cached_property
    def file(self) -> RegistrarPoints:
        """What this registrar hands to the server before the election is frozen."""
        signature = sign_points(self.secret, self.election, self.index, self.points.values())
        return RegistrarPoints(
            self.election,
            self.index,
            group.base(self.secret),
            tuple(self.points.items()),
            signature,
        )

    @property
    def entry(self) -> Registrar:
        """The registrar's entry of the manifest."""
        return Registrar(f"Registrar {self.index}", self.file.key, self.file.signature)


def new_registrars(election: str, number: int, voters: list[str]) -> tuple[SimulatedRegistrar, ...]:
    """This number of registrars, who have drawn a code for each voter."""
    registrars = tuple(
        SimulatedRegistrar(
            election, index, group.random_scalar(), {name: new_code() for name in voters}
        )
        for index in range(1, number + 1)
    )
    for registrar in registrars:
        _ = registrar.file  # signed now: voters who are issued codes later are not in it
    return registrars


@dataclass(frozen=True)
class SimulatedWitness:
    """A witness's number and key."""

    index: int
    secret: int

    @property
    def entry(self) -> Witness:
        """The witness's entry of the manifest."""
        return Witness(f"Witness {self.index}", group.base(self.secret))


def new_witnesses(number: int) -> tuple[SimulatedWitness, ...]:
    return tuple(SimulatedWitness(index, group.random_scalar()) for index in range(1, number + 1))
