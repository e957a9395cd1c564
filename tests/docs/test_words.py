"""Every word that a page shows can be translated, and every failure of the camera has a way on."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from biometrics.engine.types import Hint
from tests.support.places import BASE
from voting.roll.reading.header import COLUMNS

TEMPLATES = sorted((BASE / "templates").rglob("*.html"))
# Names, codes and signs that are the same in every language.
SAME = {"FaceVote", "voter_number", "name", "date_of_birth", "district", "username", "email"}
READ_OUT = {"alt", "title", "aria-label", "placeholder", "value"}
BLOCKS = re.compile(
    r"{%\s*blocktranslate.*?{%\s*endblocktranslate\s*%}|{%\s*comment.*?{%\s*endcomment\s*%}|{#.*?#}",
    re.DOTALL,
)
TAGS = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
UNTOLD = {"script", "style", "code", "pre"}


class Words(HTMLParser):
    """Letters between tags and in attributes that are read out."""

    def __init__(self):
        super().__init__()
        self.found = []
        self.inside = []

    def handle_starttag(self, tag, attrs):
        if tag in UNTOLD:
            self.inside.append(tag)
        for name, value in attrs:
            shown = name in READ_OUT and not (name == "value" and tag != "input")
            if shown and value and value not in {"yes", "no", "erase_biometrics", "paper_consent"}:
                self.look(value)

    def handle_endtag(self, tag):
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data):
        if not self.inside:
            self.look(data)

    def look(self, text):
        self.found += [
            word
            for word in re.findall(r"[^\W\d_]{2,}\w*", text)
            if word not in SAME and word not in {"nbsp", "rsaquo"}
        ]


def untranslated(text):
    reader = Words()
    reader.feed(TAGS.sub("", BLOCKS.sub("", text)))
    return reader.found


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(BASE)))
def test_all_words_of_a_page_go_through_gettext(path):
    assert untranslated(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "text", ["<p>Hello</p>", '<img alt="A face">', "<p>{{ name }} has voted</p>"]
)
def test_a_word_that_is_not_translated_is_found(text):
    assert untranslated(text)


def test_no_script_brings_words_of_its_own():
    """They are read from the page; a script only fills in numbers and names."""
    shown = re.compile(r"textContent\s*=\s*[\"'][^\"']*[a-z]{3}|alert\(|innerHTML")
    for path in (BASE / "static" / "js").rglob("*.js"):
        assert not shown.search(path.read_text(encoding="utf-8")), path


CAPTURE = (BASE / "templates" / "biometrics" / "_capture.html").read_text(encoding="utf-8")
FAILURES = (
    "refused",
    "timed-out",
    "too-many-tries",
    "connection-lost",
    "paused",
    "no-camera",
    "permission-refused",
    "camera-busy",
    "insecure-context",
    "unsupported",
    "consent-needed",
    "signed-out",
    "not-enrolled",
    "blocked",
)


@pytest.mark.parametrize("state", FAILURES)
def test_every_failure_of_the_face_step_says_what_to_do_next(state):
    (section,) = re.findall(
        rf'<section[^>]*data-state="{state}"[^>]*>(.*?)</section>', CAPTURE, re.DOTALL
    )

    assert re.search(r"<h2[^>]*tabindex=\"-1\"", section)
    ways = ("data-start", "href=", "_capture_try_again.html", "_capture_help.html")
    assert any(way in section for way in ways)


@pytest.mark.parametrize("state", ["connecting", "waiting", "queued", "reconnecting", "starting"])
def test_whoever_waits_at_the_camera_is_told_for_what(state):
    assert re.search(rf'<section[^>]*data-state="[^"]*\b{state}\b', CAPTURE)


@pytest.mark.parametrize("hint", Hint)
def test_every_hint_has_words_on_the_page(hint):
    assert re.search(rf'<li data-hint="{hint}">{{% translate "[^"]+" %}}</li>', CAPTURE)


ROLL_PAGES = ("templates/voting/admin/_roll_upload.html", "docs/guide.md")


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("page", ROLL_PAGES)
def test_every_column_of_the_roll_is_described(page, column):
    text = (BASE / page).read_text(encoding="utf-8")

    assert re.search(rf"(?:`|<code>){column}(?:`|</code>)", text)
