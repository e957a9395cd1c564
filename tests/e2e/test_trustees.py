"""The whole of an election with trustees, each in a browser of its own, down to the verifier."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import WAIT_MS, drawn_page
from tests.e2e.drawn_site import cast, encrypt, sign_in_fully, take_election_step
from tests.e2e.trustee_browser import (
    TrusteeBrowser,
    decrypt_after_comparing,
    endorse,
    make_the_key,
    name_trustees,
    official,
    verified,
)

SLUG = "trusted"
SET_UP = f"""
from accounts.models import User
from voting.models import Choice, Contest, Election, VoterRollEntry
election = Election.objects.create(
    slug={SLUG!r}, title='The chair', key_mode='trustees', threshold=2,
    ask_voter_number=False, ask_date_of_birth=False, board_identity='alias')
contest = Contest.objects.create(election=election, title='Chair')
for order, name in enumerate(('Mara', 'Noor', 'Otto')):
    Choice.objects.create(contest=contest, name=name, order=order)
for number, name in enumerate(('ada', 'ben')):
    user = User.objects.get(username=name)
    VoterRollEntry.objects.create(
        election=election, user=user, name=name, voter_number=f'T{{number}}')
"""


@pytest.fixture(scope="module")
def election(drawn_site):
    drawn_site.shell(SET_UP)
    found = drawn_site.shell(
        f"from voting.models import Election; print(Election.objects.get(slug={SLUG!r}).pk)"
    )
    return int(found.split()[-1])


def vote(browser, site, name, choice):
    page = drawn_page(browser)
    sign_in_fully(page, site, name)
    page.goto(f"{site.url}/elections/{SLUG}/ballot/")
    page.locator("label.choice", has_text=choice).click()
    page.get_by_role("button", name="Review my ballot").click()
    encrypt(page)
    return cast(page)


def test_three_trustees_make_a_key_and_two_of_them_count(
    drawn_site, election, browser_with, tmp_path
):
    with official(browser_with, drawn_site) as office:
        browser = office.context.browser
        links = name_trustees(office, drawn_site, election)
        _greta, henry, iris = trustees = [TrusteeBrowser(browser, link, tmp_path) for link in links]

        make_the_key(trustees)
        take_election_step(office, drawn_site, election, "Freeze the election")
        fingerprint = endorse(trustees)
        take_election_step(office, drawn_site, election, "Open the election")
        vote(browser, drawn_site, "ada", "Noor")
        tracker = vote(browser, drawn_site, "ben", "Noor")
        take_election_step(office, drawn_site, election, "Close the election")
        take_election_step(office, drawn_site, election, "Count the ballots")
        expect(office.locator("[data-progress-words]")).to_contain_text("0 of 2 parts")
        # Greta has lost her file: two of three are enough.
        decrypt_after_comparing(henry, iris, counted="2")
        # The official's page follows by itself, and offers the next step.
        expect(office.get_by_role("link", name="Release the result")).to_be_visible(timeout=WAIT_MS)
        take_election_step(office, drawn_site, election, "Release the result")

        office.goto(f"{drawn_site.url}/elections/{SLUG}/results/")
        expect(office.get_by_role("row", name="Noor")).to_contain_text("2")
        answer = verified(drawn_site, office, SLUG, tmp_path)
        assert answer["ok"], answer["problems"]
        assert answer["result"][0]["counts"] == [0, 2, 0]
        assert answer["fingerprint"] == fingerprint
        assert tracker in (tmp_path / "board.jsonl").read_text()
        for trustee in trustees:
            assert not any(trustee.seed() in body for body in trustee.sent)


def test_another_trustees_file_is_not_taken(drawn_site, browser_with, tmp_path):
    drawn_site.shell(SET_UP.replace(SLUG, "mixed"))
    found = drawn_site.shell(
        "from voting.models import Election; print(Election.objects.get(slug='mixed').pk)"
    )
    with official(browser_with, drawn_site) as office:
        links = name_trustees(office, drawn_site, int(found.split()[-1]))
        trustees = [TrusteeBrowser(office.context.browser, link, tmp_path) for link in links]
        for trustee in trustees:
            trustee.make_key()
        first, second, _third = trustees

        first.page.reload()
        first.choose(second.key_file)

        expect(first.page.locator("[data-error]")).to_contain_text(
            "not the key file that you registered"
        )
        expect(first.page.get_by_label("Choose the file that you saved last")).to_be_visible()
