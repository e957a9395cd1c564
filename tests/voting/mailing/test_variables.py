"""Texts of letters: variables are checked when they are saved, and filled in as plain text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.mailing.default_texts import DEFAULT_TEXTS
from voting.mailing.html_part import html_body
from voting.mailing.variables import MEANINGS, NEEDED, VARIABLES, fill, fill_line, problems
from voting.models import MailKind

VALUES = {name: f"<{name}>" for name in MEANINGS}


@pytest.mark.parametrize("kind", MailKind)
def test_the_built_in_words_of_every_kind_can_be_sent(kind):
    subject, body = DEFAULT_TEXTS[kind]

    assert problems(kind, subject, body) == []
    assert "{" not in fill(body, VALUES)


@pytest.mark.parametrize(
    ("subject", "body", "words"),
    [
        ("Hello", "{link} {lnik}", "{lnik} is no variable"),
        ("Hello", "{link} {tracker}", "{tracker} is no variable"),
        ("Hello", "no way in", "must have {link}"),
        ("{link}", "{link}", "must not stand in the subject"),
        ("Hello", "{link} {", "stands alone"),
        ("Hello", "{link} }", "stands alone"),
        ("Hello", "{link} {name.email}", "{name.email} is no variable"),
        ("Hello", "{link} {0}", "{0} is no variable"),
        ("Hello", "{link} {}", "{} is no variable"),
        ("Hello", "{link} {name!r}", "{name!r} is no variable"),
    ],
)
def test_what_could_not_be_sent_is_named(subject, body, words):
    found = problems(MailKind.INVITATION, subject, body)

    assert any(words in sentence for sentence in found), found


texts = st.text(max_size=200)
values = st.fixed_dictionaries(dict.fromkeys(MEANINGS, st.text(max_size=40)))


@given(texts, texts)
def test_whatever_is_accepted_can_be_filled_in(subject, body):
    body = body + "{link}"
    if not problems(MailKind.INVITATION, subject, body):
        known = dict.fromkeys(VARIABLES[MailKind.INVITATION], "x")
        fill(body, known)
        assert not re.search(r"[\r\n]", fill_line(subject, known))


@given(values)
def test_a_value_is_never_read_as_a_variable(given_values):
    text = fill("{name}|{link}", given_values)

    assert text == f"{given_values['name']}|{given_values['link']}"


@given(st.text(max_size=60))
def test_a_name_makes_no_second_header(name):
    assert len(fill_line("For {name}", {"name": name}).splitlines()) <= 1


@given(st.text(max_size=300))
def test_the_html_part_says_what_the_text_says_and_brings_no_markup_of_its_own(text):
    html = html_body(text)

    tags = set(re.findall(r"<[^>]*>", html))
    assert all(re.fullmatch(r"</?p>|<br>|</a>|<a href=\"https?://[^\"<>]+\">", tag) for tag in tags)


def test_addresses_become_links_without_the_full_stop():
    html = html_body("Go to https://x.org/a/?b=1&c=2.\nThen stop.")

    assert html == (
        '<p>Go to <a href="https://x.org/a/?b=1&amp;c=2">https://x.org/a/?b=1&amp;c=2</a>.'
        "<br>Then stop.</p>"
    )


def test_braces_are_typed_twice():
    assert fill("{{name}} {name}", {"name": "Dora"}) == "{name} Dora"


def test_every_variable_has_a_meaning_and_every_kind_its_table():
    used = {name for names in VARIABLES.values() for name in names}

    assert used == set(MEANINGS)
    assert set(VARIABLES) == set(NEEDED) == set(MailKind) == set(DEFAULT_TEXTS)
