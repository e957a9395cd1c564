"""The administration's pages for registrars: their files go out, and come back."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, User
from tests.support.polls import draft_election
from verifier.registering.codes_file import draw_codes
from verifier.registering.messages import change_message, points_message
from verifier.registering.roll_file import Person
from verifier.rules.strict import dump
from voting.elections import freezing, life_cycle
from voting.models import Registrar, RollChange
from voting.refusals import StepRefused
from voting.roll import changes

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def office(admin_user, client):
    client.force_login(admin_user, BACKEND)
    return client


@pytest.fixture
def draft(db):
    poll = draft_election()
    Registrar.objects.create(election=poll.election, index=1, name="Office of the registrar")
    return poll


def codes_of(poll):
    people = [Person(entry.voter_number, entry.name, []) for entry in poll.election.roll.all()]
    return draw_codes(poll.election.slug, 1, people)


def upload(client, address, value):
    file = SimpleUploadedFile("points.json", dump(value) + b"\n")
    return client.post(address, {"file": file}, follow=True)


def page(name, pk):
    return reverse(f"admin:voting_registrar_{name}", args=[pk])


def test_the_registrars_file_is_taken(office, draft):
    registrar = draft.election.registrars.get()
    address = page("files", registrar.pk)
    assert (
        "registrar.py draw voters.csv --election e --index 1"
        in office.get(address).content.decode()
    )

    answer = upload(office, address, points_message(codes_of(draft)))

    assert "2 voters have a code of this registrar" in answer.content.decode()
    assert freezing.checklist(draft.election) == []


def test_what_does_not_fit_is_named_and_nothing_is_changed(office, draft):
    registrar = draft.election.registrars.get()
    codes = codes_of(draft)
    draft.election.roll.first().delete()

    answer = upload(office, page("files", registrar.pk), points_message(codes))

    text = answer.content.decode()
    assert "Nothing was changed" in text
    assert "nobody on the roll has the number" in text
    registrar.refresh_from_db()
    assert registrar.signature is None


def test_no_file_is_no_registrars_file(office, draft):
    registrar = draft.election.registrars.get()

    answer = office.post(page("files", registrar.pk))

    assert "not a registrar&#x27;s file" in answer.content.decode()


def test_the_voters_go_out_by_post_alone_and_are_recorded(office, draft):
    address = page("voters", draft.election.registrars.get().pk)

    assert office.get(address).status_code == 403
    answer = office.post(address)

    assert answer.content.decode("utf-8-sig").splitlines()[0] == "voter_number,name,district"
    assert AuditEvent.objects.filter(action="roll_exported").count() == 1


@pytest.mark.parametrize("name", ["files", "voters", "change"])
def test_officials_without_the_permission_see_nothing(client, draft, name):
    client.force_login(User.objects.create_user("helper", is_staff=True), BACKEND)

    assert client.post(page(name, draft.election.registrars.get().pk)).status_code == 403


def test_the_elections_page_leads_to_the_registrars_files(office, draft):
    election = reverse("admin:voting_election_change", args=[draft.election.pk])

    text = office.get(election).content.decode()

    assert page("files", draft.election.registrars.get().pk) in text


@pytest.fixture
def opened(office, draft):
    """An open election in which a voter has lost the letter, and the registrar's codes."""
    codes = codes_of(draft)
    upload(office, page("files", draft.election.registrars.get().pk), points_message(codes))
    now = timezone.now()
    freezing.freeze(draft.election, actor=draft.official, now=now)
    life_cycle.open_election(draft.election, actor=draft.official, now=now)
    return draft


def test_a_lost_code_is_replaced_on_the_pages(office, opened, admin_user):
    add = reverse("admin:voting_rollchange_add")
    values = {"election": opened.election.pk, "reason": "lost letter", "new_codes": "N0"}
    assert office.post(add, values).status_code == 302
    change = RollChange.objects.get()
    assert change.remove == ["N0"]
    assert [row["voter_number"] for row in change.add] == ["N0"]

    codes = codes_of(opened)
    first = [voter for voter in codes.voters if voter.number == "N0"]
    credential = opened.election.roll.get(voter_number="N0").credential
    key = opened.election.registrars.get()
    stranger = change_message(codes, opened.election.fingerprint, first, [credential])
    answer = upload(office, page("change", change.pk), stranger)

    assert "nobody who is a registrar of this election" in answer.content.decode()
    assert "the file is missing" in answer.content.decode()
    assert key.key != codes.key
    with pytest.raises(StepRefused):
        changes.approve(change, actor=opened.official, now=timezone.now())
