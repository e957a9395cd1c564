"""Officials who save one form at the same moment: the first is stored, all others are told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from accounts.models import User
from tests.support.office_forms import opened
from tests.support.polls import draft_election
from tests.support.whole_login import WholeLoginClient
from voting.models import Election

OFFICIALS = 4

pytestmark = pytest.mark.race


def save(client, address, form, number):
    try:
        return client.post(address, {**form, "title": f"Title {number}"})
    finally:
        connections.close_all()


def test_one_of_many_officials_at_the_same_moment_is_stored(unguarded_after):
    if connection.vendor == "sqlite" and "memory" in str(connection.settings_dict["NAME"]):
        pytest.skip("threads need a database file, not SQLite's memory")
    election = draft_election().election
    address = f"/admin/voting/election/{election.pk}/change/"
    browsers = [WholeLoginClient() for _number in range(OFFICIALS)]
    for number, browser in enumerate(browsers):
        browser.force_login(User.objects.create_superuser(f"chief-{number}"))
    forms = [opened(browser, address) for browser in browsers]

    with ThreadPoolExecutor(OFFICIALS) as pool:
        answers = list(
            pool.map(lambda n: save(browsers[n], address, forms[n], n), range(OFFICIALS))
        )

    stored = [number for number, answer in enumerate(answers) if answer.status_code == 302]
    assert len(stored) == 1
    assert Election.objects.get().title == f"Title {stored[0]}"
    told = [a.content.decode() for a in answers if a.status_code == 200]
    assert all("Somebody else has changed this" in page for page in told)
    assert len(told) == OFFICIALS - 1
