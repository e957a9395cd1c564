"""Each rule of section 3: a manifest that breaks it is named."""

from __future__ import annotations

import pytest

from tests.verifier.found import named, problems
from tests.verifier.keys import hold_ceremony
from tests.verifier.maker import Maker
from tests.verifier.shapes import Shape
from verifier.rules.group import ORDER, base, total

ZERO = "0" * 64


def put(*path):
    """An edit that puts the last of `path` at the place that the others name."""
    *way, last, value = path

    def edit(manifest):
        holder = manifest
        for key in way:
            holder = holder[key]
        holder[last] = value

    return edit


def drop(*path):
    *way, last = path

    def edit(manifest):
        holder = manifest
        for key in way:
            holder = holder[key]
        del holder[last]

    return edit


TWO = ("contests", 0, "choices", 1)
RULES = {
    "a missing key": (drop("face"), "needs the keys"),
    "one key more": (put("extra", 1), "needs the keys"),
    "the format": (put("format", "facevote-election-3"), "unknown format"),
    "the id": (put("id", "A"), "not of the form"),
    "the mode": (put("key", "mode", "both"), "unknown key mode"),
    "a threshold above n": (put("key", "threshold", 4), "out of its range"),
    "a threshold of 0": (put("key", "threshold", 0), "out of its range"),
    "no trustees": (put("key", "trustees", []), "not 1 to 50 items"),
    "a trustee's name": (put("key", "trustees", 0, "name", ""), "1 to 200 characters"),
    "a trustee's long name": (put("key", "trustees", 0, "name", "x" * 201), "1 to 200 characters"),
    "two trustees of one name": (put("key", "trustees", 0, "name", "Trustee 2"), "share a name"),
    "too few commitments": (drop("key", "trustees", 0, "commitments", 1), "not 2 to 2 items"),
    "a commitment that is the identity": (
        put("key", "trustees", 0, "commitments", 1, ZERO),
        "the identity",
    ),
    "a transport key that is the identity": (
        put("key", "trustees", 0, "transport_key", ZERO),
        "the identity",
    ),
    "a round": (put("key", "trustees", 0, "round", "ab"), "not of the form"),
    "another public key": (put("key", "public_key", base(5).hex()), "not the trustees' key"),
    "a replaced transport key": (
        put("key", "trustees", 0, "transport_key", base(5).hex()),
        "facevote-2/possession does not hold",
    ),
    "another round": (
        put("key", "trustees", 0, "round", "ab" * 16),
        "facevote-2/possession does not hold",
    ),
    "no languages": (put("languages", []), "not 1 to 20 items"),
    "languages not sorted": (put("languages", ["en", "de"]), "languages are not sorted"),
    "a language": (put("languages", ["EN"]), "not of the form"),
    "a title in fewer languages": (drop("title", "de"), "needs the keys de en"),
    "a title in more languages": (put("title", "fr", "x"), "needs the keys de en"),
    "a description": (put("description", "en", "x\n"), "empty line"),
    "a description that is too long": (put("description", "en", "x" * 5001), "too long"),
    "an invisible character in a description": (
        put("description", "en", "a\nb\u200bc"),
        "shows nothing",
    ),
    "no contests": (put("contests", []), "not 1 to 100 items"),
    "contest ids": (put("contests", 1, "id", "c1"), "contest ids repeat"),
    "a contest's id": (put("contests", 1, "id", "-c"), "not of the form"),
    "a contest's title": (put("contests", 0, "title", None), "needs the keys"),
    "choice ids": (put(*TWO, "id", "x0"), "two choices have one id"),
    "a choice's title": (put(*TWO, "title", "en", " x"), "white space"),
    "a party": (put(*TWO, "party", "en", ""), "1 to 500 characters"),
    "a statement": (put(*TWO, "statement", "en", ""), "too long or empty"),
    "a picture": (put(*TWO, "pictures", ["x"]), "not of the form"),
    "eleven pictures": (put(*TWO, "pictures", ["ab" * 32] * 11), "not 0 to 10 items"),
    "min above max": (put("contests", 0, "min", 2), "out of its range"),
    "max of 0": (put("contests", 1, "max", 0), "out of its range"),
    "max above the choices": (put("contests", 0, "max", 3), "out of its range"),
    "max that is true": (put("contests", 0, "max", True), "out of its range"),
    "blank that is 1": (put("contests", 0, "blank", 1), "neither true nor false"),
    "no choices": (put("contests", 0, "choices", []), "not 1 to 1000 items"),
    "groups not sorted": (put("contests", 0, "groups", ["b", "a"]), "groups of a contest"),
    "groups that repeat": (put("contests", 0, "groups", ["a", "a"]), "groups of a contest"),
    "an empty group": (put("contests", 0, "groups", [""]), "1 to 100 characters"),
    "a long group": (put("contests", 0, "groups", ["x" * 101]), "1 to 100 characters"),
    "opens after closes": (put("opens", "2026-12-01T18:00Z"), "closes before it opens"),
    "a day that is not": (put("closes", "2026-02-29T18:00Z"), "does not exist"),
    "a year before 2000": (put("closes", "1999-12-31T18:00Z"), "does not exist"),
    "an hour that is not": (put("closes", "2026-12-01T24:00Z"), "does not exist"),
    "an empty closing time": (put("closes", ""), "not of the form"),
    "a closing time of 0": (put("closes", 0), "not of the form"),
    "face": (put("face", "each_ballot", 1), "neither true nor false"),
    "movements": (put("face", "movements", "often"), "unknown movements"),
    "purpose": (put("purpose", "test"), "unknown purpose"),
    "voters": (put("voters", "names"), "unknown display"),
    "least of 0": (put("least", 0), "out of its range"),
    "least that is too large": (put("least", 1_000_001), "out of its range"),
    "revote": (put("revote", 0), "neither true nor false"),
    "quorum": (put("witnesses", "quorum", 3), "out of its range"),
    "a witness's key": (put("witnesses", "list", 0, "key", ZERO), "the identity"),
    "two witnesses of one name": (put("witnesses", "list", 0, "name", "W1"), "have one name"),
    "a board key that is the identity": (put("board_key", ZERO), "the identity"),
    "a point with its highest bit": (put("board_key", "00" * 31 + "80"), "not of the form"),
    "a point in capitals": (put("board_key", base(5).hex().upper()), "not of the form"),
    "a point that is none": (put("board_key", "01" + "00" * 31), "not a canonical point"),
    "three registrars": (put("registrars", [{}, {}, {}]), "not 0 to 2 items"),
    "the roll's hash": (put("roll", "ab" * 32), "the roll has another hash"),
}


