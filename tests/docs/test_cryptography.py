"""docs/cryptography.md is a contract: tags, formats and kinds in the code stand in it."""

from __future__ import annotations

import re

from tests.support.places import BASE
from voting.crypto.board.chain import BoardEventKind

DOCUMENT = (BASE / "docs" / "cryptography.md").read_text(encoding="utf-8")
PATTERN = re.compile(r"facevote-[12]/[a-z-]+|facevote-[a-z-]+-[12]\b")


def named_in(*patterns: str) -> set[str]:
    paths = (path for pattern in patterns for path in BASE.glob(pattern))
    return {name for path in paths for name in PATTERN.findall(path.read_text(encoding="utf-8"))}


def test_every_tag_and_format_is_documented() -> None:
    code = named_in("voting/crypto/**/*.py", "static/js/crypto/**/*.js")
    outside = named_in("verifier/**/*.py")

    documented = set(PATTERN.findall(DOCUMENT))

    # Section 12: format 1 has the same names with another digit.
    assert {name for name in code if not {name, other_format(name)} & documented} == set()
    known = code | outside
    assert {name for name in documented if not {name, other_format(name)} & known} == set()


def other_format(name: str) -> str:
    """The tag or format of the same name in the other format."""
    return name.translate(str.maketrans("12", "21"))


def test_every_kind_of_event_is_documented() -> None:
    rows = set(re.findall(r"(?m)^\| `([a-z]+)` \|", DOCUMENT))

    assert rows == {str(kind) for kind in BoardEventKind}


def test_every_module_is_in_the_table() -> None:
    folder = BASE / "voting" / "crypto"
    python = (path for path in folder.rglob("*.py") if path.name != "__init__.py")
    modules = {path.relative_to(folder).as_posix() for path in python}
    modules |= {path.name for path in (BASE / "static" / "js" / "crypto").glob("*.js")}

    assert {name for name in modules if f"`{name}`" not in DOCUMENT} <= set()
