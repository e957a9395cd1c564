"""One official alone becomes no voter of a fixed roll: password, address and face take two."""

from __future__ import annotations

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import roles
from accounts.models import AuditEvent, Proposal, User
from accounts.passwords import set_password
from accounts.proposals import deciding
from accounts.proposals.protected import SecondOfficialNeeded
from accounts.proposals.second_official import ProposalRefusalCode, ProposalRefused
from biometrics.consent.erasure import erase_voter
from biometrics.enrolment.photos import accept_resemblance, encode_again, remove_photo, store_photo
from biometrics.models import PhotoReason, PhotoState, Reference, ReferencePhoto
from tests.support.found import found_in
from tests.support.office_forms import save
from tests.support.officials import browser_of, official_of, registrar
from tests.support.people import enrol
from tests.support.pictures import ALICE, BOB, jpeg
from tests.support.polls import draft_election, open_poll
from voting.elections import freezing, life_cycle

pytestmark = pytest.mark.django_db
OLD = "voter@example.org"


@pytest.fixture(autouse=True)
def site(settings, tmp_path, scripted_engine, tasks_at_once):
    settings.PHOTOS_DIR = tmp_path


@pytest.fixture
def first():
    return registrar("first")


@pytest.fixture
def second():
    return registrar("second")


@pytest.fixture
def voter():
    """A voter on the roll of an open election, with an address and a face."""
    user = open_poll(voters=1).users[0]
    User.objects.filter(pk=user.pk).update(email=OLD)
    user.refresh_from_db()
    enrol(user)
    return user


def ask_for_link(official, voter):
    page = reverse("admin:accounts_user_password_link", args=[voter.pk])
    return browser_of(official).post(page).content.decode()


def approve(official, **which):
    proposals = Proposal.objects.filter(decided_at=None, **which)
    return browser_of(official).post(
        reverse("admin:accounts_proposal_changelist"),
        {"action": "approve", "_selected_action": [proposal.pk for proposal in proposals]},
        follow=True,
    )


def upload(official, voter, picture):
    file = SimpleUploadedFile("photo.jpg", picture, "image/jpeg")
    return browser_of(official).post(
        reverse("biometrics:photos", args=[voter.pk]), {"photo": [file]}
    )


