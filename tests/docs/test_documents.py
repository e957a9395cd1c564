"""What the documents say is what the code does: settings, commands, protocol, links."""

from __future__ import annotations

import re

import pytest

from biometrics.engine.frame_message import MAX_JPEG_BYTES
from biometrics.engine.pad.cues import CueKind
from biometrics.engine.session import Reason
from biometrics.engine.types import Hint
from biometrics.verification import protocol
from tests.support.places import BASE

README = (BASE / "README.md").read_text(encoding="utf-8")
SETTINGS_PAGE = (BASE / "docs" / "settings.md").read_text(encoding="utf-8")
SETTINGS = {
    path.name: path.read_text(encoding="utf-8")
    for path in sorted((BASE / "facevote" / "settings").glob("*.py"))
}
PROTOCOL = (BASE / "docs" / "protocol.md").read_text(encoding="utf-8")
COMMANDS = (BASE / "docs" / "commands.md").read_text(encoding="utf-8")
DOCUMENTS = sorted([*BASE.glob("*.md"), *(BASE / "docs").glob("*.md")])


def read_from_the_environment():
    read = re.compile(r'(?:env\.[a-z_]+|_key)\(\s*"([A-Z_]+)"')
    return {name for text in SETTINGS.values() for name in read.findall(text)}


def described():
    rows = re.findall(r"^\| ((?:`[A-Z_]+`(?:, )?)+) \|", SETTINGS_PAGE, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}


def test_the_settings_table_names_every_setting_and_no_other():
    assert described() == read_from_the_environment()


def test_each_setting_is_set_in_one_file_only():
    files = [name for text in SETTINGS.values() for name in set(assigned(text))]

    assert len(files) == len(set(files))


def assigned(text):
    return re.findall(r"^([A-Z][A-Z_0-9]+)(?:: [^=]+)? =", text, re.MULTILINE)


def test_the_example_environment_names_settings_only():
    example = (BASE / ".env.example").read_text(encoding="utf-8")

    named = set(re.findall(r"^#? ?([A-Z_]+)=", example, re.MULTILINE))

    assert named <= read_from_the_environment()
    assert {"SECRET_KEY", "TEMPLATE_KEYS", "ALLOWED_HOSTS"} <= named


def test_every_command_is_described_and_no_other():
    there = {
        path.stem
        for path in BASE.glob("*/management/commands/*.py")
        if not path.stem.startswith("_")
    }

    named = set(re.findall(r"^\| `([a-z_]+)(?: [A-Z]+)?` \|", COMMANDS, re.MULTILINE))

    assert there == named


def test_every_benchmark_is_described():
    runnable = {
        ".".join(path.relative_to(BASE).with_suffix("").parts)
        for path in (BASE / "benchmarks").rglob("*.py")
        if "__main__" in path.read_text(encoding="utf-8")
    }

    described = set(re.findall(r"python -m (benchmarks\.[a-z_.]+)", COMMANDS))
    # `manage.py attack_report` plays the attack kit.
    assert runnable == described | {"benchmarks.attacks.play"}


def test_the_protocol_names_every_code_reason_hint_and_cue():
    for code in protocol.Close:
        assert f"| {int(code)} |" in PROTOCOL
    for word in (*Reason, *Hint, *CueKind):
        assert f"`{word}`" in PROTOCOL
    assert f"{MAX_JPEG_BYTES:,}" in PROTOCOL


def anchors(text):
    """What GitHub makes of the headings: lower case, hyphens for spaces, no other signs."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document):
    text = document.read_text(encoding="utf-8")
    for target, anchor in re.findall(r"\]\(([^)#]*)#?([^)]*)\)", text):
        if target.startswith("http"):
            continue
        file = document.parent / target if target else document
        assert file.exists(), target
        if anchor:
            assert anchor in anchors(file.read_text(encoding="utf-8")), f"{target}#{anchor}"


def test_every_picture_and_every_page_is_reached_from_a_document():
    linked = {
        (document.parent / target).resolve()
        for document in DOCUMENTS
        for target in re.findall(r"\]\(([^)#]+)", document.read_text(encoding="utf-8"))
    }

    pages = {*(BASE / "docs").glob("*.md"), *(BASE / "docs" / "pictures").iterdir()}

    assert pages <= linked


def test_the_make_targets_of_the_readme_exist():
    makefile = (BASE / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"make ([a-z-]+)", README)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


ROOMS = (
    "accounts",
    "biometrics",
    "voting",
    "facevote",
    "verifier",
    "benchmarks",
    "static",
    "tests",
)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_path_that_a_document_names_exists(document):
    text = document.read_text(encoding="utf-8")
    paths = {name for name in re.findall(r"`([\w./-]+)`", text) if name.split("/")[0] in ROOMS}
    modules = re.findall(rf"python -m ((?:{'|'.join(ROOMS)})[\w.]*)", text)
    named = {name for name in paths if "/" in name} | {
        f"{module.replace('.', '/')}.py" for module in modules
    }

    assert {name for name in named if not (BASE / name).exists()} == set()
