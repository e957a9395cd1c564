"""verifier/trustee_decrypt.py: what a trustee's program checks before it signs or decrypts."""

from __future__ import annotations

import json
import stat

import pytest

from tests.verifier.maker import Maker
from tests.verifier.programs import run
from tests.verifier.shapes import Shape
from verifier import trustee_decrypt
from verifier.rules.manifest import read_manifest
from verifier.rules.strict import Problem, dump
from verifier.secret.trustee_key import read_key_file
from verifier.verify_election import verify


class Trustee:
    """Trustee 1 with the program, its key file and the board as the server shows it."""

    def __init__(self, alone, made):
        self.program = alone / "trustee_decrypt.py"
        self.folder = alone.parent
        self.key, self.board = self.folder / "key.json", self.folder / "board.jsonl"
        self.shares, self.out = self.folder / "shares.json", self.folder / "message.json"
        self.made = made
        self.save(made.key.key_file(1))
        self.shares.write_bytes(dump(made.key.sealed_shares(1)) + b"\n")

    def save(self, value):
        self.key.write_bytes(dump(value) + b"\n")

    def saved(self):
        return json.loads(self.key.read_bytes())

    def run(self, *arguments, answer="yes\n"):
        endorses = "--endorse" in arguments
        manifest = dump(self.made.manifest) + b"\n"
        self.board.write_bytes(manifest if endorses else self.made.file)
        self.out.unlink(missing_ok=True)
        done = run(self.program, self.key, self.board, *arguments, "--out", self.out, answer=answer)
        assert "Traceback" not in done.stderr
        assert self.out.exists() == (done.returncode == 0)
        return done

    def endorse(self, **options):
        return self.run("--endorse", "--shares", self.shares, **options)

    def endorsed(self):
        """The key file after the key check."""
        shares = json.loads(self.shares.read_bytes())
        self.save(self.saved() | {"fingerprint": self.made.fingerprint, "shares": shares})
        return self


def refused(done, words):
    assert done.returncode == 1, done.stdout
    assert words in done.stderr


def test_a_trustee_endorses_and_decrypts(alone):
    made = Maker(Shape()).open()
    trustee = Trustee(alone, made)

    done = trustee.endorse()

    assert done.returncode == 0, done.stderr
    made.add("endorse", json.loads(trustee.out.read_bytes()))
    assert trustee.saved()["fingerprint"] == made.fingerprint
    assert len(trustee.saved()["shares"]) == 3
    for index in (2, 3):
        made.endorse(index)
    for number, voter in enumerate(made.voters):
        made.cast(voter, made.choice(voter, number))
    made.close()
    made.witness(1)
    made.tally()

    done = trustee.run()

    assert done.returncode == 0, done.stderr
    assert f"close event: {made.close_hash}" in done.stdout
    assert "counted: 3 ballots" in done.stdout
    made.add("decryption", json.loads(trustee.out.read_bytes()))
    made.decrypt(2)
    made.result([1, 2])
    made.head()
    trustee.board.write_bytes(made.file)
    checked = run(alone / "verify_election.py", trustee.board)
    assert checked.returncode == 0, checked.stdout


def test_the_key_file_stays_the_owners_alone(alone):
    trustee = Trustee(alone, Maker().open())
    trustee.endorse()

    assert stat.S_IMODE(trustee.key.stat().st_mode) == 0o600


def test_nothing_is_done_unless_the_trustee_says_yes(alone):
    trustee = Trustee(alone, Maker().tallied()).endorsed()
    before = trustee.saved()

    refused(trustee.run(answer="no\n"), "not confirmed")
    refused(trustee.run(answer=""), "not confirmed")

    assert trustee.saved() == before


def test_the_same_tally_can_be_decrypted_again_and_no_other(alone):
    """Two boards of one election, both signed: the trustee decrypts the first alone."""
    made = Maker().closed()
    common = list(made.lines)
    made.tally()
    trustee = Trustee(alone, made).endorsed()
    assert trustee.run().returncode == 0
    assert trustee.run().returncode == 0

    made.lines = common[:-4]  # without the last ballot, the close, its head and its witness
    made.cast_count = 2
    made.last = dict(list(made.last.items())[:2])
    made.close()
    made.witness(1)
    made.tally()

    refused(trustee.run(), "has decrypted another tally")


