"""The audit log speaks in words, and can be filtered by them."""

from __future__ import annotations

import pytest
from django.db import transaction

from accounts.admin.audit_words import WORDS, words_of
from accounts.audit import Action, record
from accounts.models import User
from tests.support.officials import browser_of

LOG = "/admin/accounts/auditevent/"


def test_every_event_has_words_and_an_unknown_one_its_code():
    assert set(WORDS) == set(Action)
    assert len({str(words) for words in WORDS.values()}) == len(WORDS)
    assert words_of("of_an_earlier_version") == "of_an_earlier_version"


@pytest.mark.django_db
def test_the_list_and_its_filter_show_words_and_no_codes():
    chief = User.objects.create_superuser("chief")
    with transaction.atomic():
        record(Action.BALLOT_CAST, actor=chief)
        record(Action.LOCKOUT_RESET, actor=chief)

    page = browser_of(chief).get(LOG, {"action": "ballot_cast"})

    (shown,) = page.context["cl"].result_list
    assert shown.action == Action.BALLOT_CAST
    rows = page.content.decode().split("<tbody>")[1].split("</tbody>")[0]
    assert "A ballot was cast" in rows
    assert ">ballot_cast<" not in rows
    assert "A face check was turned on again</a>" in page.content.decode()
    assert "A ballot was cast" in browser_of(chief).get(f"{LOG}{shown.pk}/change/").content.decode()
