"""Numbers that no row can have are found nowhere; they are no error of the server."""

from __future__ import annotations

import pytest

from accounts.models import User
from tests.support.officials import browser_of
from voting.models import Contest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("number", [2**63, 10**40, -(2**63) - 1])
def test_a_list_with_a_number_that_no_row_can_have_finds_the_others(number):
    user = User.objects.create_user("voter")

    assert list(User.objects.filter(pk__in=[number, user.pk])) == [user]
    assert not User.objects.filter(groups__in=[number])
    assert not User.objects.filter(groups__id__in=[number])
    assert not Contest.objects.filter(election__in=[number])
    assert not Contest.objects.filter(election_id__in=[number])


@pytest.mark.parametrize("path", ["accounts/user/{}/change/", "accounts/user/"])
def test_a_form_with_such_a_number_is_refused_in_words(path):
    chief = User.objects.create_superuser("chief")
    number = "9" * 40
    fields = {"username": "chief", "groups": [number], "user_permissions": [number]}
    fields |= {"action": "delete_selected", "_selected_action": [number]}

    answer = browser_of(chief).post(f"/admin/{path}".format(chief.pk), fields)

    assert answer.status_code in {200, 302}
