"""Where WebAssembly may be compiled: in the workers of the cryptography, and on no page."""

from __future__ import annotations

import pytest
from django.conf import settings

from facevote.worker_headers import POLICY, WORKERS

WORKER_PATHS = [f"/static/{name}js" for name in WORKERS]


@pytest.mark.parametrize("path", WORKER_PATHS)
def test_a_worker_may_compile_webassembly_and_ask_nothing(client, path):
    answer = client.get(path)

    assert answer.status_code == 200
    assert answer["Content-Security-Policy"] == POLICY
    assert "connect-src" not in POLICY
    assert "default-src 'none'" in POLICY


@pytest.mark.parametrize("path", WORKER_PATHS)
def test_an_unchanged_worker_keeps_the_policy_that_came_with_it(client, path):
    first = client.get(path)

    again = client.get(path, headers={"If-Modified-Since": first["Last-Modified"]})

    assert again.status_code == 304
    assert "Content-Security-Policy" not in again


@pytest.mark.parametrize("path", ["/", "/verify/", "/static/js/crypto/group.js"])
def test_pages_and_other_scripts_may_not(client, db, path):
    policy = client.get(path)["Content-Security-Policy"]

    assert "wasm" not in policy
    assert "'unsafe" not in policy


def test_every_worker_that_a_page_names_has_the_policy():
    scripts = settings.BASE_DIR / "static" / "js" / "crypto"
    found = {f"js/crypto/{path.relative_to(scripts)}" for path in scripts.rglob("worker.js")}

    assert found == {f"{name}js" for name in WORKERS}
