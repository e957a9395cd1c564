"""Settings, read once from the environment. A clone runs with none of them set."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from facevote import local_secrets
from facevote.environment import BROKERS, LOG_LEVELS, REDIS, Environment
from facevote.worker_headers import WORKERS, add_headers

BASE_DIR = Path(__file__).resolve().parent.parent

env = Environment(BASE_DIR / ".env")

# --- This instance -------------------------------------------------------------------------

DEBUG = env.switch("DEBUG", default=True)
DEMONSTRATION = env.switch("DEMONSTRATION", default=False)
DATA_DIR = env.folder("DATA_DIR", default=BASE_DIR / "var")
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = env.texts("ALLOWED_HOSTS", default=LOCAL_HOSTS)
if DEBUG and not set(ALLOWED_HOSTS) <= set(LOCAL_HOSTS):
    raise ImproperlyConfigured("ALLOWED_HOSTS names a public host while DEBUG is on: set DEBUG=off")


def _key(name: str) -> str:
    """A key from the environment. With DEBUG on, the clone's own key if none is set."""
    value = env.text(name)
    if value:
        return value
    if not DEBUG:
        raise ImproperlyConfigured(f"{name} is not set; it is required when DEBUG is off")
    return local_secrets.load(DATA_DIR)[name]


SECRET_KEY = _key("SECRET_KEY")
# Keys of 32 bytes in Base64. The first encrypts, all decrypt. The database never holds them.
TEMPLATE_KEYS = [key.strip() for key in _key("TEMPLATE_KEYS").split(",") if key.strip()]
CSRF_TRUSTED_ORIGINS = env.texts("CSRF_TRUSTED_ORIGINS", default=[])
TRUSTED_PROXIES = env.whole("TRUSTED_PROXIES", default=0)
OFFICE_CONTACT = env.text("OFFICE_CONTACT", default="")
SECURITY_CONTACT = env.contact("SECURITY_CONTACT", default="")

# --- Policy --------------------------------------------------------------------------------

FRAMES_NEEDED = env.whole("FRAMES_NEEDED", default=10)
FACE_STEP_SECONDS = env.whole("FACE_STEP_SECONDS", default=40)
FACE_FRAMES_PER_DAY = env.whole("FACE_FRAMES_PER_DAY", default=3000)
PAD_ENABLED = env.switch("PAD_ENABLED", default=True)
CHALLENGE_LOGIN = env.text("CHALLENGE_LOGIN", default="unsure")
CHALLENGE_CAST = env.text("CHALLENGE_CAST", default="always")
CHALLENGE_BLINKS = env.switch("CHALLENGE_BLINKS", default=False)
CHALLENGE_LIGHT = env.switch("CHALLENGE_LIGHT", default=False)
OFFICIAL_SECOND_FACTOR = env.text(
    "OFFICIAL_SECOND_FACTOR", default="none" if DEMONSTRATION else "totp"
)
# Two officials change credentials, address or face of somebody on a roll that is frozen or open.
SECOND_OFFICIAL = env.switch("SECOND_OFFICIAL", default=not DEMONSTRATION)
# Whether voters may take the photos of their faces themselves; an election may say otherwise.
SELF_ENROLMENT = env.one_of("SELF_ENROLMENT", "officials", ("officials", "approval", "automatic"))
# Every approval of such photos takes two officials, not only for those on a fixed roll.
SELF_ENROLMENT_FOUR_EYES = env.switch("SELF_ENROLMENT_FOUR_EYES", default=False)
# Whether a face step may be handed over to a phone.
PHONE_HANDOFF = env.switch("PHONE_HANDOFF", default=True)
KEEP_PHOTOS = env.switch("KEEP_PHOTOS", default=True)
# At most 30: the row of a verification is deleted after thirty days, and its evidence with it.
# So long after the count the link between persons and credentials is kept, for appeals.
APPEAL_DAYS = env.whole("APPEAL_DAYS", default=30)
if not 0 <= APPEAL_DAYS <= 3650:
    raise ImproperlyConfigured("APPEAL_DAYS must be a whole number from 0 to 3650")