def test_two_programs_with_one_key_file_do_not_decrypt_two_boards(alone, monkeypatch):
    made = Maker(Shape()).tallied()
    trustee = Trustee(alone, made).endorsed()
    key = read_key_file(trustee.key)
    election = verify(made.file, in_progress=True, processes=1)

    def decrypts_another_board_meanwhile(_question):
        trustee.save(trustee.saved() | {"decrypted": {"close": "ab" * 32, "tally": "cd" * 32}})

    monkeypatch.setattr(trustee_decrypt, "confirm", decrypts_another_board_meanwhile)
    with pytest.raises(Problem, match="changed meanwhile"):
        trustee_decrypt.decrypt(trustee.key, key, election, trustee.out)

    assert not trustee.out.exists()
    assert trustee.saved()["decrypted"]["close"] == "ab" * 32


def test_two_programs_with_one_key_file_do_not_endorse_two_manifests(alone, monkeypatch):
    made = Maker(Shape()).open()
    trustee = Trustee(alone, made)
    key, shares = read_key_file(trustee.key), made.key.sealed_shares(1)
    manifest = read_manifest(made.manifest)

    def endorses_another_meanwhile(_question):
        trustee.save(trustee.saved() | {"fingerprint": "ab" * 32})

    monkeypatch.setattr(trustee_decrypt, "confirm", endorses_another_meanwhile)
    with pytest.raises(Problem, match="changed meanwhile"):
        trustee_decrypt.endorse(trustee.key, key, manifest, shares, trustee.out)

    assert not trustee.out.exists()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda made, key: key | {"fingerprint": None}, "endorsed for another fingerprint"),
        (lambda made, key: key | {"fingerprint": "ab" * 32}, "endorsed for another fingerprint"),
        (lambda made, key: key | {"election": "other"}, "belongs to another election"),
        (lambda made, key: key | {"threshold": 3}, "belongs to another election"),
        (lambda made, key: key | {"index": 2}, "does not make its entry"),
        (lambda made, key: key | {"seed": "ab" * 32}, "does not make its entry"),
        (lambda made, key: key | {"round": "ab" * 16}, "does not make its entry"),
        (lambda made, key: key | {"transcript": None}, "has no transcript"),
        (lambda made, key: key | {"transcript": "ab" * 32}, "under another transcript"),
        (lambda made, key: key | {"shares": made.key.sealed_shares(2)}, "for another place"),
        (
            lambda made, key: key | {"decrypted": {"close": "ab" * 32, "tally": "ab" * 32}},
            "has decrypted another tally",
        ),
    ],
)
def test_another_key_file_is_refused(alone, spoil, words):
    made = Maker().tallied()
    trustee = Trustee(alone, made).endorsed()
    trustee.save(spoil(made, trustee.saved()))

    refused(trustee.run(), words)


def sums_of_one_ballot(made):
    """The server asks for the decryption of a single ballot."""
    made.closed()
    made.last = dict(list(made.last.items())[:1])
    made.tally(lambda body: body.update(counted=3))


def exchanged_positions(made):
    made.closed()

    def swap(body):
        row = body["contests"][0]["sums"]
        row[0], row[1] = row[1], row[0]

    made.tally(swap)


def one_position_more(made):
    made.closed()
    made.tally(lambda body: body["contests"][0]["sums"].append(body["contests"][0]["sums"][0]))


def no_quorum(made):
    made.voted().close()
    made.tally()


def a_ballot_without_proof(made):
    made.opened()
    voter = made.voters[0]
    ballot = made.ballot(voter, made.choice(voter, 0))
    ballot["contests"][0]["sum"][0] = "00" * 32
    made.put(voter, ballot)
    made.close()
    made.witness(1)
    made.tally()


def not_closed(made):
    made.voted()


