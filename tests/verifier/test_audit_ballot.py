"""verifier/audit_ballot.py: an opened ballot, checked on another device."""

from __future__ import annotations

import json
import secrets

import pytest

from tests.verifier.found import BOARDS
from tests.verifier.made_ballots import encrypt, tracker_of
from tests.verifier.maker import Maker
from tests.verifier.programs import run
from tests.verifier.shapes import Shape
from verifier.audit_ballot import audit
from verifier.rules.group import challenge
from verifier.rules.manifest import short
from verifier.rules.strict import FAULTS, dump


def audit_file(made, selections):
    """An audit file of format 2, as the voter's page writes it."""
    seed, credential = secrets.token_bytes(32), made.voters[0].credential
    contests = []
    for contest, digits in selections:
        row = []
        for position, digit in enumerate(digits):
            common = (seed, made.finger, credential, contest, position)
            randomness = challenge("facevote-2/randomness", *common)
            alpha, beta = encrypt(int(digit), randomness, made.public)
            row.append([alpha.hex(), beta.hex()])
        contests.append({"id": contest, "ciphertexts": row})
    ballot = {"contests": contests, "credential": credential, "election": made.fingerprint}
    opening = {
        "credential": credential,
        "election": made.fingerprint,
        "format": "facevote-opening-2",
        "seed": seed.hex(),
        "selections": [list(pair) for pair in selections],
        "tracker": tracker_of(ballot),
    }
    return {"format": "facevote-audit-2", "manifest": made.manifest, "opening": opening}


def shown(alone, value):
    file = alone.parent / "audit.json"
    file.write_bytes(dump(value) + b"\n")
    return run(alone / "audit_ballot.py", file)


def old():
    return json.loads((BOARDS / "format-1-audit.json").read_bytes())


def test_an_opened_ballot_is_shown_by_ids_and_titles_with_the_short_tracker(alone):
    value = audit_file(Maker(), [("c1", "010"), ("c2", "00")])

    done = shown(alone, value)

    assert done.returncode == 0, done.stderr
    assert short(value["opening"]["tracker"]) in done.stdout
    assert "contest c1 “Contest 1 (de)” / “Contest 1”" in done.stdout
    assert "selects x1 “Choice 1 (de)” / “Choice 1”, party “Party (de)” / “Party”" in done.stdout
    assert "selects nothing" in done.stdout


def test_a_blank_ballot_is_called_blank(alone):
    done = shown(alone, audit_file(Maker(), [("c1", "001"), ("c2", "01")]))

    assert "    is blank" in done.stdout


def test_a_ballot_of_a_group_has_only_its_contests():
    made = Maker(Shape(groups=(("a",), ()), voters=("b",)))

    answer = audit(audit_file(made, [("c2", "01")]))

    assert [contest["id"] for contest in answer["contests"]] == ["c2"]


def spoiled(*path):
    *way, last, value = path

    def edit(whole):
        holder = whole
        for key in way:
            holder = holder[key]
        holder[last] = value

    return edit


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (spoiled("opening", "selections", 0, 1, "100"), "has another tracker"),
        (spoiled("opening", "seed", "ab" * 32), "has another tracker"),
        (spoiled("opening", "credential", "someone"), "has another tracker"),
        (spoiled("opening", "tracker", "ab" * 32), "has another tracker"),
        (spoiled("opening", "election", "ab" * 32), "made for another election"),
        (spoiled("opening", "selections", 0, 0, "c9"), "does not have"),
        (spoiled("opening", "selections", 0, 1, "01"), "not of the form"),
        (spoiled("opening", "selections", 0, 1, "012"), "not of the form"),
        (spoiled("format", "facevote-audit-3"), "an unknown format"),
        (spoiled("format", "facevote-audit-1"), "has another format"),
        (spoiled("opening", "format", "facevote-opening-1"), "an unknown format"),
        (spoiled("opening", "extra", 1), "needs the keys"),
        (spoiled("extra", 1), "needs the keys"),
        (lambda whole: whole["opening"]["selections"].reverse(), "manifest's order"),
        (lambda whole: whole["opening"]["selections"].clear(), "not 1 to 2 items"),
    ],
)
def test_an_opening_that_is_not_right_is_refused(edit, words):
    value = audit_file(Maker(), [("c1", "010"), ("c2", "00")])
    edit(value)

    with pytest.raises(FAULTS, match=words):
        audit(value)


@pytest.mark.parametrize("digits", ["110", "000", "011"])
def test_an_answer_that_is_not_allowed_is_refused(digits):
    with pytest.raises(FAULTS, match="not an allowed answer"):
        audit(audit_file(Maker(), [("c1", digits), ("c2", "01")]))


def test_an_opening_of_format_1_is_checked(alone):
    done = shown(alone, old())

    assert done.returncode == 0, done.stderr
    assert "“Ann”" in done.stdout
    assert "is blank" in done.stdout


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (spoiled("opening", "contests", 0, "selections", [0, 1, 1]), "does not open"),
        (spoiled("opening", "contests", 0, "id", "other"), "opening is of another contest"),
        (spoiled("opening", "contests", 0, "selections", 0, True), "out of its range"),
        (spoiled("opening", "tracker", "ab" * 32), "tracker is not the ballot's"),
        (spoiled("opening", "format", "facevote-opening-2"), "an unknown format"),
        (spoiled("opening", "extra", 1), "needs the keys"),
        (spoiled("opening", "contests", 0, "extra", 1), "needs the keys"),
        (spoiled("extra", 1), "needs the keys"),
        (spoiled("ballot", "election", "ab" * 32), "made for another election"),
    ],
)
def test_an_opening_of_format_1_that_is_not_right_is_refused(edit, words):
    value = old()
    edit(value)

    with pytest.raises(FAULTS, match=words):
        audit(value)


def test_choices_of_one_title_are_told_apart_by_their_ids(alone):
    def same(manifest):
        first, second = manifest["contests"][0]["choices"]
        second["title"] = first["title"]
        manifest["contests"][1]["title"] = manifest["contests"][0]["title"]

    made = Maker(Shape(edit_manifest=same))

    done = shown(alone, audit_file(made, [("c1", "010"), ("c2", "10")]))

    assert "selects x1 “Choice 0 (de)”" in done.stdout
    assert "contest c1 “Contest 1 (de)”" in done.stdout
    assert "contest c2 “Contest 1 (de)”" in done.stdout


@pytest.mark.parametrize(
    ("data", "code"), [(b"", 2), (b"\x1f\x8b00", 2), (b"[" * 9**6, 1), (b"{}", 1)]
)
def test_a_file_that_holds_no_audit_is_refused_without_a_traceback(alone, data, code):
    file = alone.parent / "audit.json"
    file.write_bytes(data)

    done = run(alone / "audit_ballot.py", file)

    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
