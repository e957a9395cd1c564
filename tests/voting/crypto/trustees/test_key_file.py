from __future__ import annotations

from dataclasses import replace

import pytest

from tests.voting.crypto.trustees.three_trustees import (
    CEREMONY,
    LATER,
    LATER_SECRETS,
    SECRETS,
    TRANSCRIPT,
    received,
)
from voting.crypto import canonical
from voting.crypto.trustees.key_file import Decrypted, KeyFile
from voting.crypto.trustees.registration import Transcript
from voting.crypto.trustees.secret import new_secret, register
from voting.crypto.trustees.terms import Ceremony, TrusteeRefusalCode, TrusteeRefused

NEW = KeyFile(SECRETS[1])
SHARED = NEW.sharing(TRANSCRIPT)
CHECKED = SHARED.endorsing("ab" * 32, [share.to_dict(TRANSCRIPT) for share in received(2)])
DONE = CHECKED.decrypting(Decrypted("c1" * 32, "7a" * 32))


@pytest.mark.parametrize("file", [NEW, SHARED, CHECKED, DONE])
def test_a_key_file_is_read_back(file: KeyFile) -> None:
    assert KeyFile.from_json(file.to_json()) == file


def test_only_the_file_of_this_very_registration_is_taken() -> None:
    registration = TRANSCRIPT.of(2)
    NEW.require(CEREMONY, registration)

    for secret, ceremony in (
        (SECRETS[0], CEREMONY),
        (LATER_SECRETS[1], CEREMONY),
        (new_secret(CEREMONY, 2), CEREMONY),
        (replace(SECRETS[1], round=bytes(16)), CEREMONY),
        (replace(SECRETS[1], seed=bytes(32)), CEREMONY),
        (replace(SECRETS[1], ceremony=Ceremony("test-election", 3, 3)), CEREMONY),
        (SECRETS[1], Ceremony("other", 2, 3)),
    ):
        with pytest.raises(TrusteeRefused) as refused:
            KeyFile(secret).require(ceremony, registration)
        assert refused.value.code is TrusteeRefusalCode.KEY_FILE


def test_a_polynomial_is_shared_under_one_transcript_only() -> None:
    """A server shows made-up colleagues first, and the true ones after that."""
    strangers = [register(new_secret(CEREMONY, index)) for index in (1, 3)]
    made_up = Transcript(CEREMONY, (strangers[0], TRANSCRIPT.of(2), strangers[1]))

    caught = NEW.sharing(made_up)

    with pytest.raises(TrusteeRefused) as refused:
        caught.sharing(TRANSCRIPT)
    assert refused.value.code is TrusteeRefusalCode.TRANSCRIPT
    assert SHARED.sharing(TRANSCRIPT) == SHARED
    with pytest.raises(TrusteeRefused):
        NEW.sharing(LATER)


def test_a_file_that_has_shared_nothing_endorses_nothing() -> None:
    with pytest.raises(TrusteeRefused):
        NEW.endorsing("ab" * 32, [])


def test_a_key_decrypts_one_tally_of_one_board() -> None:
    assert DONE.decrypting(Decrypted("c1" * 32, "7a" * 32)) == DONE
    for other in (Decrypted("c2" * 32, "7a" * 32), Decrypted("c1" * 32, "7b" * 32)):
        with pytest.raises(TrusteeRefused):
            DONE.decrypting(other)


@pytest.mark.parametrize(
    "change",
    [
        {"format": "facevote-trustee-key-1"},
        {"index": 0},
        {"index": 4},
        {"index": True},
        {"threshold": 4},
        {"trustees": 51},
        {"round": "ab"},
        {"seed": None},
        {"shares": [{}]},
        {"shares": 3},
        {"transcript": ""},
        {"fingerprint": "x"},
        {"decrypted": {}},
        {"decrypted": {"close": "c1" * 32, "tally": "7a" * 32, "more": 1}},
        {"election": "A"},
        {"more": 1},
    ],
)
def test_a_file_that_is_no_key_file_is_refused(change: dict[str, object]) -> None:
    value = canonical.decode(CHECKED.to_json()) | change

    with pytest.raises(TrusteeRefused):
        KeyFile.from_json(canonical.encode(value))


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff\xfe", b"[" * 100_000, b"null"])
def test_other_bytes_are_no_key_file(data: bytes) -> None:
    with pytest.raises(TrusteeRefused):
        KeyFile.from_json(data)
