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
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["redact"],
        }
    },
    "root": {"handlers": ["console"], "level": env.one_of("LOG_LEVEL", "INFO", LOG_LEVELS)},
    "loggers": {
        # The last two log codes and tokens where LOG_LEVEL is DEBUG.
        name: {"level": "WARNING"}
        for name in ("axes", "django.server", "oauth2_provider", "oauthlib")
    },
}
