"""Letters on paper: one page a voter, without secrets, sealed, and gone after some days."""

from __future__ import annotations

import io
import re
import zlib
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts import roles
from accounts.at_rest.sealing import keyring
from accounts.models import AuditEvent, OneTimeLink
from tests.support.officials import official_of
from tests.support.polls import club
from voting.letters import making
from voting.letters.addresses import read_addresses
from voting.letters.pdf import Frame, LetterTooLong, PaperLetter, letters_pdf
from voting.models import LetterBatch, LetterFile, MailKind, MailTemplate, VoterRollEntry, WorkState
from voting.refusals import StepRefused

ADDRESSES = "voter_number,street,town\nN0,Lindenweg 3,10115 Berlin\nn 1,Hauptstr. 1,10117 Berlin\n"
FRAME = Frame(
    "An election",
    "en",
    "Garden club",
    "https://vote.example.org/",
    "AAAA-BBBB",
    {"number": "Number", "code": "QR code", "scan": "Scan", "fingerprint": "Fingerprint"},
)


def pages(pdf):
    return max(int(number) for number in re.findall(rb"/Count (\d+)", plain(pdf)))


def plain(pdf):
    """The PDF with its compressed object streams unpacked."""
    parts = [pdf]
    for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            parts.append(zlib.decompress(found.group(1)))
        except zlib.error:
            continue
    return b"\n".join(parts)


def paper(text="Hello", name="Dora"):
    return PaperLetter("N1", [name], "Invitation", text)


@given(st.text(max_size=40), st.text(max_size=200))
def test_no_name_and_no_text_is_taken_for_markup(name, text):
    letters_pdf(FRAME, [paper(text, name)])


def test_it_is_tagged_for_screen_readers_and_has_a_page_for_each_letter():
    pdf = letters_pdf(FRAME, [paper(name=name) for name in ("#panic()", "王小明", "دينا")])

    assert pages(pdf) == 3
    whole = plain(pdf)
    assert b"pdfuaid" in whole
    assert b"/StructTreeRoot" in whole


def test_a_letter_that_needs_two_pages_is_refused():
    with pytest.raises(LetterTooLong):
        letters_pdf(FRAME, [paper("line\n" * 90)])


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (b"number,street\n1,x\n", "one column"),
        (b"", "one column"),
        (b"voter_number,street\n,x\n", "Line 2"),
        (b"voter_number,street\nN1,x\nn1,y\n", "Line 3"),
        (b"voter_number,a,b,c,d,e,f\nN1,1,2,3,4,5,6\n", "at most 5 lines"),
        (b"voter_number,street\nN1," + b"x" * 61, "at most"),
        ("voter_number;straße\nN1;ä".encode("latin-1"), "UTF-8"),
        (b'voter_number,street\nN1,"x\n', "no CSV"),
    ],
)
def test_a_file_of_addresses_that_does_not_fit_is_refused_in_words(file, words):
    with pytest.raises(StepRefused, match=words):
        read_addresses(file)


@given(st.binary(max_size=300))
def test_no_file_makes_the_reader_fail(noise):
    for file in (noise, b"voter_number,street\n" + noise):
        try:
            read_addresses(file)
        except StepRefused:
            continue


@pytest.fixture
def poll(db):
    poll = club("paper")
    VoterRollEntry.objects.filter(pk=poll.entry(2).pk).update(district="north")
    return poll


@pytest.fixture
def officer(client, db):
    user = official_of(roles.ELECTION_OFFICER)
    client.force_login(user)
    return user


def make(client, poll, district="", addresses=ADDRESSES):
    file = io.BytesIO(addresses.encode())
    file.name = "addresses.csv"
    answer = client.post(
        reverse("admin:voting_letters", args=[poll.election.pk]),
        {"district": district, "addresses": file},
    )
    assert answer.status_code == 302, answer.content
    batch = LetterBatch.objects.order_by("-pk")[0]
    making.make(batch.pk)
    batch.refresh_from_db()
    return batch


def fetched(client, file):
    answer = client.get(reverse("admin:voting_letters_file", args=[file.pk]))
    return b"".join(answer.streaming_content)


def test_officials_order_and_fetch_them(client, officer, poll):
    batch = make(client, poll)

    assert batch.state == WorkState.DONE
    assert [file.number for file in batch.files.order_by("number")] == [0, 1]
    letters = fetched(client, batch.files.get(number=1))
    assert letters.startswith(b"%PDF")
    assert pages(letters) == 3
    assert fetched(client, batch.files.get(number=0)).startswith(b"%PDF")
    actions = AuditEvent.objects.filter(action__startswith="letters").values_list("action")
    assert [action for (action,) in actions] == ["letters_printed", *["letters_fetched"] * 2]


def test_one_district_alone_in_parts(client, officer, poll, monkeypatch):
    assert pages(fetched(client, make(client, poll, "north").files.get(number=1))) == 1

    monkeypatch.setattr(making, "LETTERS_A_FILE", 2)
    batch = make(client, poll)

    parts = [fetched(client, file) for file in batch.files.order_by("number")]
    assert [pages(part) for part in parts[1:]] == [2, 1]


def test_they_are_sealed_and_hold_no_link(client, officer, poll):
    batch = make(client, poll)

    for file in LetterFile.objects.all():
        assert b"%PDF" not in bytes(file.content)
    assert bytes(batch.addresses) == b""
    assert not OneTimeLink.objects.exists()


def test_they_go_after_some_days_or_at_once(client, officer, poll, settings):
    first, second = make(client, poll), make(client, poll)
    now = timezone.now()

    client.post(reverse("admin:voting_letters_del", args=[second.pk]))
    assert list(LetterBatch.objects.all()) == [first]
    making.forget_old(now=now + timedelta(days=settings.LETTER_DAYS - 1))
    assert LetterFile.objects.exists()
    making.forget_old(now=now + timedelta(days=settings.LETTER_DAYS, minutes=1))

    assert not LetterFile.objects.exists()


def test_a_text_that_is_too_long_stops_them_with_a_reason(client, officer, poll):
    MailTemplate.objects.create(
        kind=MailKind.LETTER,
        language="en",
        subject="x",
        body="{voter_number} {link}" + "\nmore" * 90,
    )

    batch = make(client, poll)

    assert batch.state == WorkState.FAILED
    page = client.get(reverse("admin:voting_letters", args=[poll.election.pk]))
    assert "does not fit on one page" in page.content.decode()


def test_work_that_lost_its_worker_is_made_by_another(client, officer, poll):
    batch = make(client, poll)
    long_ago = timezone.now() - 2 * making.SILENT
    LetterFile.objects.filter(batch=batch, number=0).delete()
    LetterBatch.objects.filter(pk=batch.pk).update(
        state=WorkState.WRITING,
        beat_at=long_ago,
        addresses=keyring().seal(b"{}", bound_to=making.owner(poll.election.pk)),
    )

    assert making.abandoned(now=timezone.now()) == [batch.pk]
    making.make(batch.pk)

    assert batch.files.count() == 2
