"""What people are called never becomes part of a page, on no page of the office."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Value
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.html import escape

from accounts.models import AccessOverride, OverridePurpose
from biometrics.consent.agreement import give_consent, text_version
from biometrics.enrolment.encoding import encode
from biometrics.enrolment.photos import store_photo
from biometrics.evaluation import comparing
from biometrics.evaluation.comparing import evaluate_enrolled
from biometrics.models import PhotoReason, PhotoState, ReferencePhoto
from facevote.desk import desk_of
from tests.support.pictures import ALICE, BOB, jpeg
from tests.support.polls import draft_election
from tests.support.scripted_engine import ScriptedEngine
from voting.elections import freezing, life_cycle
from voting.keys import naming
from voting.models import RollChange

MARKUP = "<script>alert('x')</script>"
SHOWN = escape(MARKUP)
# Pages that show no name: only that nothing slips in is asked of them.
NAMELESS = {"biometrics/enrolment/queue/", "biometrics/verificationsession/attempts/"}


@pytest.fixture(autouse=True)
def site_settings(settings, tmp_path, scripted_engine):
    settings.PHOTOS_DIR = tmp_path
    settings.OFFICIAL_SECOND_FACTOR = "none"


@pytest.fixture
def chief(client, django_user_model):
    user = django_user_model.objects.create_superuser("chief")
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return user


def named(poll, prefix):
    """Everything about an election that is a draft has markup in its name."""
    poll.election.title = poll.election.description = MARKUP
    poll.election.save()
    contest = poll.election.contests.get()
    contest.title = MARKUP
    contest.save()
    contest.choices.update(party=MARKUP, statement=MARKUP, name=Concat(Value(MARKUP), "name"))
    poll.election.roll.update(name=MARKUP, district=MARKUP)
    for number, user in enumerate(poll.users):
        user.username = f"{MARKUP}{prefix}{number}"
        user.first_name = user.last_name = MARKUP
        user.save()
    return poll


@pytest.fixture
def draft(db):
    poll = named(draft_election(key_mode="trustees", threshold=2), "a")
    for number in (1, 2):
        naming.add_trustee(poll.election, f"{MARKUP} {number}")
    return poll


@pytest.fixture
def opened(db):
    poll, now = named(draft_election("o"), "b"), timezone.now()
    freezing.freeze(poll.election, actor=poll.official, now=now)
    life_cycle.open_election(poll.election, actor=poll.official, now=now)
    return poll


@pytest.fixture
def enrolled(draft, chief):
    """Two voters, and a photo of the one that looks like the other."""
    first, second = draft.users
    for user, colour in ((first, ALICE), (second, BOB)):
        give_consent(user, text_version(), timezone.now())
        photo = store_photo(user, jpeg(colour), chief)
        encode(photo.pk, ScriptedEngine(), now=timezone.now())
    ReferencePhoto.objects.filter(user=second).update(
        state=PhotoState.REFUSED, reason=PhotoReason.ALREADY_ENROLLED, resembles=first
    )
    asked = comparing.request_evaluation(chief, now=timezone.now())
    evaluate_enrolled(asked.pk)
    return draft


def pages_of(draft, opened):
    voter, entry = draft.users[0], draft.election.roll.first()
    yield from (
        "accounts/user/",
        f"accounts/user/{voter.pk}/change/",
        f"accounts/user/{voter.pk}/password-link/",
        "accounts/accessoverride/",
        "biometrics/enrolment/",
        f"biometrics/enrolment/{voter.pk}/change/",
        "biometrics/enrolment/evaluation/",
        "biometrics/referencephoto/",
        "voting/election/",
        f"voting/election/{draft.election.pk}/change/",
        f"voting/election/{draft.election.pk}/step/freeze/",
        f"voting/election/{opened.election.pk}/change/",
        f"voting/election/{opened.election.pk}/step/close/",
        "voting/contest/",
        f"voting/contest/{draft.election.contests.get().pk}/change/",
        "voting/voterrollentry/",
        f"voting/voterrollentry/{entry.pk}/change/",
        "voting/voterrollentry/import/",
        "voting/rollchange/",
        "voting/trustee/",
        "voting/trustee/add/",
        "voting/boardevent/",
        *sorted(NAMELESS),
    )


def test_markup_in_names_is_shown_as_text_on_every_page_of_the_office(
    client, chief, enrolled, opened
):
    AccessOverride.objects.create(
        voter=opened.users[0],
        purpose=OverridePurpose.LOGIN,
        reason=MARKUP,
        requested_by=opened.official,
        requested_at=timezone.now(),
    )
    change = RollChange.objects.create(
        election=opened.election,
        reason="moved",
        add=[{"voter_number": MARKUP}],
        proposed_by=opened.official,
    )

    paths = [*pages_of(enrolled, opened), f"voting/rollchange/{change.pk}/change/"]
    pages = {path: client.get(f"/admin/{path}", follow=True) for path in paths}

    assert {page.status_code for page in pages.values()} == {200}
    text = {path: page.content.decode() for path, page in pages.items()}
    assert [path for path, page in text.items() if MARKUP in page] == []
    assert [p for p, page in text.items() if p not in NAMELESS and SHOWN not in page] == []


def test_markup_on_the_desk_is_shown_as_text(client, chief, draft):
    assert any(matter.title == MARKUP for matter in desk_of(chief))

    page = client.get("/admin/").content.decode()

    assert SHOWN in page
    assert MARKUP not in page


def test_markup_in_a_roll_that_is_imported_is_shown_as_text(
    client, chief, draft, tasks_at_once, django_capture_on_commit_callbacks
):
    worker = django_capture_on_commit_callbacks
    rows = f'voter_number,name,username\nN0,{MARKUP}b,\nN7,"{MARKUP}",\n'
    bad = f"voter_number,name,username\nN8,A,{MARKUP}\n"

    preview, refused = (upload(client, draft.election, data, worker) for data in (rows, bad))

    for page in (preview, refused):
        assert "<script>alert" not in page
    assert "&lt;script&gt;" in preview
    assert "Line 2, column" in refused


def test_markup_in_the_name_of_somebody_who_is_erased_is_shown_as_text(client, chief, draft):
    chosen = {"action": "erase_biometrics", "_selected_action": [draft.users[0].pk]}

    page = client.post("/admin/biometrics/enrolment/", chosen).content.decode()

    assert SHOWN in page
    assert MARKUP not in page


def test_markup_in_a_trustees_name_is_shown_as_text_beside_the_link(client, chief, draft):
    form = {"election": draft.election.pk, "name": MARKUP}

    page = client.post("/admin/voting/trustee/add/", form, follow=True).content.decode()

    assert f"The link of {SHOWN}" in page
    assert MARKUP not in page


def upload(client, election, data, worker):
    file = SimpleUploadedFile("roll.csv", data.encode())
    form = {"election": election.pk, "import_file": file}
    with worker(execute=True):
        answer = client.post("/admin/voting/voterrollentry/import/", form)
    return client.get(answer["Location"]).content.decode()
