"""Accounts, passwords, guessing and sessions."""

from __future__ import annotations

from datetime import timedelta

from facevote.settings.instance import env

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "accounts.sign_in.backend.PasswordBackend",
]
PASSWORD_HASHERS = ["accounts.passwords.hashing.Argon2id"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.length.NotTooLong"},
]
# How long a one-time link works, by its purpose (accounts.models.LinkPurpose).
LINK_LIVES = {
    "invitation": timedelta(days=env.whole("INVITATION_DAYS", default=14)),
    "reset": timedelta(minutes=env.whole("RESET_MINUTES", default=60)),
    "office": timedelta(minutes=env.whole("RESET_MINUTES", default=60)),
    "address": timedelta(hours=env.whole("ADDRESS_HOURS", default=24)),
}
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "voting:elections"

AXES_HANDLER = "accounts.sign_in.lock.SignInLock"
AXES_FAILURE_LIMIT = 5
# Far above an account's limit: everybody in a polling place or an office signs in from one address.
# Beyond it, tries from there are slowed down and not refused.
ADDRESS_FAILURE_LIMIT = env.whole("ADDRESS_FAILURE_LIMIT", default=50)
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
# accounts/sign_in/lock.py has more rules than axes knows; this is the first of them.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "accounts.sign_in.addresses.client_address"
AXES_USERNAME_CALLABLE = "accounts.sign_in.lock.mark_of_name"
AXES_CLIENT_STR_CALLABLE = "accounts.sign_in.lock.mark_of_client"
AXES_VERBOSE = False
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_DISABLE_ACCESS_LOG = True
OTP_TOTP_ISSUER = "FaceVote"
OTP_ADMIN_HIDE_SENSITIVE_DATA = True

SESSION_ENGINE = "accounts.sign_in.session_store"
SESSION_COOKIE_NAME = "facevote"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 2 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "facevote.errors.csrf_failure"
DEFAULT_EXCEPTION_REPORTER_FILTER = "facevote.debug_pages.NothingTyped"
