"""The log as JSON: one object a line, with the exception, and nothing that a library attached."""

from __future__ import annotations

import json
import logging

from facevote.logs import Redact, json_formatter


def line(**fields):
    record = logging.LogRecord("site", logging.ERROR, "f.py", 1, "%s of %s", (1, 2), None)
    vars(record).update(fields)
    Redact().filter(record)
    return json_formatter().format(record)


def test_a_line_is_one_object():
    found = json.loads(line())

    assert found["event"] == "1 of 2"
    assert (found["level"], found["logger"]) == ("error", "site")
    assert found["timestamp"].endswith("Z")


def test_an_exception_stays_on_the_line():
    try:
        raise RuntimeError("broken")
    except RuntimeError as error:
        text = line(exc_info=(RuntimeError, error, error.__traceback__))

    assert "\n" not in text
    assert "RuntimeError: broken" in json.loads(text)["exception"]


def test_what_is_attached_to_a_record_is_not_written():
    text = line(request="GET /?name=alice", status_code=500, user="alice")

    assert "alice" not in text


def test_a_query_is_cut_out_of_the_line():
    text = line(msg="GET /admin/?q=alice", args=None)

    assert json.loads(text)["event"] == "GET /admin/?…"
