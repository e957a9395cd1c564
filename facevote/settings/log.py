"""What is logged."""

from __future__ import annotations

from facevote.environment import LOG_LEVELS
from facevote.settings.instance import env

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"redact": {"()": "facevote.logs.Redact"}},
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "json": {"()": "facevote.logs.json_formatter"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": env.one_of("LOG_FORMAT", "line", ("line", "json")),
            "filters": ["redact"],
        }
    },
    "root": {"handlers": ["console"], "level": env.one_of("LOG_LEVEL", "INFO", LOG_LEVELS)},
    "loggers": {
        # The last two log codes and tokens where LOG_LEVEL is DEBUG.
        **{
            name: {"level": "WARNING"}
            for name in ("axes", "django.server", "oauth2_provider", "oauthlib")
        },
        # A check that fails is told by `/-/ready` and `manage.py doctor`, not every second here.
        "health_check": {"level": "ERROR"},
    },
}
