from __future__ import annotations

import logging
import re
from contextlib import suppress

import pytest
from django.db import connection
from django.urls import NoReverseMatch, reverse

from tests.support.polls import BORN, draft_election, give_grant, open_poll
from voting.models import (
    Board,
    BoardEvent,
    CastBallot,
    Election,
    SpoiledBallot,
    UsedCiphertext,
)
from voting.urls import urlpatterns

BACKEND = "django.contrib.auth.backends.ModelBackend"
DETAILS = {"voter_number": "N0", "date_of_birth": BORN.isoformat()}


@pytest.fixture
def voter(poll, client):
    client.force_login(poll.users[0], BACKEND)
    return client


def mark_of(client):
    from biometrics.verification.browser_binding import MARK, hash_of

    session = client.session
    session.setdefault(MARK, "a browser")
    session.save()
    return hash_of(session)


def test_the_ballot_comes_after_the_details(voter):
    skipped = voter.get("/elections/e/ballot/")
    entered = voter.post("/elections/e/details/", DETAILS)

    ballot = voter.get("/elections/e/ballot/")

    assert skipped.url == "/elections/e/details/"
    assert entered.url == "/elections/e/ballot/"
    assert ballot.status_code == 200
    assert "Voting needs JavaScript" in ballot.content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"voter_number": "N1", "date_of_birth": BORN.isoformat()},
        {"voter_number": "N0", "date_of_birth": "1980-05-18"},
        {"voter_number": "\x00", "date_of_birth": "1980-05-18"},
        {"voter_number": "", "date_of_birth": ""},
    ],
)
def test_wrong_details_do_not_open_the_ballot(voter, wrong):
    answer = voter.post("/elections/e/details/", wrong)

    assert answer.status_code == 400
    assert voter.get("/elections/e/ballot/").status_code == 302


def test_guessing_details_is_slowed_down(voter):
    for _ in range(3):
        voter.post("/elections/e/details/", {**DETAILS, "voter_number": "N1"})

    answer = voter.post("/elections/e/details/", DETAILS)

    assert answer.status_code == 400
    assert "wait" in answer.content.decode()


def test_somebody_who_is_not_on_the_roll_gets_the_same_words(poll, client, django_user_model):
    client.force_login(django_user_model.objects.create_user("stranger"), BACKEND)

    answer = client.post("/elections/e/details/", DETAILS)

    assert "do not fit the voter roll" in answer.content.decode()


@pytest.mark.parametrize("path", ["details/", "ballot/"])
def test_nobody_votes_without_signing_in(poll, client, path):
    assert client.get(f"/elections/e/{path}").status_code == 302
    assert (
        client.post("/elections/e/cast/", "{}", content_type="application/json").status_code == 302
    )


def test_a_ballot_posted_past_the_details_step_is_refused(poll, voter):
    made = poll.encrypt()
    poll.present(made.opening.tracker, browser=mark_of(voter))

    answer = voter.post(
        "/elections/e/cast/", made.ballot.to_json(), content_type="application/json"
    )

    assert answer.json()["code"] == "details-first"
    assert not CastBallot.objects.exists()


def test_a_ballot_is_cast_over_http_and_its_choice_is_nowhere(poll, voter, caplog):
    caplog.set_level(logging.DEBUG)
    voter.post("/elections/e/details/", DETAILS)
    made = poll.encrypt(chosen="choice-2")
    poll.present(made.opening.tracker, browser=mark_of(voter))
    body = made.ballot.to_json()

    answer = voter.post("/elections/e/cast/", body, content_type="application/json")
    receipt = voter.get(answer.json()["receipt"])

    assert receipt.status_code == 200
    seed = made.opening.seed.hex()
    with connection.cursor() as cursor:
        cursor.execute("SELECT ballot FROM voting_castballot")
        stored = bytes(cursor.fetchone()[0])
    # The manifest names every choice, to everybody alike.
    shown = re.sub(rb'<script id="manifest".*?</script>', b"", receipt.content)
    assert len(shown) < len(receipt.content)
    for place in (body, stored, caplog.text.encode(), shown):
        assert seed.encode() not in place
        assert b"choice-2" not in place
        assert b"Ben" not in place


def test_a_second_ballot_is_refused_in_words(poll, voter):
    voter.post("/elections/e/details/", DETAILS)
    poll.cast()

    page = voter.get("/elections/e/ballot/")

    assert page.status_code == 409
    assert "already cast" in page.content.decode()


def test_anothers_receipt_is_not_shown(poll, voter):
    tracker = poll.cast(1)

    assert voter.get(f"/elections/e/receipt/{tracker}/").status_code == 404


def test_the_board_is_found_by_tracker_as_people_type_it(poll, client):
    from voting.crypto.tracker import human

    tracker = poll.cast()

    page = client.get("/elections/e/board/", {"tracker": human(tracker).lower()})

    assert human(tracker) in page.content.decode()


@pytest.mark.parametrize("identity", ["alias", "hidden"])
def test_voters_stand_on_the_board_as_the_election_says(db, client, identity):
    poll = open_poll(board_identity=identity)
    poll.cast()
    alias = poll.entry().alias

    shown = client.get("/elections/e/board/").content.decode()
    file = b"".join(client.get("/elections/e/board.jsonl").streaming_content).decode()
    told = client.get("/api/elections/e/board/").content.decode()

    assert [alias in text for text in (shown, file, told)] == [identity == "alias"] * 3
    for text in (shown, file, told):
        assert poll.users[0].username not in text
        assert poll.entry().name not in text
        assert f">{poll.entry().voter_number}<" not in text


