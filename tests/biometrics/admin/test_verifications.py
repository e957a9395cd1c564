"""Officials read what became of the face steps: the newest first, and in words."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import User
from biometrics.models import VerificationSession

pytestmark = pytest.mark.django_db


def page(client, path):
    return client.get(path).content.decode()


def test_officials_read_verifications_newest_first_and_in_words(client):
    client.force_login(User.objects.create_superuser("chief"))
    now = timezone.now()
    for number, reason in enumerate(("no_match", "not_live")):
        VerificationSession.objects.create(
            user=User.objects.get(),
            purpose="login",
            ticket_hash=str(number),
            state="refused",
            reason=reason,
            created_at=now + dt.timedelta(minutes=number),
            ticket_expires_at=now,
        )

    shown = page(client, "/admin/biometrics/verificationsession/")

    table = shown.partition('id="result_list"')[2].partition("</table>")[0]
    assert table.index("taken for a picture or a screen") < table.index("did not match")
    only = page(client, "/admin/biometrics/verificationsession/?reason=no_match")
    assert "taken for" not in only.partition('id="result_list"')[2].partition("</table>")[0]
