from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.voting.crypto.elections import contest, english, make_manifest
from voting.crypto import canonical, group
from voting.crypto.contests import Choice, Contest, ManifestInvalid, ManifestInvalidCode
from voting.crypto.manifest import Manifest
from voting.crypto.policies import FacePolicy, Movements, Purpose, Witness, Witnesses
from voting.crypto.text import TextInvalid
from voting.crypto.trustees.key import KeySetupMode
from voting.crypto.trustees.terms import TrusteeRefused
from voting.trials.simulation import Shape, simulate

WITNESS = Witness("Witness", group.base(5))


@pytest.mark.parametrize(
    "shape",
    [
        Shape(voters=1),
        Shape(voters=2, server=True, hidden=True),
        Shape(voters=2, registrars=2, witnesses=2, quorum=1, groups=True, least=3, rehearsal=True),
        Shape(voters=1, languages=("de", "pt-br"), extensions=1),
    ],
)
def test_a_manifest_is_read_back(shape: Shape) -> None:
    manifest = simulate(shape).manifest

    again = Manifest.from_json(manifest.to_json())

    assert again == manifest
    assert again.fingerprint == manifest.fingerprint


@pytest.mark.parametrize(
    "change",
    [
        {"title": english("Another title")},
        {"description": english("Words")},
        {"revote": False},
        {"roll": "0" * 64},
        {"board_key": group.GENERATOR},
        {"contests": (contest(3, 1, 1, blank=True),)},
        {"contests": (contest(3, 1, 2, blank=True, groups=("North",)),)},
        {"opens": "2026-01-01T08:00Z"},
        {"closes": "2026-01-01T08:00Z"},
        {"face": FacePolicy(each_ballot=False, movements=Movements.NEVER)},
        {"least": 5},
        {"purpose": Purpose.REHEARSAL},
        {"witnesses": Witnesses((WITNESS,), 1)},
    ],
)
def test_the_fingerprint_covers_every_part(manifest: Manifest, change: dict[str, Any]) -> None:
    assert replace(manifest, **change).fingerprint != manifest.fingerprint


@pytest.mark.parametrize(
    ("size", "low", "high"), [(0, 0, 0), (2, 0, 0), (2, 2, 1), (2, 0, 3), (2, -1, 1)]
)
def test_impossible_limits_are_refused(size: int, low: int, high: int) -> None:
    with pytest.raises(ManifestInvalid):
        contest(size, low, high, blank=False)


@pytest.mark.parametrize("title", ["", "x" * 501, "two\nlines", "e\u0301", "nul\0", "a\u200bb"])
def test_a_title_that_could_mislead_is_refused(title: str) -> None:
    with pytest.raises(ManifestInvalid):
        Choice("a", english(title))


def test_ids_are_plain_and_unique(manifest: Manifest) -> None:
    twice = (Choice("a", english("A")), Choice("a", english("B")))

    for make in (
        lambda: Contest("c", english("C"), twice, 1, 1, blank=False),
        lambda: Choice("Ä", english("A")),
        lambda: replace(manifest, contests=manifest.contests * 2),
        lambda: replace(manifest, contests=()),
        lambda: replace(manifest, id="a b"),
    ):
        with pytest.raises(ManifestInvalid):
            make()


def test_choices_of_one_name_need_different_parties() -> None:
    def two(first: str, second: str) -> tuple[Choice, ...]:
        return (
            Choice("a", english("Jo Smith"), party=english(first)),
            Choice("b", english("Jo Smith"), party=english(second)),
        )

    assert Contest("c", english("C"), two("Green", "Blue"), 1, 1, blank=False)
    with pytest.raises(ManifestInvalid) as refused:
        Contest("c", english("C"), two("Green", "Green"), 1, 1, blank=False)
    assert refused.value.code is ManifestInvalidCode.ALIKE


@pytest.mark.parametrize("groups", [("B", "A"), ("A", "A"), ("",), (" A",), ("x" * 101,)])
def test_groups_are_plain_sorted_and_different(groups: tuple[str, ...]) -> None:
    with pytest.raises(ManifestInvalid):
        contest(2, 1, 1, blank=False, groups=groups)


def test_every_text_is_in_every_language(manifest: Manifest) -> None:
    for change in (
        {"languages": ("de", "en")},
        {"languages": ()},
        {"languages": ("en", "en")},
        {"languages": ("EN",), "title": {"EN": "A"}},
        {"contests": (replace(manifest.contests[0], description={"de": "Wort"}),)},
        {"description": {"de": "Wort"}},
    ):
        with pytest.raises(ManifestInvalid):
            replace(manifest, **change)
    with pytest.raises(ManifestInvalid):
        replace(manifest.contests[0], title={"de": "A", "en": "A"})


@pytest.mark.parametrize(
    "change",
    [
        {"opens": "2026-01-02T08:00Z", "closes": "2026-01-02T08:00Z"},
        {"opens": "2026-01-02"},
        {"closes": "2026-02-30T08:00Z"},
        {"least": 0},
        {"least": 1_000_001},
        {"least": True},
        {"board_key": group.IDENTITY},
    ],
)
def test_times_and_numbers_that_no_election_has_are_refused(
    manifest: Manifest, change: dict[str, Any]
) -> None:
    with pytest.raises(ManifestInvalid):
        replace(manifest, **change)


