"""Celery: the queue, and what the clock starts."""

from __future__ import annotations

from datetime import timedelta

from celery.schedules import crontab

from facevote.environment import BROKERS
from facevote.settings.instance import DATA_DIR, env

CELERY_BROKER_URL = env.address("CELERY_BROKER_URL", BROKERS, default="filesystem://")
if CELERY_BROKER_URL == "filesystem://":
    _queue = DATA_DIR / "queue"
    for _name in ("messages", "control"):
        (_queue / _name).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT = "facevote.folder_queue.Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_queue / "messages"),
        "data_folder_out": str(_queue / "messages"),
        "control_folder": str(_queue / "control"),
        "polling_interval": 0.05,
    }
elif CELERY_BROKER_URL.startswith("redis"):
    # Whoever sends a task waits for the answer to a request.
    CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 2}
CELERY_TASK_SERIALIZER = "json"
CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
# A worker that fetches one message at a time waits for the broker between two photos. With the
# folder queue, which is polled, that takes longer than the photo. If a worker dies, its messages
# are delivered again.
CELERY_WORKER_PREFETCH_MULTIPLIER = 4
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ALWAYS_EAGER = env.switch("CELERY_TASK_ALWAYS_EAGER", default=False)
# Every worker may run the clock: it sends tasks only while it holds the site's lease.
CELERY_BEAT_SCHEDULER = "facevote.one_beat.OneBeat"
CELERY_BEAT_SCHEDULE = {
    "sweep-stale-photos": {
        "task": "biometrics.tasks.sweep_stale_photos",
        "schedule": timedelta(minutes=1),
    },
    "purge-biometrics": {
        "task": "biometrics.tasks.purge_expired",
        "schedule": crontab(minute="17"),
    },
    "sweep-accounts": {
        "task": "accounts.tasks.sweep_accounts",
        "schedule": timedelta(minutes=1),
    },
    "purge-accounts": {
        "task": "accounts.tasks.purge_accounts",
        "schedule": crontab(minute="27"),
    },
    "purge-rolls": {
        "task": "voting.tasks.purge_rolls",
        "schedule": crontab(minute="37"),
    },
    "elections-by-clock": {
        "task": "voting.tasks.run_clock",
        "schedule": timedelta(seconds=20),
    },
    "worker-sign": {
        "task": "facevote.tasks.give_sign",
        "schedule": timedelta(seconds=20),
    },
    "sweep-lost-work": {
        "task": "voting.tasks.sweep_work",
        "schedule": timedelta(minutes=1),
    },
}
