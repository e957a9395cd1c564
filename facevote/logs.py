"""Keeps details of requests that may be personal out of the log."""

from __future__ import annotations

import logging
import re

_QUERY = re.compile(r"\?[^\s\"']*")


class Redact(logging.Filter):
    """Cuts query strings out of every line: they may contain a search for a name."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if "?" in message:
            record.msg, record.args = _QUERY.sub("?…", message), None
        return True