@pytest.mark.parametrize("taken", ["board_key", "public_key", "registrar"])
def test_nobody_has_two_roles_under_one_key(taken: str) -> None:
    manifest = simulate(Shape(voters=1, registrars=1, witnesses=1)).manifest
    [registrar] = manifest.registrars
    key = registrar.key if taken == "registrar" else getattr(manifest, taken)

    with pytest.raises(ManifestInvalid) as refused:
        replace(manifest, witnesses=Witnesses((Witness("The server", key),), 0))

    assert refused.value.code is ManifestInvalidCode.KEY


def test_witnesses_are_different_and_enough_for_the_quorum() -> None:
    other = Witness("Other", group.base(6))

    for many, quorum in (
        ((WITNESS,), 2),
        ((WITNESS,), -1),
        ((WITNESS, WITNESS), 1),
        ((WITNESS, replace(other, name="Witness")), 1),
        ((WITNESS, replace(other, key=WITNESS.key)), 1),
        (tuple(Witness(f"W{n}", group.base(n + 1)) for n in range(21)), 1),
    ):
        with pytest.raises(ManifestInvalid):
            Witnesses(many, quorum)
    assert Witnesses((WITNESS, other), 2)


def test_a_key_that_is_not_the_trustees_is_refused(manifest: Manifest) -> None:
    for change in (
        {"public_key": group.GENERATOR},
        {"threshold": 2},
        {"threshold": True},
        {"trustees": ()},
    ):
        with pytest.raises(TrusteeRefused):
            replace(manifest.key, **change)


@pytest.mark.parametrize("name", ["", "Jose\u0301", "x" * 201, "a\nb"])
def test_a_trustee_has_a_plain_name(manifest: Manifest, name: str) -> None:
    with pytest.raises(TextInvalid):
        replace(manifest.key.trustees[0], name=name)


def test_the_server_mode_has_one_key() -> None:
    key = make_manifest().key

    with pytest.raises(TrusteeRefused):
        replace(
            key,
            mode=KeySetupMode.SERVER,
            trustees=(key.trustees[0], replace(key.trustees[0], name="Other")),
            public_key=group.add(key.public_key, key.public_key),
        )


def test_two_trustees_have_two_names() -> None:
    key = simulate(Shape(voters=1)).manifest.key

    with pytest.raises(TrusteeRefused):
        replace(key, trustees=tuple(replace(item, name="Same") for item in key.trustees))


@pytest.mark.parametrize(
    "change",
    [
        {"format": "facevote-election-1"},
        {"extra": 1},
        {"revote": 1},
        {"contests": None},
        {"contests": [{}]},
        {"voters": "names"},
        {"roll": "x"},
        {"board_key": "0" * 64},
        {"key": {}},
        {"title": 7},
        {"title": {}},
        {"languages": "en"},
        {"languages": None},
        {"opens": ""},
        {"closes": 7},
        {"face": {}},
        {"face": {"each_ballot": 1, "movements": "always"}},
        {"least": "1"},
        {"purpose": "test"},
        {"registrars": [{}]},
        {"registrars": None},
        {"witnesses": []},
        {"witnesses": {"list": [], "quorum": False}},
    ],
)
def test_a_manifest_that_is_not_in_its_form_is_refused(
    manifest: Manifest, change: dict[str, Any]
) -> None:
    with pytest.raises(ManifestInvalid):
        Manifest.from_json(canonical.encode(manifest.to_dict() | change))


def test_no_value_of_a_manifest_may_be_missing_or_of_another_kind() -> None:
    """Each place in turn, so that no reader takes what the document does not have."""
    manifest = simulate(Shape(voters=1, registrars=1, witnesses=1, quorum=1, groups=True)).manifest
    places = list(_places(manifest.to_dict(), []))

    wrongs: tuple[Any, ...] = ("\u200b", -1, True, [], {}, {"x": 1}, None)
    for place in places:
        for wrong in wrongs:
            value = manifest.to_dict()
            holder: Any = value
            for key in place[:-1]:
                holder = holder[key]
            if holder[place[-1]] == wrong and type(holder[place[-1]]) is type(wrong):
                continue
            holder[place[-1]] = wrong
            if _is_allowed(place, wrong):
                continue
            with pytest.raises(ManifestInvalid):
                Manifest.from_dict(value)


def _is_allowed(place: list[Any], wrong: Any) -> bool:
    """Whether the document lets this very value stand at this place."""
    optional = {"opens", "closes", "description", "party", "statement"}
    flags = {"blank", "revote", "each_ballot"}
    lists = {"groups", "pictures", "registrars"}
    return (
        (wrong is None and place[-1] in optional)
        or (wrong is True and place[-1] in flags)
        or (wrong == [] and place[-1] in lists)
    )


def _places(value: Any, path: list[Any]) -> Any:
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    for key in keys:
        yield [*path, key]
        yield from _places(value[key], [*path, key])
