"""Where mail goes, and who sends it."""

from __future__ import annotations

from facevote.settings.instance import env

EMAIL_CONFIG = env.mail("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", default="facevote@localhost")
