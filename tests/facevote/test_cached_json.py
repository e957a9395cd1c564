"""What is cached in Redis is data: nothing that is read from it can run."""

from __future__ import annotations

import os
import pickle
import secrets
from pathlib import Path

import pytest
import redis
from celery.beat import PersistentScheduler
from django.core.cache.backends.redis import RedisCache
from hypothesis import given
from hypothesis import strategies as st

from facevote import settings
from facevote.cached_json import CachedJson
from facevote.one_beat import OneBeat
from tests.support.places import BASE

REDIS_URL = os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/9"
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES | st.binary())
def test_what_was_stored_is_read_again(value):
    stored = CachedJson().dumps(value)

    assert CachedJson().loads(str(stored).encode() if isinstance(stored, int) else stored) == value


def test_a_whole_number_is_stored_as_redis_counts_it():
    assert CachedJson().dumps(7) == 7


class Poison:
    """Its pickle writes a file as soon as it is read."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.write_text, (self.path, "run")


@pytest.fixture
def cache():
    made = RedisCache(REDIS_URL, {"OPTIONS": {"serializer": "facevote.cached_json.CachedJson"}})
    try:
        made.get("probe")
    except redis.ConnectionError:
        pytest.skip("there is no Redis")
    return made


def test_a_poisoned_entry_is_refused_and_does_not_run(cache, tmp_path):
    name, mark = secrets.token_hex(8), tmp_path / "mark"
    cache.set(name, "harmless", 60)
    key = cache.make_and_validate_key(name)
    redis.Redis.from_url(REDIS_URL).set(key, pickle.dumps(Poison(mark)), ex=60)

    with pytest.raises(ValueError, match="decode"):
        cache.get(name)

    assert not mark.exists()


def test_the_site_uses_no_serializer_that_can_run_code():
    text = (BASE / "facevote" / "settings" / "stores.py").read_text(encoding="utf-8")

    assert '"serializer": "facevote.cached_json.CachedJson"' in text
    assert settings.CELERY_ACCEPT_CONTENT == ["json"]
    # The usual one keeps its times in a file that it unpickles.
    assert settings.CELERY_BEAT_SCHEDULER == "facevote.one_beat.OneBeat"
    assert not issubclass(OneBeat, PersistentScheduler)
    serving = [
        path
        for room in ("accounts", "biometrics", "voting", "facevote", "verifier")
        for path in (BASE / room).rglob("*.py")
    ]
    assert not [path for path in serving if "import pickle" in path.read_text(encoding="utf-8")]
