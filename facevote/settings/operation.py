"""How the site is run and watched: its version, its end, metrics, and reports of errors."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from facevote import version
from facevote.settings.instance import DEMONSTRATION, env

VERSION = version.VERSION
# How long a web server that was asked to end waits for face steps. A person who looks at the
# demonstration does not wait.
STOP_SECONDS = env.whole("STOP_SECONDS", default=0 if DEMONSTRATION else 30)
if not 0 <= STOP_SECONDS <= 600:
    raise ImproperlyConfigured("STOP_SECONDS must be a whole number from 0 to 600")
# Where each process tells its numbers, for example 127.0.0.1:9100. Nothing listens if it is empty.
METRICS_ADDRESS = env.listener("METRICS_ADDRESS", default="")
SENTRY_DSN = env.text("SENTRY_DSN", default="")
