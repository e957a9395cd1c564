from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from facevote.serving import vendor
from tests.support.places import BASE

if TYPE_CHECKING:
    from pathlib import Path

NODE_MODULES = BASE / "node_modules"


DECODE = "qr/decode.js"


def test_bare_and_relative_imports_lead_to_the_laid_out_files() -> None:
    source = """import e from"libsodium-sumo";let a;
import {
  b,
} from './index.js';
"""

    text = vendor.rewrite(DECODE, source)

    assert 'import e from"../libsodium/libsodium.js";let a;' in text
    assert "from './encode.js'" in text


def test_code_and_comments_that_speak_of_imports_are_left_alone() -> None:
    source = " * import { a } from 'other';\nexport const TEXT = 'from \"y\"';\n"

    assert vendor.rewrite(DECODE, source) == source


@pytest.mark.parametrize("name", ["left-pad", "./dom.js"])
def test_a_library_that_nobody_lays_out_is_refused(name: str) -> None:
    with pytest.raises(vendor.VendorError):
        vendor.rewrite(DECODE, f"import x from '{name}';\n")


def test_missing_libraries_are_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(vendor.VendorError, match="npm ci"):
        vendor.lay_out(tmp_path, tmp_path / "vendor")


def test_every_import_that_is_laid_out_leads_to_a_file(tmp_path: Path) -> None:
    if not (NODE_MODULES / vendor.MODULES["qr"]).is_file():
        pytest.skip("the browser's libraries are not installed: npm ci")

    written = vendor.lay_out(NODE_MODULES, tmp_path)

    for path in (path for path in written if path.suffix == ".js"):
        for name in re.findall(
            r"(?m)^(?:import|export)\b[^;]*?from ?['\"](.+?)['\"]", path.read_text()
        ):
            assert (path.parent / name).is_file(), f"{path.name} imports {name}"
    assert (tmp_path / "libsodium" / "LICENSE").is_file()


def test_the_lock_file_names_no_address_to_download_from() -> None:
    packages = json.loads((BASE / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    for package in packages.values():
        # Where its authors ask for donations; nothing is fetched from there.
        package.pop("funding", None)

    assert packages
    assert "http" not in json.dumps(packages)
