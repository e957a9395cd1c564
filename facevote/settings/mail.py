"""Where mail goes, and who sends it."""

from __future__ import annotations

from facevote.environment import PROVIDERS
from facevote.settings.instance import DATA_DIR, env

# Without EMAIL_URL, mail is kept in a folder that the demonstration shows to officials.
OUTBOX_DIR = DATA_DIR / "outbox"
EMAIL_CONFIG = env.mail("EMAIL_URL", default="")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", default="facevote@localhost")
EMAIL_TIMEOUT = 20
# A provider's own interface in place of SMTP. It tells at once which addresses bounced.
EMAIL_PROVIDER = env.one_of("EMAIL_PROVIDER", "", ("", *PROVIDERS))
ANYMAIL: dict[str, object] = {}
if EMAIL_PROVIDER:
    EMAIL_BACKEND = f"anymail.backends.{EMAIL_PROVIDER}.EmailBackend"
    ANYMAIL = {
        PROVIDERS[EMAIL_PROVIDER]: env.text("EMAIL_PROVIDER_KEY"),
        "WEBHOOK_SECRET": env.text("EMAIL_WEBHOOK_SECRET"),
        "REQUESTS_TIMEOUT": (5, EMAIL_TIMEOUT),
    }
# E-mails to voters a second, for each sending. 0: as many as the mail server takes.
MAIL_PER_SECOND = env.whole("MAIL_PER_SECOND", default=10)
LETTER_DAYS = env.whole("LETTER_DAYS", default=7)
