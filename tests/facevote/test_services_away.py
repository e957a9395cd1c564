"""While Redis, the queue or the store of photos is away the site says so, with 503 and in words."""

from __future__ import annotations

import httpx
import pytest

from tests.support.ports import free_port
from tests.support.real_site import running_site

PATIENCE = 30.0


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    nowhere = f"redis://127.0.0.1:{free_port()}"
    with running_site(
        tmp_path_factory.mktemp("site"),
        ENGINE="tests.support.scripted_engine.ScriptedEngine",
        REDIS_URL=f"{nowhere}/0",
        CELERY_BROKER_URL=f"{nowhere}/1",
    ) as site:
        yield site


def test_an_api_that_cannot_count_says_so(site):
    answer = httpx.get(
        f"{site.url}/api/elections/", headers={"Accept": "application/json"}, timeout=PATIENCE
    )

    assert answer.status_code == 503
    assert answer.json() == {"code": "unavailable"}
    assert int(answer.headers["Retry-After"]) > 0


def test_voters_need_no_redis(site):
    assert httpx.get(f"{site.url}/sign-in/", timeout=PATIENCE).status_code == 200


def test_no_host_leaves_the_rotation_because_redis_is_away(site):
    """All hosts share Redis, and voters need none of it: without a host they could not vote."""
    answer = httpx.get(f"{site.url}/-/ready", timeout=PATIENCE)

    assert answer.status_code == 200
    assert answer.json()["checks"]["cache"] == "warning"
