"""The encrypted sums, their decryption by the trustees, and the result.

docs/cryptography.md, section 6. Everything here raises Problem or another of FAULTS if an event
does not hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.rules.group import base, lagrange, multiply, read_point, subtract, total
from verifier.rules.proofs import holds_decryption
from verifier.rules.strict import MAX_NUMBER, items, keys, require, whole

if TYPE_CHECKING:
    from verifier.rules.contest import Contest
    from verifier.rules.group import Ciphertext, Part
    from verifier.rules.manifest import Manifest, Rows
    from verifier.rules.strict import Json

    Shares = list[list[bytes]]  # one trustee's point for each contest and position


class Count:
    """The count of a board: its sums, the decryptions so far, and the result.

    `close` is the hash of the close event, `counted` the number of counted ballots, and
    `by_contest` how many of these have each contest.
    """

    def __init__(self, manifest: Manifest, close: str, counted: int, by_contest: list[int]) -> None:
        self.close = close
        self.counted = counted
        self.by_contest = by_contest
        self.sums: Rows | None = None
        self.tally: Json = None  # the body of the event
        self.shares: dict[int, Shares] = {}  # of each trustee who has decrypted
        self.result: Json = None
        self._manifest = manifest

    def withheld(self, index: int) -> bool:
        """Whether this contest has ballots, but too few to be decrypted."""
        return self._manifest.number == 2 and 0 < self.by_contest[index] < self._manifest.least

    def read_tally(self, body: Json) -> None:
        """A `tally` event. Whether the sums are right is for the caller to check."""
        keys(body, "contests counted")
        own = "counted " if self._manifest.number == 2 else ""
        require(whole(body["counted"], 0, MAX_NUMBER) == self.counted, "a wrong number of ballots")
        sums: Rows = []
        for index, answer in enumerate(self._answers(body, f"{own}id sums")):
            if own:
                number = whole(answer["counted"], 0, MAX_NUMBER)
                require(number == self.by_contest[index], "a wrong number of ballots of a contest")
            size = len(self._manifest.contests[index].weights)
            pairs = [items(pair, 2, 2) for pair in items(answer["sums"], size, size)]
            sums.append([(_sum_point(a), _sum_point(b)) for a, b in pairs])
        self.sums, self.tally = sums, body

    def read_decryption(self, body: Json) -> None:
        """A `decryption` event; each trustee decrypts once."""
        keys(body, "contests trustee")
        trustee = whole(body["trustee"], 1, len(self._manifest.key.trustees))
        require(trustee not in self.shares, f"trustee {trustee} decrypts twice")
        shares: Shares = []
        for index, answer in enumerate(self._answers(body, "id shares")):
            row = self._row(index)
            size = 0 if self.withheld(index) else len(row)
            given = items(answer["shares"], size, size)
            contest = self._manifest.contests[index]
            shares.append(
                [
                    self._read_share(contest, (position, trustee), share, ciphertext)
                    for position, (share, ciphertext) in enumerate(zip(given, row, strict=False))
                ]
            )
        self.shares[trustee] = shares

    def read_result(self, body: Json) -> None:
        """A `result` event: the numbers are what the sums decrypt to."""
        keys(body, "contests counted trustees")
        number = self._manifest.number
        threshold = self._manifest.key.threshold
        chosen = [whole(j, 1, MAX_NUMBER) for j in items(body["trustees"], threshold, threshold)]
        require(len(set(chosen)) == len(chosen), "one trustee twice")
        require(number == 1 or chosen == sorted(chosen), "the trustees are not sorted")
        require(all(trustee in self.shares for trustee in chosen), "not all have decrypted")
        require(whole(body["counted"], 0, MAX_NUMBER) == self.counted, "a wrong number of ballots")
        weights = {trustee: lagrange(trustee, chosen) for trustee in chosen}
        for index, answer in enumerate(self._answers(body, "blank counts id")):
            if self.withheld(index):
                hidden = answer["blank"] is None and answer["counts"] is None
                require(hidden, "numbers of a contest that is withheld")
            else:
                self._check_numbers(index, answer, weights)
        self.result = body["contests"]

    def statement(self, contest: Contest, position: int, trustee: int) -> list[Part]:
        """What the proof of a decryption covers before the ciphertext."""
        manifest = self._manifest
        close = [bytes.fromhex(self.close)] if manifest.number == 2 else []
        verification_key = manifest.key.verification_keys[trustee - 1]
        place = (contest.id, position, trustee, manifest.key.public, verification_key)
        return [manifest.tag("decryption"), manifest.fingerprint_bytes, *close, *place]

    def _answers(self, body: Json, names: str) -> list[Json]:
        """The answers of all contests, in their order."""
        contests = self._manifest.contests
        answers = items(body["contests"], len(contests), len(contests))
        for contest, answer in zip(contests, answers, strict=True):
            own = keys(answer, names)["id"] == contest.id
            require(own, "the contests are not those of the election")
        return answers

    def _row(self, index: int) -> list[Ciphertext]:
        require(self.sums, "the encrypted sums could not be read")
        return (self.sums or [])[index]

    def _read_share(
        self, contest: Contest, place: tuple[int, int], share: Json, ciphertext: Ciphertext
    ) -> bytes:
        """`place` is position and trustee. Raises Problem if the share's proof fails."""
        position, trustee = place
        point = read_point(items(share, 3, 3)[0], identity=True)
        verification_key = self._manifest.key.verification_keys[trustee - 1]
        holds = holds_decryption(
            share[1:],
            point,
            ciphertext,
            verification_key=verification_key,
            statement=self.statement(contest, position, trustee),
        )
        where = f"trustee {trustee}, contest {contest.id}, position {position}"
        require(holds, f"{where}: wrong decryption")
        return point

    def _check_numbers(self, index: int, answer: Json, weights: dict[int, int]) -> None:
        contest, row = self._manifest.contests[index], self._row(index)
        require(contest.blank == (answer["blank"] is not None), "a wrong contest")
        size = len(contest.choices)
        numbers = items(answer["counts"], size, size)
        numbers += [answer["blank"]] if contest.blank else []
        for position, (number, ciphertext) in enumerate(zip(numbers, row, strict=True)):
            points = (multiply(w, self.shares[j][index][position]) for j, w in weights.items())
            opened = subtract(ciphertext[1], total(points))
            place = f"contest {contest.id}, position {position}"
            right = base(whole(number, 0, self.by_contest[index])) == opened
            require(right, f"{place}: {number} is not the sum")


def _sum_point(value: Json) -> bytes:
    return read_point(value, identity=True)
