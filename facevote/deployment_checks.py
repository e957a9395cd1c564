"""Checks of a public site that look beyond the settings: at files, tables and the way to it.

`manage.py check --deploy` runs them. Each message is one line that says what to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004
from django.db import DatabaseError, connection

from accounts.mail import outbox
from accounts.models import User
from facevote.preparing import static_files, tables

if TYPE_CHECKING:
    from pathlib import Path

# Beyond that, voters who cast at the same moment wait for SQLite's one writer.
MOST_VOTERS_ON_SQLITE: Final = 500
OTHERS: Final = 0o077


@register(Tags.security, deploy=True)
def check_static_files(app_configs: Any, **_: Any) -> list[CheckMessage]:
    problem = static_files.problem()
    if not problem:
        return []
    words = f"Pages cannot be shown: {problem}. Run `python manage.py prepare`"
    return [Error(words, id="facevote.E011")]


@register(Tags.security, deploy=True)
def check_migrations(app_configs: Any, **_: Any) -> list[CheckMessage]:
    try:
        waiting = tables.waiting_migrations()
    except DatabaseError:
        return [Error("DATABASE_URL: the database does not answer", id="facevote.E012")]
    if not waiting:
        return []
    words = f"{len(waiting)} migrations wait, the first is {waiting[0]}"
    return [Error(f"{words}. Run `python manage.py prepare`", id="facevote.E012")]


@register(Tags.security, deploy=True)
def check_who_can_read(app_configs: Any, **_: Any) -> list[CheckMessage]:
    private: dict[str, tuple[Path, str]] = {
        "DATA_DIR": (settings.DATA_DIR, "700"),
        ".env": (settings.BASE_DIR / ".env", "600"),
    }
    return [
        Error(
            f"{name} can be read by other users of this machine: chmod {mode} {path}",
            id="facevote.E013",
        )
        for name, (path, mode) in private.items()
        if path.exists() and path.stat().st_mode & OTHERS
    ]


@register(Tags.security, deploy=True)
def check_size_of_sqlite(app_configs: Any, **_: Any) -> list[CheckMessage]:
    if connection.vendor != "sqlite":
        return []
    try:
        voters = User.objects.filter(is_staff=False).count()
    except DatabaseError:
        return []  # facevote.E012 reports it
    if voters <= MOST_VOTERS_ON_SQLITE:
        return []
    words = f"{voters} voters are on SQLite, which is for up to {MOST_VOTERS_ON_SQLITE}"
    return [Error(f"{words}: set DATABASE_URL to PostgreSQL", id="facevote.E014")]


@register(Tags.security, deploy=True)
def check_redis(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Whoever reaches a Redis without password reads sessions and gives the worker tasks."""
    return [
        Error(f"{name} has no password: redis://:PASSWORD@host:6379/0", id="facevote.E015")
        for name in ("REDIS_URL", "CELERY_BROKER_URL")
        if _is_redis_without_password(getattr(settings, name))
    ]


@register(Tags.security, deploy=True)
def check_proxies(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Behind a proxy that is not told of, each request is sent to HTTPS again and again."""
    if not settings.HTTPS or settings.TRUSTED_PROXIES_TOLD:
        return []
    words = "TRUSTED_PROXIES is not set: say how many proxies of your own stand before this server"
    return [Error(f"{words}, 1 for one, 0 if it is reached directly", id="facevote.E016")]


@register(Tags.security, deploy=True)
def check_preload(app_configs: Any, **_: Any) -> list[CheckMessage]:
    if not settings.SECURE_HSTS_PRELOAD or settings.HTTPS:
        return []
    words = "HSTS_PRELOAD is on without HTTPS: browsers would refuse the whole domain"
    return [Error(words, id="facevote.E017")]


@register(Tags.security, deploy=True)
def check_mail(app_configs: Any, **_: Any) -> list[CheckMessage]:
    messages: list[CheckMessage] = []
    if outbox.is_used():
        words = "EMAIL_URL is not set: letters to voters are kept in a folder and not sent"
        messages.append(Warning(words, id="facevote.W005"))
    elif not settings.SITE_URL:
        words = "SITE_URL is not set: links in letters name the host of whoever asks for them"
        messages.append(Warning(words, id="facevote.W006"))
    if settings.EMAIL_PROVIDER and not all(settings.ANYMAIL.values()):
        words = "EMAIL_PROVIDER needs EMAIL_PROVIDER_KEY and EMAIL_WEBHOOK_SECRET"
        messages.append(Error(words, id="facevote.E018"))
    return messages


def _is_redis_without_password(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in {"redis", "rediss"} and not parts.password
