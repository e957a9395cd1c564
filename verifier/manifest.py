"""The manifest of an election, and the check of one ballot against it.

docs/cryptography.md, sections 3 to 5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier import proofs
from verifier.group import IDENTITY, add, digest, multiply, read_point, total
from verifier.strict import ID, dump, keys, require, sha256, text, whole

if TYPE_CHECKING:
    from verifier.group import Ciphertext, Part
    from verifier.strict import Json

    Rows = list[list[Ciphertext]]  # for each contest, a ciphertext for each position


class Contest:
    """A contest of the manifest; raises Problem or another of FAULTS if it is malformed.

    `weights` has the factor of each ciphertext in the weighted sum, `allowed` the values of that
    sum which are valid answers.
    """

    def __init__(self, value: Json) -> None:
        keys(value, "blank choices id max min title")
        self.id = text(value["id"], ID)
        self.blank: bool = value["blank"]
        size = len(value["choices"])
        ids = {text(keys(choice, "id title")["id"], ID) for choice in value["choices"]}
        require(len(ids) == size and type(self.blank) is bool, "a malformed contest")
        high = whole(value["max"], 1, size)
        low = whole(value["min"], 0, high)
        blank = [size + 1] if self.blank else []
        self.weights = [1] * size + blank
        self.allowed = [*range(low, high + 1), *blank]


class Manifest:
    """The manifest, its key and the proofs of the key's trustees.

    Raises Problem or another of FAULTS if it is malformed or a proof does not hold. `trustees` has
    the verification key V_j of each trustee, from trustee 1 on.
    """

    def __init__(self, value: Json) -> None:
        keys(value, "board_key contests format id key revote roll title voters")
        known = value["format"] == "facevote-election-1" and type(value["revote"]) is bool
        require(known and value["voters"] in ("alias", "hidden"), "a malformed manifest")
        self.fingerprint = sha256(dump(value))
        self.fingerprint_bytes = bytes.fromhex(self.fingerprint)
        self.id = text(value["id"], ID)
        self.title: str = value["title"]
        self.revote: bool = value["revote"]
        self.hidden: bool = value["voters"] == "hidden"
        self.roll: str = value["roll"]
        self.board_key = read_point(value["board_key"])
        self.contests = [Contest(item) for item in value["contests"]]
        ids = {contest.id for contest in self.contests}
        require(len(ids) == len(self.contests) > 0, "contest ids repeat")
        self._read_key(keys(value["key"], "mode public_key threshold trustees"))

    def _read_key(self, key: dict[str, Json]) -> None:
        count = len(key["trustees"])
        self.key = read_point(key["public_key"])
        self.mode: str = key["mode"]
        self.threshold = whole(key["threshold"], 1, count)
        known = self.mode == "trustees" or (self.mode == "server" and count == 1)
        commitments = [[read_point(p) for p in item["commitments"]] for item in key["trustees"]]
        right = known and all(len(row) == self.threshold for row in commitments)
        require(right, "a malformed key")
        sums = total(row[0] for row in commitments)
        require(self.key == sums, "the key is not the trustees' key")
        self.trustees: list[bytes] = []
        for number, trustee in enumerate(key["trustees"], start=1):
            self._read_trustee(number, trustee, commitments)

    def _read_trustee(self, number: int, trustee: Json, commitments: list[list[bytes]]) -> None:
        """Section 5: the verification key of one trustee, and its two proofs."""
        keys(trustee, "commitments confirmation name proof")
        everyone = [point for row in commitments for point in row]
        powers = [number**degree for _row in commitments for degree in range(self.threshold)]
        pairs = zip(powers, everyone, strict=True)
        verification_key = total(multiply(power, point) for power, point in pairs)
        self.trustees.append(verification_key)
        common = (self.id, number, self.threshold, len(commitments))
        own = commitments[number - 1]
        proofs.check_schnorr(trustee["proof"], own[0], "possession", *common, *own)
        proofs.check_schnorr(
            trustee["confirmation"], verification_key, "confirmation", *common, *everyone
        )

    def no_sums(self) -> Rows:
        """The sums of no ballots."""
        return [[(IDENTITY, IDENTITY)] * len(contest.weights) for contest in self.contests]

    def check_ballot(self, ballot: Json) -> Rows:
        """Section 4: the ciphertexts of a ballot whose proofs all hold.

        Raises Problem or another of FAULTS if one does not, or if the ballot is malformed.
        """
        rows: Rows = []
        parts: list[Part] = [self.fingerprint_bytes, self.key, self.board_key, ballot["credential"]]
        for contest, answer in zip(self.contests, ballot["contests"], strict=True):
            keys(answer, "ciphertexts id proofs sum")
            row = [(read_point(alpha), read_point(beta)) for alpha, beta in answer["ciphertexts"]]
            right = answer["id"] == contest.id and len(row) == len(contest.weights)
            require(right, "the contests are not those of the election")
            parts += [contest.id, *(point for ciphertext in row for point in ciphertext)]
            rows.append(row)
        context = digest("facevote-1/ballot", *parts)
        for contest, answer, row in zip(self.contests, ballot["contests"], rows, strict=True):
            self._check_answer(contest, answer, row, context)
        return rows

    def _check_answer(
        self, contest: Contest, answer: Json, row: list[Ciphertext], context: bytes
    ) -> None:
        """Every ciphertext is a bit, and their weighted sum is an allowed value."""
        for position, (ciphertext, proof) in enumerate(zip(row, answer["proofs"], strict=True)):
            statement = (context, contest.id, position)
            proofs.check_one_of(
                proof, (0, 1), ciphertext, key=self.key, name="selection", statement=statement
            )
        proofs.check_one_of(
            answer["sum"],
            contest.allowed,
            weighted_sum(contest.weights, row),
            key=self.key,
            name="sum",
            statement=(context, contest.id, len(row)),
        )


def weighted_sum(weights: list[int], row: list[Ciphertext]) -> Ciphertext:
    """The sum of the ciphertexts of a contest, each times its weight."""
    pairs = list(zip(weights, row, strict=True))
    alpha = total(a if weight == 1 else multiply(weight, a) for weight, (a, _b) in pairs)
    beta = total(b if weight == 1 else multiply(weight, b) for weight, (_a, b) in pairs)
    return alpha, beta


def add_rows(left: Rows, right: Rows) -> Rows:
    """The sums of both, position by position; ValueError if they have different shapes."""
    return [
        [(add(a[0], b[0]), add(a[1], b[1])) for a, b in zip(first, second, strict=True)]
        for first, second in zip(left, right, strict=True)
    ]