def decrypted_before(made):
    made.tallied()
    made.decrypt(1)


def with_a_result(made):
    made.finished()


@pytest.mark.parametrize(
    ("lie", "words"),
    [
        (sums_of_one_ballot, "the board does not hold"),
        (exchanged_positions, "the board does not hold"),
        (one_position_more, "the board does not hold"),
        (a_ballot_without_proof, "the board does not hold"),
        (no_quorum, "too few witnesses have signed the close"),
        (not_closed, "does not wait for decryptions"),
        (decrypted_before, "has decrypted already"),
        (with_a_result, "does not wait for decryptions"),
    ],
)
def test_a_board_that_lies_is_not_decrypted(alone, lie, words):
    made = Maker()
    lie(made)
    trustee = Trustee(alone, made).endorsed()
    before = trustee.saved()

    refused(trustee.run(), words)

    assert trustee.saved() == before


def test_a_contest_with_too_few_ballots_is_not_decrypted(alone):
    made = Maker(Shape(groups=(("a",), ()), voters=("a", "", "b"), least=2)).tallied()
    trustee = Trustee(alone, made).endorsed()

    assert trustee.run().returncode == 0

    first, second = json.loads(trustee.out.read_bytes())["contests"]
    assert first["shares"] == []
    assert len(second["shares"]) == 2


def test_a_published_head_of_another_board_stops_the_trustee(alone):
    made = Maker().tallied()
    trustee = Trustee(alone, made).endorsed()
    head = alone.parent / "head.json"
    head.write_bytes(dump(made.published_head(9, "ab" * 32)) + b"\n")

    done = trustee.run("--head", head)

    refused(done, "the board does not hold")
    assert "PROOF OF A FORK" in done.stdout


def altered(name, value):
    def edit(shares):
        shares[1][name] = value

    return edit


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (altered("transcript", "ab" * 32), "trustee 2 is for another place"),
        (altered("to", 2), "trustee 2 is for another place"),
        (altered("from", 1), "trustee 2 is for another place"),
        (altered("sealed", "00" * 32), "share-signature does not hold"),
        (lambda shares: shares.pop(), "not 3 to 3 items"),
        (lambda shares: shares.reverse(), "trustee 1 is for another place"),
    ],
)
def test_shares_that_the_server_has_altered_are_refused(alone, edit, words):
    trustee = Trustee(alone, Maker().open())
    shares = json.loads(trustee.shares.read_bytes())
    edit(shares)
    trustee.shares.write_bytes(dump(shares) + b"\n")

    refused(trustee.endorse(), words)


def test_a_wrong_share_that_its_sender_has_signed_names_the_sender(alone, monkeypatch):
    made = Maker().open()
    monkeypatch.setattr(made.key.trustees[1], "share_for", lambda _other: 5)
    trustee = Trustee(alone, made)

    refused(trustee.endorse(), "the share that trustee 2 has signed is wrong")


def test_no_key_file_endorses_a_key_of_the_server(alone):
    """The server gives its own key out as that of the trustees' election."""
    made = Maker().open()
    own = Trustee(alone, Maker(Shape(mode="server", trustees=1, threshold=1)).open())
    own.save(made.key.key_file(1))

    refused(own.endorse(), "an election without trustees")


def test_a_key_file_endorses_one_manifest_alone(alone):
    trustee = Trustee(alone, Maker().open())
    trustee.save(trustee.saved() | {"fingerprint": "ab" * 32})

    refused(trustee.endorse(), "has endorsed another manifest")


def test_without_the_shares_nothing_is_endorsed(alone):
    refused(Trustee(alone, Maker().open()).run("--endorse"), "the shares are needed")


def test_a_message_is_never_written_over(alone):
    trustee = Trustee(alone, Maker().tallied()).endorsed()
    trustee.board.write_bytes(trustee.made.file)
    trustee.out.write_text("mine")

    arguments = (trustee.key, trustee.board, "--out", trustee.out)
    done = run(trustee.program, *arguments, answer="yes\n")

    assert done.returncode == 2
    assert trustee.out.read_text() == "mine"
