"""What voters' browsers load is what `script_hashes` lists, byte for byte."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from io import StringIO
from urllib.parse import urljoin

import pytest
from django.core.management import CommandError, call_command

from facevote.serving import vendor
from tests.support.polls import BORN, open_poll

ADDRESS = re.compile(r"""(?:<script[^>]* src|data-worker)="([^"]+)\"""")
IMPORT = re.compile(r"""(?m)^(?:import|export)\b(?:[^"'()=;]*?\bfrom)?\s*["']([^"']+)["']""")
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def collected(tmp_path, settings):
    """A site as in production: hashed names, served by WhiteNoise from STATIC_ROOT."""
    modules = settings.BASE_DIR / "node_modules"
    if not (modules / vendor.MODULES["qr"]).is_file():
        pytest.skip("the browser's libraries are not installed: npm ci")
    vendor.lay_out(modules, tmp_path / "vendor")
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = False
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STATICFILES_DIRS = [settings.BASE_DIR / "static", ("vendor", tmp_path / "vendor")]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "facevote.storage.StaticStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    return settings.STATIC_ROOT


def hashes():
    out = StringIO()
    call_command("script_hashes", json=True, stdout=out)
    return json.loads(out.getvalue())


def pages(client):
    """The ballot with the face step in it, the receipt and the check of it."""
    poll = open_poll()
    client.force_login(poll.users[0], BACKEND)
    client.post("/elections/e/details/", {"voter_number": "N0", "date_of_birth": BORN.isoformat()})
    yield client.get("/elections/e/ballot/")
    yield client.get(f"/elections/e/receipt/{poll.cast()}/")
    yield client.get("/verify/")


def loaded(client, page):
    """Every script behind a page: its tags, its worker, and what those import. Path -> bytes."""
    waiting, found = ADDRESS.findall(page.content.decode()), {}
    while waiting:
        path = waiting.pop()
        if path not in found:
            answer = client.get(path)
            assert answer.status_code == 200, path
            found[path] = b"".join(answer)
            waiting += [urljoin(path, name) for name in IMPORT.findall(found[path].decode())]
    return found


def test_all_that_voters_pages_load_is_listed_with_the_hash_of_what_is_served(
    db, collected, client
):
    listed = {row["path"]: row["sha256"] for row in hashes()["scripts"]}

    for page in pages(client):
        scripts = loaded(client, page)

        assert page.status_code == 200
        assert scripts
        for path, data in scripts.items():
            assert listed.get(path) == hashlib.sha256(data).hexdigest(), path


def test_the_ballot_page_loads_its_worker_the_face_step_and_the_curve_library(
    db, collected, client
):
    scripts = " ".join(loaded(client, next(pages(client))))

    for name in ("voting/page", "crypto/worker", "capture/capture", "libsodium/wrappers"):
        assert name in scripts


def test_one_altered_byte_changes_its_hash_and_the_lists_and_no_other(collected):
    before = hashes()
    altered = collected / before["scripts"][0]["path"].removeprefix("/static/")
    altered.write_bytes(altered.read_bytes() + b" ")

    after = hashes()

    assert after["scripts"][0] != before["scripts"][0]
    assert after["scripts"][1:] == before["scripts"][1:]
    assert after["list_sha256"] != before["list_sha256"]


def test_the_lines_carry_both_forms_and_their_own_hash(collected):
    out = StringIO()

    call_command("script_hashes", stdout=out)

    *lines, last = out.getvalue().splitlines(keepends=True)
    assert last.split()[0] == hashlib.sha256("".join(lines).encode()).hexdigest()
    paths = [line.split()[2] for line in lines]
    assert paths == sorted(paths)
    for line in lines:
        digest, integrity, _path = line.split()
        assert base64.b64decode(integrity.removeprefix("sha256-")).hex() == digest


def test_under_debug_the_source_files_are_what_is_served(settings):
    settings.DEBUG = True

    listed = {row["path"]: row["sha256"] for row in hashes()["scripts"]}

    source = (settings.BASE_DIR / "static" / "js" / "crypto" / "worker.js").read_bytes()
    assert listed["/static/js/crypto/worker.js"] == hashlib.sha256(source).hexdigest()


def test_a_site_without_collected_files_says_so(collected):
    for path in collected.rglob("worker.*.js"):
        path.unlink()

    with pytest.raises(CommandError, match="collectstatic"):
        hashes()
