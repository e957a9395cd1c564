"""Keeps details of requests that may be personal out of the log."""

from __future__ import annotations

import logging
import re

_QUERY = re.compile(r"\?[^\s\"']*")


# Django names the address of every answer of 400 and more. These hold a secret, or lead to a voter.
_SECRET_PATHS = re.compile(r"/(set-password|confirm-address|trustee|no-reminders)/[^/\s\"']+")


class Redact(logging.Filter):
    """Cuts query strings and the secrets of links out of every line.

    A query string may contain a search for a name.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        redacted = _SECRET_PATHS.sub(r"/\1/…", _QUERY.sub("?…", message))
        if redacted != message:
            record.msg, record.args = redacted, None
        return True