def test_a_link_that_sets_the_password_takes_two_officials(
    voter, first, second, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        page = ask_for_link(first, voter)
    assert "/set-password/" not in page
    assert "another official must approve it" in page

    own = approve(first)
    assert "Another official must approve what you proposed." in own.content.decode()
    assert Proposal.objects.get().approved is None

    with django_capture_on_commit_callbacks(execute=True):
        shown = approve(second).content.decode()

    link = found_in(shown, r"http://testserver(/set-password/[\w/-]+)")
    assert Client().get(link, follow=True).status_code == 200
    assert [letter.to for letter in mail.outbox] == [[OLD], [OLD]]
    kinds = AuditEvent.objects.filter(subject=f"user:{voter.pk}").values_list("action", flat=True)
    assert list(kinds) == ["change_proposed", "password_link_made", "change_approved"]


def test_no_official_types_a_new_password_for_a_voter_of_a_fixed_roll(voter, first):
    page = reverse("admin:auth_user_password_change", args=[voter.pk])
    new = "quite another password 7"

    answer = browser_of(first).post(
        page, {"password1": new, "password2": new, "usable_password": "true"}
    )

    voter.refresh_from_db()
    assert answer.status_code == 302
    assert not voter.check_password(new)
    link = reverse("admin:accounts_user_password_link", args=[voter.pk])
    assert answer["Location"] == link


def test_an_address_is_changed_by_two_and_the_notices_go_to_the_one_before(
    voter, first, second, django_capture_on_commit_callbacks
):
    page = reverse("admin:accounts_user_change", args=[voter.pk])

    with django_capture_on_commit_callbacks(execute=True):
        answer = save(browser_of(first), page, email="mine@example.org", first_name="Vera")
    voter.refresh_from_db()
    assert (voter.email, voter.first_name) == (OLD, "Vera")
    assert answer.status_code == 302
    listed = browser_of(second).get(reverse("admin:accounts_proposal_changelist"))
    assert f"{OLD} → mine@example.org" in listed.content.decode()

    with django_capture_on_commit_callbacks(execute=True):
        approve(second)

    voter.refresh_from_db()
    assert voter.email == "mine@example.org"
    assert [letter.to for letter in mail.outbox] == [[OLD], [OLD], ["mine@example.org"]]
    assert Proposal.objects.get().detail == {}


def test_a_user_name_is_changed_by_two(voter, first, second):
    page = reverse("admin:accounts_user_change", args=[voter.pk])

    save(browser_of(first), page, username="somebody")

    assert not User.objects.filter(username="somebody").exists()
    approve(second)
    assert User.objects.get(username="somebody").pk == voter.pk


def test_a_name_that_was_taken_meanwhile_is_not_given_twice(voter, first, second):
    page = reverse("admin:accounts_user_change", args=[voter.pk])
    save(browser_of(first), page, username="somebody")
    User.objects.create_user("somebody")

    answer = approve(second)

    assert "no longer possible" in answer.content.decode()
    assert Proposal.objects.get().approved is None


def test_a_new_face_is_held_until_another_official_has_seen_and_approved_it(
    voter, first, second, django_capture_on_commit_callbacks
):
    before = Reference.objects.get(user=voter).template
    with django_capture_on_commit_callbacks(execute=True):
        answer = upload(first, voter, jpeg(BOB))
    photo = ReferencePhoto.objects.get()
    assert (answer.status_code, photo.state) == (201, PhotoState.HELD)
    assert answer.json()["files"][0]["photo"]["state"] == "held"

    with django_capture_on_commit_callbacks(execute=True):
        # Neither its uploader nor the queue makes anything of it.
        assert encode_again([photo]) == 0
        approve(first)
    assert Reference.objects.get(user=voter).template == before
    listed = browser_of(second).get(reverse("admin:accounts_proposal_changelist"))
    assert 'src="data:image/jpeg;base64,' in listed.content.decode()

    with django_capture_on_commit_callbacks(execute=True):
        approve(second)

    photo.refresh_from_db()
    assert photo.state == PhotoState.USABLE
    assert Reference.objects.get(user=voter).template != before


def test_a_declined_photo_is_deleted_with_its_file(
    voter, first, second, settings, django_capture_on_commit_callbacks
):
    upload(first, voter, jpeg(BOB))

    with django_capture_on_commit_callbacks(execute=True):
        browser_of(second).post(
            reverse("admin:accounts_proposal_changelist"),
            {"action": "decline", "_selected_action": [Proposal.objects.get().pk]},
        )

    assert not ReferencePhoto.objects.exists()
    assert not list(settings.PHOTOS_DIR.glob("*/*"))
    assert Proposal.objects.get().approved is False


def test_its_uploader_takes_a_held_photo_back(voter, first):
    upload(first, voter, jpeg(BOB))
    photo = ReferencePhoto.objects.get()

    answer = browser_of(first).post(reverse("biometrics:photo-remove", args=[photo.pk]))

    assert answer.json() == {}
    assert not ReferencePhoto.objects.exists()
    assert Proposal.objects.get().approved is False


def test_a_photo_of_a_voter_is_removed_by_two(
    voter, first, second, django_capture_on_commit_callbacks
):
    photo = store_photo(voter, jpeg(ALICE), None)

    answer = browser_of(first).post(reverse("biometrics:photo-remove", args=[photo.pk]))

    assert "another official must approve it" in answer.json()["proposed"]
    assert ReferencePhoto.objects.exists()
    approve(second)
    assert not ReferencePhoto.objects.exists()


def test_a_face_is_erased_by_two_and_by_its_owner_alone(voter, first, second):
    data = {"action": "erase_biometrics", "_selected_action": [voter.pk], "confirmed": "yes"}
    browser_of(first).post(reverse("admin:biometrics_enrolment_changelist"), data)

    assert Reference.objects.filter(user=voter).exists()
    approve(second)
    assert not Reference.objects.filter(user=voter).exists()

    enrol(voter, BOB)
    erase_voter(voter, actor=voter)
    assert not Reference.objects.filter(user=voter).exists()


def test_a_resemblance_is_accepted_by_two(voter, first, second):
    other = registrar("other")
    photo = store_photo(voter, jpeg(ALICE), None)
    ReferencePhoto.objects.update(
        state=PhotoState.REFUSED, reason=PhotoReason.ALREADY_ENROLLED, resembles=other
    )
    answer = browser_of(first).post(reverse("biometrics:photo-accept", args=[photo.pk]))

    assert "proposed" in answer.json()
    assert not voter.accepted_resemblances.exists()
    approve(second)
    assert voter.accepted_resemblances.get().other == other


@pytest.mark.parametrize(
    "act",
    [
        lambda voter, actor, photo: set_password.make_link(voter, actor=actor, now=timezone.now()),
        lambda voter, actor, photo: remove_photo(photo, actor=actor),
        lambda voter, actor, photo: erase_voter(voter, actor=actor),
        lambda voter, actor, photo: accept_resemblance(photo, actor=actor),
    ],
    ids=["link", "remove", "erase", "accept"],
)
def test_the_functions_refuse_one_official_whatever_page_calls_them(voter, first, act):
    photo = store_photo(voter, jpeg(ALICE), None)
    ReferencePhoto.objects.update(
        state=PhotoState.REFUSED, reason=PhotoReason.ALREADY_ENROLLED, resembles=first
    )
    photo.refresh_from_db()

    with pytest.raises(SecondOfficialNeeded):
        act(voter, first, photo)


@pytest.mark.parametrize("state", ["draft", "frozen", "open", "closed"])
def test_two_are_needed_from_freezing_to_closing(first, state):
    poll = draft_election(voters=1)
    now = timezone.now()
    if state != "draft":
        freezing.freeze(poll.election, actor=poll.official, now=now)
    if state in ("open", "closed"):
        life_cycle.open_election(poll.election, actor=poll.official, now=now)
    if state == "closed":
        life_cycle.close_election(poll.election, actor=poll.official, now=now)

    page = ask_for_link(first, poll.users[0])

    assert ("/set-password/" in page) is (state in ("draft", "closed"))


def test_a_link_that_one_official_made_before_freezing_ends_with_it(first):
    poll = draft_election(voters=1)
    page = ask_for_link(first, poll.users[0])
    link = found_in(page, r"http://testserver(/set-password/[\w/-]+)")
    assert Client().get(link, follow=True).status_code == 200

    freezing.freeze(poll.election, actor=poll.official, now=timezone.now())

    assert Client().get(link, follow=True).status_code == 410


def test_an_auditor_and_a_stranger_approve_nothing(voter, first):
    ask_for_link(first, voter)
    proposal = Proposal.objects.get()
    for official in (official_of(roles.AUDITOR), User.objects.create_user("clerk", is_staff=True)):
        assert approve(official).status_code == 403
        with pytest.raises(ProposalRefused) as refused:
            deciding.approve(proposal, actor=official, now=timezone.now())
        assert refused.value.code == ProposalRefusalCode.NOT_ALLOWED
    proposal.refresh_from_db()
    assert proposal.approved is None


def test_an_election_officer_can_be_the_second_official(voter, first):
    ask_for_link(first, voter)

    assert "/set-password/" in approve(official_of(roles.ELECTION_OFFICER)).content.decode()


def test_the_demonstration_needs_one_official_only(voter, first, settings):
    settings.SECOND_OFFICIAL = False

    assert "/set-password/" in ask_for_link(first, voter)
