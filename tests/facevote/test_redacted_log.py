"""The log names no search, and no secret of a link."""

from __future__ import annotations

import logging

import pytest

from facevote.logs import Redact


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("Gone: /set-password/abc-DEF_1/", "Gone: /set-password/…/"),
        ("Gone: /confirm-address/abc/", "Gone: /confirm-address/…/"),
        ("Not Found: /trustee/abc/state/", "Not Found: /trustee/…/state/"),
        ("Not Found: /no-reminders/Mw:1x:y/", "Not Found: /no-reminders/…/"),
        ("Forbidden: /admin/?q=Dora", "Forbidden: /admin/?…"),
        ("Not Found: /elections/x/", "Not Found: /elections/x/"),
    ],
)
def test_secrets_and_searches_are_cut_out(line, shown):
    record = logging.LogRecord("x", logging.WARNING, "", 1, "%s", (line,), None)

    assert Redact().filter(record)
    assert record.getMessage() == shown
