"""What officials type of an election: texts, languages, districts, trustees and witnesses."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model

from tests.support.key_holders import make_key, name_trustees, register_all
from tests.support.polls import draft_election
from voting.models import BoardEvent, Choice, Contest, Election, JointStep, Trustee, Witness

ELECTION_ROWS = ("contests", "trustees", "registrars", "witnesses")


@pytest.fixture
def office(client, monkeypatch):
    """The second factor is tested with the accounts; here the door of the admin stands open."""
    from django.contrib import admin

    monkeypatch.setattr(admin.site, "has_permission", lambda request: request.user.is_staff)
    sign_in(client, "chief")
    return client


def sign_in(client, name):
    users = get_user_model().objects
    user = users.filter(username=name).first() or users.create_superuser(name)
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")


def sent(page, **changes):
    """What a browser would send back of this page's form, with these changes."""
    form = page.context["adminform"].form
    values = {}
    for part in (form, *(f for s in page.context["inline_admin_formsets"] for f in _forms(s))):
        for field in part:
            value = field.value()
            if isinstance(value, bool):
                value = "on" if value else None
            if value is not None and not hasattr(value, "read"):
                values[field.html_name] = value
            if hasattr(field.field, "fields"):
                values.pop(field.html_name, None)
    # The mark of what this page has shown, by which an older page is refused.
    return {**values, "_seen": page.context["seen"], **changes}


def _forms(inline):
    return [inline.formset.management_form, *inline.formset.forms]


def change(office, row, **changes):
    model = type(row)._meta.model_name
    address = f"/admin/voting/{model}/{row.pk}/change/"
    page = office.get(address)
    return office.post(address, sent(page, **changes), follow=True)


def test_typed_texts_are_brought_into_the_one_form(draft, office):
    answer = change(
        office, draft.election, title=" Jose\u0301 \u00a0 & Co ", description="a \r\n\r\nb"
    )

    draft.election.refresh_from_db()
    assert answer.status_code == 200
    assert (draft.election.title, draft.election.description) == ("José & Co", "a\n\nb")


@pytest.mark.parametrize("title", ["a\u200bb", "\u202eevil", "x\ue000"])
def test_what_nobody_sees_is_refused_where_it_is_typed(draft, office, title):
    answer = change(office, draft.election, title=title)

    assert "a character that nobody sees" in answer.content.decode()
    draft.election.refresh_from_db()
    assert draft.election.title == "An election"


def test_a_change_that_throws_keys_away_asks_first_and_says_so_after(db, office):
    poll = draft_election(key_mode="trustees", threshold=2)
    make_key(poll.election)

    asked = change(office, poll.election, threshold="3")
    poll.election.refresh_from_db()
    before = poll.election.threshold
    done = change(office, poll.election, threshold="3", restart_keys="on")

    assert "3 trustees would have to make their keys anew" in asked.content.decode()
    assert before == 2
    assert "3 trustees must make their keys anew" in done.content.decode()
    assert not Trustee.objects.exclude(registration=None).exists()


def test_a_change_of_something_else_keeps_the_keys(db, office):
    poll = draft_election(key_mode="trustees", threshold=2)
    make_key(poll.election)

    change(office, poll.election, title="Another title")

    assert Trustee.objects.exclude(confirmation=None).count() == 3


def test_naming_a_trustee_asks_before_it_throws_keys_away(db, office):
    poll = draft_election(key_mode="trustees", threshold=2)
    register_all(poll.election, name_trustees(poll.election, 3))
    new = {"election": poll.election.pk, "name": "Fourth"}

    asked = office.post("/admin/voting/trustee/add/", new, follow=True)
    done = office.post("/admin/voting/trustee/add/", {**new, "restart_keys": "on"}, follow=True)

    assert "3 trustees would have to make their keys anew" in asked.content.decode()
    assert "3 trustees must make their keys anew" in done.content.decode()
    assert poll.election.trustees.count() == 4


def test_the_fifty_first_trustee_is_refused_on_the_form(db, office):
    poll = draft_election(key_mode="trustees", threshold=2)
    name_trustees(poll.election, 50)

    answer = office.post(
        "/admin/voting/trustee/add/", {"election": poll.election.pk, "name": "One more"}
    )

    assert "at most 50 trustees" in answer.content.decode()
    assert poll.election.trustees.count() == 50


def test_each_text_has_a_field_in_each_other_language(draft, office):
    change(office, draft.election, other_languages="de")
    contest = Contest.objects.get()
    change(office, draft.election, title__de="Eine Wahl")
    rows = {f"choices-{n}-name__de": f"Wahl {n}" for n in range(3)}

    change(office, contest, title__de="Vorsitz", **rows)

    draft.election.refresh_from_db()
    contest.refresh_from_db()
    assert draft.election.translations["de"]["title"] == "Eine Wahl"
    assert contest.translations["de"]["title"] == "Vorsitz"
    texts = Choice.objects.order_by("order").values_list("translations", flat=True)
    assert [text["de"]["name"] for text in texts] == ["Wahl 0", "Wahl 1", "Wahl 2"]


def test_districts_of_a_contest_are_typed_one_on_each_line(draft, office):
    contest = Contest.objects.get()

    change(office, contest, districts="South \n\nNorth\nSouth")

    contest.refresh_from_db()
    assert contest.groups == ["North", "South"]


def test_a_witness_is_named_with_a_key(draft, office):
    rows = {
        "witnesses-TOTAL_FORMS": "1",
        "witnesses-0-name": "The press",
        "witnesses-0-key": "ab" * 32,
        "witnesses-0-election": draft.election.pk,
    }
    wrong = change(office, draft.election, **{**rows, "witnesses-0-key": "AB"})
    assert "64 small hexadecimal digits" in wrong.content.decode()

    change(office, draft.election, witness_quorum="1", **rows)

    assert Witness.objects.get().name == "The press"
    draft.election.refresh_from_db()
    assert draft.election.witness_quorum == 1


def test_one_official_proposes_a_step_and_another_approves_it(db, office, client):
    poll = draft_election(key_mode="trustees", threshold=2)
    register_all(poll.election, name_trustees(poll.election, 3))
    new = {"election": poll.election.pk, "kind": "restart", "reason": "Trustee 2 lost the file"}
    office.post("/admin/voting/jointstep/add/", new)
    step = JointStep.objects.get()
    approval = {"action": "approve", "_selected_action": [step.pk]}
    alone = office.post("/admin/voting/jointstep/", approval, follow=True)
    assert "Another official must approve" in alone.content.decode()

    sign_in(client, "second")
    client.post("/admin/voting/jointstep/", approval, follow=True)

    step.refresh_from_db()
    assert step.approved_by is not None
    assert not Trustee.objects.exclude(registration=None).exists()
    assert not BoardEvent.objects.exists()


def test_a_step_that_is_not_possible_is_refused_on_the_form(draft, office):
    new = {"election": draft.election.pk, "kind": "waive", "reason": "x"}

    answer = office.post("/admin/voting/jointstep/add/", new)

    assert "this step is not possible now" in answer.content.decode()
    assert not JointStep.objects.exists()
    assert Election.objects.count() == 1