def test_the_public_sees_no_time_finer_than_the_hour(poll, client):
    poll.cast()
    finer = re.compile(r"\d{1,2}:(?!00Z)\d{2}")

    pages = ["board/", "board.jsonl", "head.json"]
    texts = [read(client.get(f"/elections/e/{page}")) for page in pages]
    texts.append(read(client.get("/api/elections/e/board/")))

    assert "T" in texts[1]
    assert [text for text in texts if finer.search(text)] == []


def read(answer):
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode()


@pytest.mark.parametrize("model", [CastBallot, SpoiledBallot, UsedCiphertext, BoardEvent, Board])
def test_what_keeps_ballots_keeps_no_time(model):
    kinds = {field.get_internal_type() for field in model._meta.get_fields()}

    assert not kinds & {"DateTimeField", "DateField", "TimeField"}


def test_a_draft_is_nobodys_business(draft, client):
    paths = ["", "board/", "board.jsonl", "results/", "head.json"]

    answers = [client.get(f"/elections/e/{path}").status_code for path in paths]

    assert set(answers) == {404}


# Downloads, and what only answers a script.
NO_PAGES = {
    "standing",
    "cast",
    "spoil",
    "board-file",
    "board-head",
    "results-csv",
    "results-json",
} | {
    "published-heads",
    "manifest",
    "witness",
    "mail-receipt",
    "dates",
    "own-dates",
}


def pages_of(election, tracker):
    """The address of every page of this election, and of those that list elections."""
    given = {"slug": election.slug, "tracker": tracker}
    for route in urlpatterns:
        for names in ((), ("slug",), ("slug", "tracker")):
            page = getattr(route, "name", None)
            if page is None or page in NO_PAGES:
                continue
            with suppress(NoReverseMatch):
                yield reverse(f"voting:{page}", kwargs={name: given[name] for name in names})


def test_a_single_server_key_is_named_on_every_page(poll, voter):
    details = "/elections/e/details/"
    shown = {"/": voter.get("/"), details: voter.get(details)}
    shown["/elections/e/ballot/"] = voter.post(details, DETAILS, follow=True)
    tracker = poll.cast()

    for path in pages_of(poll.election, tracker):
        shown.setdefault(path, voter.get(path))
    shown["already cast"] = voter.get("/elections/e/ballot/")

    assert len(shown) == 11
    pages = {path: page.content.decode().lower() for path, page in shown.items()}
    assert [path for path, text in pages.items() if "server alone" not in text] == []


def test_every_page_of_an_election_without_registrars_says_what_that_means(poll, voter):
    details = "/elections/e/details/"
    pages = {details: voter.get(details)}
    pages["/elections/e/ballot/"] = voter.post(details, DETAILS, follow=True)
    tracker = poll.cast()
    for path in pages_of(poll.election, tracker):
        if path.startswith("/elections/e/"):
            pages.setdefault(path, voter.get(path))

    words = "could cast ballots for people who stay away"
    assert len(pages) == 7
    without = [path for path, page in pages.items() if words not in page.content.decode()]
    assert without == []


@pytest.fixture
def officer(admin_user, client):
    client.force_login(admin_user, BACKEND)
    session = client.session
    session.save()
    return admin_user


def test_names_with_markup_are_shown_as_text(db, client):
    poll = draft_election()
    poll.election.title = "<script>alert(1)</script>"
    poll.election.save()
    from django.utils import timezone

    from voting.elections import freezing

    freezing.freeze(poll.election, actor=poll.official, now=timezone.now())

    page = client.get("/elections/e/").content.decode()

    assert "<script>alert" not in page


def test_the_api_gives_officials_rolls_and_others_nothing(poll, client, django_user_model):
    voter = poll.users[0]
    client.force_login(voter, BACKEND)

    refused = [client.get(p).status_code for p in ("/api/elections/e/roll/", "/api/voters/")]

    assert refused == [403, 403]
    assert client.get("/api/elections/e/").json()["single_server_key"] is True


def test_the_demonstration_is_made_once(db, django_user_model):
    from django.utils import timezone

    from voting.elections import demonstration

    official = django_user_model.objects.create_user("official")
    first = demonstration.create(official, timezone.now())

    second = demonstration.create(official, timezone.now())

    assert len(first) == 3
    assert second == []
    assert Election.objects.get().state == "open"


def test_a_grant_for_one_election_is_not_spent_in_another(db, now):
    from voting.ballots import casting
    from voting.refusals import CastRefused

    here, there = open_poll(), open_poll(slug="there")
    made = here.encrypt()
    give_grant(there.users[0], made.opening.tracker)

    with pytest.raises(CastRefused):
        casting.cast_ballot(here.election, here.voter(), made.ballot.to_json(), now=now)


def test_roles_hold_what_their_work_needs(db, django_user_model):
    from django.contrib.auth.models import Group

    may = {}
    for role in ("election officer", "auditor", "registrar"):
        user = django_user_model.objects.create_user(role.replace(" ", "-"), is_staff=True)
        user.groups.add(Group.objects.get(name=role))
        may[role] = user.has_perm("voting.run_election"), user.has_perm("voting.change_election")

    assert may["election officer"] == (True, True)
    assert may["auditor"] == (False, False)
    assert may["registrar"] == (False, False)
