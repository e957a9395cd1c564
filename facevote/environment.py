"""Reads settings from the environment. Each error is one line that names the variable."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import environ
from django.core.exceptions import ImproperlyConfigured

ON = {"on", "true", "yes", "1"}
OFF = {"off", "false", "no", "0", ""}
DATABASES = ("sqlite", "postgres", "postgresql")
REDIS = ("redis", "rediss")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
# Mail providers, and how django-anymail calls the key of each.
PROVIDERS = {
    "brevo": "BREVO_API_KEY",
    "mailersend": "MAILERSEND_API_TOKEN",
    "mailgun": "MAILGUN_API_KEY",
    "postmark": "POSTMARK_SERVER_TOKEN",
    "resend": "RESEND_API_KEY",
    "sendgrid": "SENDGRID_API_KEY",
    "sparkpost": "SPARKPOST_API_KEY",
}
BROKERS = ("filesystem", "memory", "amqp", "amqps", *REDIS)


class Environment:
    """The environment and the file .env. A bad value raises ImproperlyConfigured."""

    def __init__(self, file: Path) -> None:
        self._env = environ.Env()
        self._env.smart_cast = False
        if file.is_file():
            self._env.read_env(file)

    def text(self, name: str, default: str = "") -> str:
        return str(self._env.str(name, default=default))

    def texts(self, name: str, default: list[str]) -> list[str]:
        return [str(item) for item in self._env.list(name, default=default)]

    def whole(self, name: str, default: int) -> int:
        value = self.text(name, str(default))
        try:
            return int(value)
        except ValueError:
            raise ImproperlyConfigured(f"{name} is no whole number: {value!r}") from None

    def switch(self, name: str, *, default: bool) -> bool:
        value = self.text(name, "on" if default else "off").strip().lower()
        if value not in ON | OFF:
            raise ImproperlyConfigured(f"{name} is neither on nor off: {value!r}")
        return value in ON

    def database(self, name: str, default: str) -> dict[str, Any]:
        self.address(name, DATABASES, default)
        return dict(self._env.db(name, default=default))

    def address(self, name: str, schemes: tuple[str, ...], default: str = "") -> str:
        """A URL with one of these schemes, or the default.

        Error messages do not show the value, because it may hold a password.
        """
        value = self.text(name, default)
        scheme, separator, _rest = value.partition("://")
        if value != default and (not separator or scheme not in schemes or not _is_url(value)):
            known = ", ".join(f"{known_scheme}://" for known_scheme in schemes)
            raise ImproperlyConfigured(f"{name} is no address that begins with {known}")
        return value

    def mail(self, name: str, default: str) -> dict[str, Any]:
        """Django's EMAIL_… settings, from a URL; without one, mail is kept in the outbox."""
        if not self.text(name, default):
            return {"EMAIL_BACKEND": "accounts.mail.outbox.OutboxBackend"}
        try:
            found = dict(self._env.email_url(name, default=default))
        except (ImproperlyConfigured, ValueError):
            raise ImproperlyConfigured(f"{name} is no address like smtp://host:25") from None
        if found["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend":
            found["EMAIL_BACKEND"] = "accounts.mail.smtp.SmtpBackend"
        return found

    def contact(self, name: str, default: str) -> str:
        """A mail address, a telephone number or a page in the form of an address, or nothing."""
        value = self.text(name, default).strip()
        if value and not value.startswith(("mailto:", "tel:", "https://")):
            raise ImproperlyConfigured(f"{name} begins with none of mailto:, tel:, https://")
        return value

    def listener(self, name: str, default: str) -> str:
        """An address and a port to listen at, such as 127.0.0.1:9100, or nothing."""
        value = self.text(name, default).strip()
        host, _, port = value.rpartition(":")
        if value and not (host and port.isdecimal() and 0 < int(port) < 65536):
            raise ImproperlyConfigured(f"{name} is no address like 127.0.0.1:9100: {value!r}")
        return value

    def one_of(self, name: str, default: str, known: tuple[str, ...]) -> str:
        value = self.text(name, default)
        if value not in known:
            raise ImproperlyConfigured(f"{name} is none of {', '.join(known)}: {value!r}")
        return value

    def folder(self, name: str, default: Path) -> Path:
        """The path of a folder, which is created if it is missing.

        Nobody else on the machine can look into a folder that is made here, or into the default
        one. The modes of a folder that the operator made and named are the operator's business;
        `manage.py check --deploy` warns about them.
        """
        path = Path(self.text(name, str(default))).resolve()
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if path == default.resolve():
                path.chmod(0o700)
        except OSError as error:
            raise ImproperlyConfigured(f"{name}: {path}: {error.strerror}") from None
        return path

    def zone(self, name: str, default: str) -> str:
        value = self.text(name, default)
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ImproperlyConfigured(f"{name} is no time zone: {value!r}") from None
        return value


def _is_url(value: str) -> bool:
    try:
        _port = urlsplit(value).port
    except ValueError:
        return False
    return True
