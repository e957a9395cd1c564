"""Keeps details of requests that may be personal out of the log; writes it as JSON on wish."""

from __future__ import annotations

import logging
import re

import structlog

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


def json_formatter() -> logging.Formatter:
    """One JSON object a line: timestamp, level, logger, event, and the exception if there is one.

    Nothing else that a library attaches to a record gets in, such as the request.
    """
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