EVIDENCE_DAYS = env.whole("EVIDENCE_DAYS", default=0)
if not 0 <= EVIDENCE_DAYS <= 30:
    raise ImproperlyConfigured("EVIDENCE_DAYS must be a whole number from 0 to 30")
# How long a roll keeps its names after the release of the result: objections need them.
ROLL_DAYS = env.whole("ROLL_DAYS", default=365)
ENCODER = env.text("ENCODER", default="")
WARM_ENGINE = env.switch("WARM_ENGINE", default=True)
ENGINE = env.text("ENGINE", default="biometrics.engine.pipeline.Engine")
ENGINE_THREADS = env.whole("ENGINE_THREADS", default=2)
MAX_SOCKETS = env.whole("MAX_SOCKETS", default=40)
RESEARCH_MODELS_ACCEPTED = env.switch("RESEARCH_MODELS_ACCEPTED", default=False)
MODELS_DIR = Path(env.text("MODELS_DIR", default=str(BASE_DIR / "models")))

# --- Applications --------------------------------------------------------------------------

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
    "csp",
    "facevote.apps.FacevoteConfig",
    "accounts.apps.AccountsConfig",
    "biometrics.apps.BiometricsConfig",
    "voting.apps.VotingConfig",
]

MIDDLEWARE = [
    "facevote.head_requests.NoBodyForHead",
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
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# --- Stores --------------------------------------------------------------------------------

DATABASES = {
    "default": env.database("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'facevote.sqlite3'}")
}
DATABASES["default"]["ATOMIC_REQUESTS"] = False
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["ENGINE"] = "facevote.sqlite"
    DATABASES["default"]["OPTIONS"] = {
        # Nobody holds the write lock for long: whoever waits longer than this is told so.
        "timeout": 5,
        # Take the write lock at BEGIN. Otherwise a transaction that reads and then writes fails at
        # once if another one has written in between, however long the timeout is.
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
else:
    # Each request runs in a thread of its own, so the process and not the thread keeps connections.
    DATABASES["default"]["ENGINE"] = "facevote.postgresql"
    DATABASES["default"]["OPTIONS"] = {
        # After `timeout` a request that waits for a connection looks whether the database is away.
        # A try to connect is given up soon, so that the next request tries anew.
        "pool": {
            "min_size": 1,
            "max_size": env.whole("DATABASE_CONNECTIONS", default=8),
            "timeout": 0.7,
            "reconnect_timeout": 1,
        },
        "connect_timeout": 2,
        "tcp_user_timeout": 3000,
        # Each connection then parses a statement only once: a third more ballots cast a second.
        "server_side_binding": True,
        "prepare_threshold": 3,
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# There is no channel layer: a face step runs in one process, and its socket needs no other.
REDIS_URL = env.address("REDIS_URL", REDIS)
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            # Django's own serializer is pickle: whoever can write to Redis could run code here.
            "OPTIONS": {"serializer": "facevote.cached_json.CachedJson"},
            # Entries of version 1 were pickled. Nobody reads them any more.
            "VERSION": 2,
        }
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# The audit log's heads are noted here too. It protects most on a disk that the database's
# administrator cannot write to.
AUDIT_HEADS_FILE = Path(env.text("AUDIT_HEADS_FILE", default=str(DATA_DIR / "audit-heads.txt")))
PHOTOS_DIR = DATA_DIR / "photos"
LIVENESS_DATA_DIR = Path(env.text("LIVENESS_DATA_DIR", default=str(DATA_DIR / "liveness")))
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media/"
# The largest body of a request without its files. Files are limited where they are read.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# The largest body of all (facevote/serving/body_limits.py). So every photo and every roll stays in
# memory: none is written to disk unencrypted, and a full temporary folder harms nobody.
FILE_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024 * 1024
# The page of a contest sends eight fields and two files for each of up to 400 choices, also where
# no file is chosen.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000
DATA_UPLOAD_MAX_NUMBER_FILES = 800

# --- Tasks ---------------------------------------------------------------------------------

CELERY_BROKER_URL = env.address("CELERY_BROKER_URL", BROKERS, default="filesystem://")
if CELERY_BROKER_URL == "filesystem://":
    _queue = DATA_DIR / "queue"
    for _name in ("messages", "control"):
        (_queue / _name).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT = "facevote.folder_queue.Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_queue / "messages"),
        "data_folder_out": str(_queue / "messages"),
        "control_folder": str(_queue / "control"),
        "polling_interval": 0.05,
    }
CELERY_TASK_SERIALIZER = "json"
CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
# A worker that fetches one message at a time waits for the broker between two photos. With the
# folder queue, which is polled, that takes longer than the photo. If a worker dies, its messages
# are delivered again.
CELERY_WORKER_PREFETCH_MULTIPLIER = 4
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ALWAYS_EAGER = env.switch("CELERY_TASK_ALWAYS_EAGER", default=False)
# Celery's usual scheduler keeps its times in a file that it unpickles. Every time below is short,
# so the times need not outlive the worker.
CELERY_BEAT_SCHEDULER = "celery.beat.Scheduler"
CELERY_BEAT_SCHEDULE = {
    "sweep-stale-photos": {
        "task": "biometrics.tasks.sweep_stale_photos",
        "schedule": timedelta(minutes=1),
    },
    "purge-biometrics": {
        "task": "biometrics.tasks.purge_expired",
        "schedule": crontab(minute="17"),
    },
    "sweep-accounts": {
        "task": "accounts.tasks.sweep_accounts",
        "schedule": timedelta(minutes=1),
    },
    "purge-accounts": {
        "task": "accounts.tasks.purge_accounts",
        "schedule": crontab(minute="27"),
    },
    "purge-rolls": {
        "task": "voting.tasks.purge_rolls",
        "schedule": crontab(minute="37"),
    },
    "elections-by-clock": {
        "task": "voting.tasks.run_clock",
        "schedule": timedelta(seconds=20),
    },
    "sweep-lost-work": {
        "task": "voting.tasks.sweep_work",
        "schedule": timedelta(minutes=1),
    },
}

# --- Sign-in -------------------------------------------------------------------------------

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
# How many seconds a one-time link to set a password works.
PASSWORD_RESET_TIMEOUT = 60 * 60
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
# axes asks for its own middleware. HeldBackSignIn is there in its place.
SILENCED_SYSTEM_CHECKS = ["axes.W002"]
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

# --- HTTPS and headers ---------------------------------------------------------------------

HTTPS = env.switch("HTTPS", default=not DEBUG)
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
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
STATIC_URL = "/static/"
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

# --- Static files --------------------------------------------------------------------------

STATIC_ROOT = DATA_DIR / "static"
VENDOR_DIR = DATA_DIR / "vendor"
VENDOR_DIR.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static", ("vendor", VENDOR_DIR)]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "facevote.storage.StaticStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_ADD_HEADERS_FUNCTION = add_headers

# --- Words and time ------------------------------------------------------------------------

# Only languages into which every word is translated. Django itself knows a hundred, and would put
# its own words in them between ours. A language is added with its complete catalogue in locale/.
LANGUAGES = [("en", "English")]
LANGUAGE_CODE = env.one_of("LANGUAGE_CODE", "en", tuple(code for code, _name in LANGUAGES))
TIME_ZONE = env.zone("TIME_ZONE", default="UTC")
USE_I18N = True
USE_TZ = True
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["facevote.formats"]

EMAIL_CONFIG = env.mail("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", default="facevote@localhost")

# --- API -----------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        # The first one says what a 401 asks for.
        "accounts.api_tokens.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.DjangoModelPermissions"],
    # No part of the API takes JSON, which could be nested deeper than Python's parser goes.
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.MultiPartParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "voting.api.pagination.Pages",
    "PAGE_SIZE": 100,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.AnonRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"anon": "600/min"},
    "NUM_PROXIES": TRUSTED_PROXIES,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "FaceVote",
    "DESCRIPTION": "Public election, board and result data; voters and rolls for officials.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "voting.api.schema.add_refusals",
    ],
}

# --- Log -----------------------------------------------------------------------------------

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
    "loggers": {name: {"level": "WARNING"} for name in ("axes", "django.server")},
}
