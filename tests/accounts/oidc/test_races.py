"""Two at the same moment: only one gets what there is once."""

from __future__ import annotations

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.oidc.models import AccessToken, AuthorizationRequest, SigningKey
from tests.support.at_once import at_once
from tests.support.people import enrolled
from tests.support.programs import code_for, program
from tests.support.whole_login import WholeLoginClient

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.race,
    pytest.mark.usefixtures("unguarded_after"),
]
MANY = 6


def test_a_code_that_comes_many_times_at_once_gives_tokens_to_one_at_most():
    shop, browser = program(), WholeLoginClient()
    browser.force_login(enrolled("ada"))
    code = code_for(browser, shop)

    answers = at_once(MANY, lambda _: shop.exchange(Browser(), code).status_code)

    assert answers.count(200) <= 1
    assert set(answers) <= {200, 400}
    # Somebody else has the code too: nobody keeps what it gave.
    assert not AccessToken.objects.exists()


def test_many_first_requests_make_one_pair_of_keys():
    answers = at_once(MANY, lambda _: Browser().get(reverse("oidc:keys")).status_code)

    assert set(answers) == {200}
    assert SigningKey.objects.count() == 2


def test_a_request_that_is_answered_in_many_tabs_gives_one_code():
    shop, browser = program(), WholeLoginClient()
    browser.force_login(enrolled("ada"))
    code_for(browser, shop)
    browser.post(reverse("oidc:authorize"), shop.fields())
    waits_at = reverse("oidc:waiting", args=[AuthorizationRequest.objects.latest("made_at").pk])

    def tab(_):
        other = WholeLoginClient()
        other.cookies = browser.cookies
        return other.get(waits_at).status_code

    answers = at_once(MANY, tab)

    assert answers.count(200) == 1
    assert answers.count(410) == MANY - 1