@pytest.mark.parametrize(("edit", "words"), RULES.values(), ids=RULES)
def test_a_manifest_that_breaks_a_rule_is_named(edit, words):
    made = Maker(Shape(edit_manifest=edit)).open()

    found = named(made, words)

    assert found[0].startswith("1 open: ")


def test_two_choices_that_look_alike_are_named_and_two_parties_make_the_difference():
    def same(manifest):
        first, second = manifest["contests"][0]["choices"]
        second["title"] = dict(first["title"])

    def same_in_one_language(manifest):
        same(manifest)
        second = manifest["contests"][0]["choices"][1]
        second["party"] = None
        second["title"]["de"] = "another"

    assert problems(Maker(Shape(edit_manifest=same)).open().file) == []
    named(Maker(Shape(edit_manifest=same_in_one_language)).open(), "two choices look alike")


def test_one_key_for_two_witnesses_or_registrars_is_named():
    def witnesses(manifest):
        listed = manifest["witnesses"]["list"]
        listed[1]["key"] = listed[0]["key"]

    def registrars(manifest):
        manifest["registrars"][1]["key"] = manifest["registrars"][0]["key"]

    named(Maker(Shape(edit_manifest=witnesses)).open(), "one key stands twice")
    named(Maker(Shape(registrars=2, edit_manifest=registrars)).open(), "one key stands twice")


@pytest.mark.parametrize("owner", ["board_key", "public_key", "registrar"])
@pytest.mark.parametrize("role", ["registrars", "witnesses"])
def test_nobody_has_two_roles_under_one_key(owner, role):
    """The server's board key in the place of a registrar, for example."""

    def edit(manifest):
        if owner == "public_key":
            key = manifest["key"]["public_key"]
        else:
            key = manifest["registrars"][0]["key"] if owner == "registrar" else manifest[owner]
        row = manifest["witnesses"]["list"] if role == "witnesses" else manifest["registrars"]
        row[1]["key"] = key

    named(Maker(Shape(registrars=2, edit_manifest=edit)).open(), "one key stands twice")


def test_a_registrar_that_has_not_signed_this_roll_is_named():
    def edit(manifest):
        manifest["registrars"][1]["signature"] = manifest["registrars"][0]["signature"]

    words = "facevote-2/registrar-roll does not hold"
    named(Maker(Shape(registrars=2, edit_manifest=edit)).open(), words)


def test_the_servers_key_is_one_key():
    edit = put("key", "mode", "server")

    named(Maker(Shape(edit_manifest=edit)).open(), "more than one key")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("proof", "facevote-2/possession does not hold"),
        ("transport_proof", "facevote-2/transport-possession does not hold"),
        ("confirmation", "facevote-2/confirmation does not hold"),
    ],
)
def test_each_proof_of_a_trustee_is_checked(name, words):
    """Another trustee's proof stands in its place."""

    def edit(manifest):
        first, second = manifest["key"]["trustees"][:2]
        first[name] = second[name]

    named(Maker(Shape(edit_manifest=edit)).open(), words)


def test_a_trustee_of_another_ceremony_is_named():
    """All proofs of possession hold, and no confirmation is of this transcript."""
    other = hold_ceremony(2, 3)

    def edit(manifest):
        key = manifest["key"]
        key["trustees"][2] = other.value["trustees"][2]
        points = [bytes.fromhex(one["commitments"][0]) for one in key["trustees"]]
        key["public_key"] = total(points).hex()

    words = "facevote-2/confirmation does not hold"
    named(Maker(Shape(edit_manifest=edit)).open(), words)


def test_two_trustees_with_one_polynomial_are_named():
    def edit(manifest):
        first, second = manifest["key"]["trustees"][:2]
        second["commitments"] = first["commitments"]
        points = [bytes.fromhex(one["commitments"][0]) for one in manifest["key"]["trustees"]]
        manifest["key"]["public_key"] = total(points).hex()

    named(Maker(Shape(edit_manifest=edit)).open(), "two trustees share a name, key or round")


@pytest.mark.parametrize("name", ["transport_key", "round"])
def test_two_trustees_with_one_transport_key_or_round_are_named(name):
    def edit(manifest):
        first, second = manifest["key"]["trustees"][:2]
        second[name] = first[name]

    named(Maker(Shape(edit_manifest=edit)).open(), "two trustees share a name, key or round")


def test_a_scalar_that_is_not_reduced_is_named():
    def edit(manifest):
        proof = manifest["key"]["trustees"][0]["proof"]
        number = int.from_bytes(bytes.fromhex(proof[1]), "little") + ORDER
        proof[1] = number.to_bytes(32, "little").hex()

    named(Maker(Shape(edit_manifest=edit)).open(), "not a canonical scalar")
