"""Only languages whose every word is translated are offered, whatever Django knows."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from django.conf import global_settings, settings

from tests.support.places import BASE

if TYPE_CHECKING:
    from pathlib import Path

KNOWN_TO_DJANGO = [code for code, _name in global_settings.LANGUAGES]


def unfinished(catalogue: str) -> list[str]:
    """The messages of a .po file that are marked fuzzy or have no translation."""
    blocks = re.split(r"\n\s*\n", catalogue.strip())[1:]
    return [
        block
        for block in blocks
        if "#, fuzzy" in block or re.search(r'^msgstr(\[\d\])? ""\s*$(?!\n")', block, re.MULTILINE)
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("language", KNOWN_TO_DJANGO)
def test_a_browser_of_any_language_gets_one_language_and_its_name(client, language):
    page = client.get("/sign-in/", headers={"Accept-Language": language})

    (shown,) = re.findall(r'<html lang="([^"]+)"', page.content.decode())
    assert shown in dict(settings.LANGUAGES)
    if language.split("-")[0] not in dict(settings.LANGUAGES):
        assert shown == settings.LANGUAGE_CODE


@pytest.mark.django_db
def test_djangos_own_sentences_stay_in_the_language_of_the_page(client):
    page = client.post("/sign-in/", {"username": ""}, headers={"Accept-Language": "de-DE,de;q=0.9"})

    assert "This field is required." in page.content.decode()


def test_every_language_that_is_offered_beside_english_has_a_finished_catalogue():
    for code, _name in settings.LANGUAGES:
        if code != "en":
            catalogue = BASE / "locale" / code / "LC_MESSAGES" / "django.po"
            assert unfinished(catalogue.read_text(encoding="utf-8")) == []
            assert (BASE / "facevote" / "formats" / code / "formats.py").is_file()


HEAD = 'msgid ""\nmsgstr ""\n"Language: de\\n"\n\n'


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ('msgid "Vote"\nmsgstr "Wählen"', 0),
        ('msgid "Vote"\nmsgstr ""\n"Wählen"', 0),
        ('msgid "Vote"\nmsgstr ""', 1),
        ('#, fuzzy\nmsgid "Vote"\nmsgstr "Wahl"', 1),
        ('msgid "a"\nmsgid_plural "b"\nmsgstr[0] "x"\nmsgstr[1] ""', 1),
    ],
)
def test_an_unfinished_message_is_found(message, found):
    assert len(unfinished(HEAD + message)) == found


def test_a_site_can_not_be_set_to_a_language_that_is_not_complete(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-c", "import facevote.settings"],
        cwd=BASE,
        env={"DATA_DIR": str(tmp_path), "LANGUAGE_CODE": "de", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "LANGUAGE_CODE is none of en: 'de'" in done.stderr
