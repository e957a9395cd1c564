"""A server that shows one voter another election than the one that was frozen."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.conftest import drawn_page
from tests.e2e.drawn_site import sign_in_fully, to_the_ballot

# A point that no trustee knows the secret of: the generator.
OTHER_KEY = "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"


def with_another_key(html: str) -> str:
    return re.sub(r'("public_key": ")[0-9a-f]{64}', rf"\g<1>{OTHER_KEY}", html)


def with_a_choice_less(html: str) -> str:
    return re.sub(r'<li>\s*<label class="choice">.*?</li>', "", html, count=1, flags=re.DOTALL)


def with_swapped_names(html: str) -> str:
    return (
        html.replace('choice-name">Ada Lindqvist', 'choice-name">?')
        .replace('choice-name">Ben Okafor', 'choice-name">Ada Lindqvist')
        .replace('choice-name">?', 'choice-name">Ben Okafor')
    )


def reload_with(page, change):
    def answer(route):
        response = route.fetch()
        html = response.text()
        assert change(html) != html
        route.fulfill(response=response, body=change(html))

    page.route("**/ballot/", answer)
    page.reload()
    page.unroute("**/ballot/")


def test_what_the_server_shows_instead_of_the_election_is_noticed(drawn_site, browser_with):
    with browser_with() as browser:
        page = drawn_page(browser)
        sign_in_fully(page, drawn_site, "ada")
        to_the_ballot(page, drawn_site, "ada")

        for change in (with_another_key, with_a_choice_less):
            reload_with(page, change)
            expect(page.get_by_text("What the server sent does not fit together")).to_be_visible()
            expect(page.get_by_role("button", name="Review my ballot")).to_be_hidden()

        # Swapped names are written over by the manifest's.
        reload_with(page, with_swapped_names)
        first = page.locator("fieldset[data-contest]").first.locator("label.choice").first
        expect(first).to_contain_text("Ada Lindqvist")
        expect(first.locator("input")).to_have_attribute("value", "choice-1")
