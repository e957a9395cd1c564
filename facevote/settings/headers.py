"""HTTPS, cookies over it, and the headers that tell a browser what a page may do."""

from __future__ import annotations

from csp.constants import NONCE, NONE, SELF

from facevote.settings.files import STATIC_URL
from facevote.settings.instance import DEBUG, TRUSTED_PROXIES, env
from facevote.worker_headers import WORKERS

HTTPS = env.switch("HTTPS", default=not DEBUG)
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
# Browsers then refuse the whole domain without HTTPS, for years. Only who asks for it gets it.
SECURE_HSTS_PRELOAD = env.switch("HSTS_PRELOAD", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
PERMISSIONS_POLICY: dict[str, list[str]] = {
    "camera": ["self"],
    "microphone": [],
    "geolocation": [],
    "display-capture": [],
    "payment": [],
    "usb": [],
}
CONTENT_SECURITY_POLICY = {
    # These files bring a policy of their own. Without this an answer "304 not modified", which
    # brings no headers of the file, would replace the policy that the browser has kept.
    "EXCLUDE_URL_PREFIXES": [f"{STATIC_URL}{worker}" for worker in WORKERS],
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "worker-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:", "mediastream:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}
