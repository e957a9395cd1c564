"""This instance: its folder, names, keys and contacts."""

from __future__ import annotations

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from facevote import local_secrets
from facevote.environment import Environment

BASE_DIR = Path(__file__).resolve().parent.parent.parent

env = Environment(BASE_DIR / ".env")

DEBUG = env.switch("DEBUG", default=True)
DEMONSTRATION = env.switch("DEMONSTRATION", default=False)
DATA_DIR = env.folder("DATA_DIR", default=BASE_DIR / "var")
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = env.texts("ALLOWED_HOSTS", default=LOCAL_HOSTS)
if DEBUG and not set(ALLOWED_HOSTS) <= set(LOCAL_HOSTS):
    raise ImproperlyConfigured("ALLOWED_HOSTS names a public host while DEBUG is on: set DEBUG=off")


# Made by `manage.py prepare` where the environment has no keys.
KEYS_FILE = Path(env.text("KEYS_FILE", default=str(DATA_DIR / "keys.json")))


def _key(name: str) -> str:
    """A key from the environment or from KEYS_FILE. With DEBUG on, the clone's own."""
    value = env.text(name)
    if value:
        return value
    if DEBUG:
        return local_secrets.load(DATA_DIR)[name]
    kept = local_secrets.read(KEYS_FILE)
    if name not in kept:
        raise ImproperlyConfigured(
            f"{name} is not set; it is required when DEBUG is off. "
            f"`python manage.py prepare` makes keys in KEYS_FILE ({KEYS_FILE})"
        )
    return kept[name]


SECRET_KEY = _key("SECRET_KEY")
# Keys of 32 bytes in Base64. The first encrypts, all decrypt. The database never holds them.
TEMPLATE_KEYS = [key.strip() for key in _key("TEMPLATE_KEYS").split(",") if key.strip()]
CSRF_TRUSTED_ORIGINS = env.texts("CSRF_TRUSTED_ORIGINS", default=[])
TRUSTED_PROXIES = env.whole("TRUSTED_PROXIES", default=0)
# 0 is an answer too: then the web server is reached without a proxy.
TRUSTED_PROXIES_TOLD = bool(env.text("TRUSTED_PROXIES"))
OFFICE_CONTACT = env.text("OFFICE_CONTACT", default="")
# The site's address in e-mails and letters. Without it, that of the request that orders them.
SITE_URL = env.address("SITE_URL", ("http", "https")).rstrip("/")
SECURITY_CONTACT = env.contact("SECURITY_CONTACT", default="")
