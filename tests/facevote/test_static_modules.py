"""The worker that encrypts ballots loads from hashed static files, without an import map."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.core.management import call_command

from facevote.serving import vendor
from facevote.storage import StaticStorage

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django import Settings

IMPORT = re.compile(r"""(?m)^(?:import|export)\b(?:[^"'()=;]*?\bfrom)?\s*["']([^"']+)["']""")


@pytest.fixture
def storage(tmp_path: Path, settings: Settings) -> StaticStorage:
    if not (settings.BASE_DIR / "node_modules" / vendor.MODULES["qr"]).is_file():
        pytest.skip("the browser's libraries are not installed: npm ci")
    vendor.lay_out(settings.BASE_DIR / "node_modules", tmp_path / "vendor")
    source = settings.BASE_DIR / "static" / "js" / "crypto"
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STATICFILES_DIRS = [("vendor", tmp_path / "vendor"), ("js/crypto", source)]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "facevote.storage.StaticStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    return StaticStorage(location=settings.STATIC_ROOT, base_url=settings.STATIC_URL)


@pytest.mark.parametrize("worker", ["worker.js", "trustees/worker.js"])
def test_every_module_behind_a_worker_is_a_hashed_file(storage: StaticStorage, worker: str) -> None:
    name = storage.stored_name(f"js/crypto/{worker}")
    waiting, seen = [settings.STATIC_ROOT / name], set()

    while waiting:
        module = waiting.pop().resolve()
        if module not in seen:
            seen.add(module)
            imported = IMPORT.findall(module.read_text(encoding="utf-8"))
            waiting += [module.parent / path for path in imported]

    assert len(seen) > 15
    for module in seen:
        assert re.search(r"\.[0-9a-f]{12}\.js$", module.name), module.name
