"""Which applications and middleware run, in order, and where pages are found."""

from __future__ import annotations

from facevote.settings.instance import BASE_DIR

INSTALLED_APPS = [
    "daphne",
    "facevote.apps.OfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "anymail",
    "csp",
    "oauth2_provider",
    "facevote.apps.FacevoteConfig",
    "accounts.apps.AccountsConfig",
    "accounts.oidc.apps.OidcConfig",
    "biometrics.apps.BiometricsConfig",
    "voting.apps.VotingConfig",
]

MIDDLEWARE = [
    "facevote.head_requests.NoBodyForHead",
    "facevote.health.probes.probes",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "facevote.database_away.database_away",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.sign_in.middleware.CompleteLoginOnly",
    "accounts.sign_in.personal_answers.PersonalAnswersAreNotStored",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "accounts.sign_in.middleware.HeldBackSignIn",
    "facevote.odd_admin_addresses.OddAdminAddressesAreRefused",
]

ROOT_URLCONF = "facevote.urls"
ASGI_APPLICATION = "facevote.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "facevote.context.instance",
            ],
        },
    },
]
# axes asks for its own middleware. HeldBackSignIn is there in its place.
# Django asks for HSTS preload, which is the operator's wish (HSTS_PRELOAD).
SILENCED_SYSTEM_CHECKS = ["axes.W002", "security.W021"]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
