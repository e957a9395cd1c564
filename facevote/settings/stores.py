"""The database and the cache."""

from __future__ import annotations

from facevote.environment import REDIS
from facevote.settings.instance import DATA_DIR, env

DATABASES = {
    "default": env.database("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'facevote.sqlite3'}")
}
DATABASES["default"]["ATOMIC_REQUESTS"] = False
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["ENGINE"] = "facevote.sqlite"
    DATABASES["default"]["OPTIONS"] = {
        # Nobody holds the write lock for long: whoever waits longer than this is told so.
        "timeout": 5,
        # Take the write lock at BEGIN. Otherwise a transaction that reads and then writes fails at
        # once if another one has written in between, however long the timeout is.
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
else:
    # Each request runs in a thread of its own, so the process and not the thread keeps connections.
    DATABASES["default"]["ENGINE"] = "facevote.postgresql"
    DATABASES["default"]["OPTIONS"] = {
        # After `timeout` a request that waits for a connection looks whether the database is away.
        # A try to connect is given up soon, so that the next request tries anew.
        "pool": {
            "min_size": 1,
            "max_size": env.whole("DATABASE_CONNECTIONS", default=8),
            "timeout": 0.7,
            "reconnect_timeout": 1,
        },
        "connect_timeout": 2,
        "tcp_user_timeout": 3000,
        # Each connection then parses a statement only once: a third more ballots cast a second.
        "server_side_binding": True,
        "prepare_threshold": 3,
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# There is no channel layer: a face step runs in one process, and its socket needs no other.
REDIS_URL = env.address("REDIS_URL", REDIS)
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            # Django's own serializer is pickle: whoever can write to Redis could run code here.
            "OPTIONS": {
                "serializer": "facevote.cached_json.CachedJson",
                # Somebody waits: Redis that is away is noticed soon, and named.
                "socket_connect_timeout": 1,
                "socket_timeout": 2,
            },
            # Entries of version 1 were pickled. Nobody reads them any more.
            "VERSION": 2,
        }
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
