"""The one settings file: what an installation may choose is an environment variable."""

from functools import partial
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from promisegap import addresses, env

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env.folder("DATA_DIR", BASE_DIR / ".promisegap")

# Where the servers are: none named means the embedded ones.
EMBEDDED_POSTGRES = not env.secret("DATABASE_URL")
EMBEDDED_REDIS = not env.secret("REDIS_URL")
REDIS_URL = env.redis_url("REDIS_URL", partial(addresses.redis_url, DATA_DIR))

# Who may speak to this site, and how.
DEBUG = env.boolean("DEBUG", default=False)
HTTPS = env.boolean("HTTPS", default=False)
HOST = env.text("HOST", "127.0.0.1")
PORT = env.integer("PORT", 8000, low=1, high=65535)
ALLOWED_HOSTS = env.host_names("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
# Whether `manage.py up` fills an empty ledger with the sample.
SAMPLE = env.boolean("SAMPLE", default=True)
CSRF_TRUSTED_ORIGINS = env.origins("CSRF_TRUSTED_ORIGINS")
SECRET_KEY = env.secret_key("SECRET_KEY", DATA_DIR, generate=EMBEDDED_POSTGRES)

# Where the links of e-mails lead.
SITE_URL = env.site_url("SITE_URL", f"http{'s' if HTTPS else ''}://{HOST}:{PORT}")

INSTALLED_APPS = [
    "promisegap.apps.PromiseGapConfig",
    "promises.apps.PromisesConfig",
    "interactions.apps.InteractionsConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_htmx",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "promisegap.welcome.first_run",
    "promisegap.welcome.local_time",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "promisegap.reading.read_once",
    "promisegap.tables.mark_tables",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "promisegap.urls"
WSGI_APPLICATION = "promisegap.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

FORM_RENDERER = "promisegap.form_rendering.QuickSelects"
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
            ],
            "builtins": ["promises.templatetags.known_url"],
        },
    },
]

# PostgreSQL. Pages give up early; workers and commands take WORKER_STATEMENT_TIMEOUT_MS instead
# (promisegap/timeouts.py).
LOCK_TIMEOUT_MS = env.integer("LOCK_TIMEOUT_MS", 5_000, low=0, high=3_600_000)
STATEMENT_TIMEOUT_MS = env.integer("STATEMENT_TIMEOUT_MS", 15_000, low=0, high=3_600_000)
WORKER_STATEMENT_TIMEOUT_MS = env.integer(
    "WORKER_STATEMENT_TIMEOUT_MS", 120_000, low=0, high=86_400_000
)
IDLE_TRANSACTION_TIMEOUT_MS = env.integer(
    "IDLE_TRANSACTION_TIMEOUT_MS", 60_000, low=0, high=86_400_000
)

_database = env.database("DATABASE_URL", partial(addresses.database_url, DATA_DIR))
_database["OPTIONS"].setdefault("connect_timeout", "5")
_database["OPTIONS"].setdefault("application_name", "promisegap")
_database["OPTIONS"]["options"] = (
    f"-c lock_timeout={LOCK_TIMEOUT_MS} -c statement_timeout={STATEMENT_TIMEOUT_MS} "
    f"-c idle_in_transaction_session_timeout={IDLE_TRANSACTION_TIMEOUT_MS} -c timezone=UTC "
    # The server notices a killed client while it waits for a lock, and lets go of its locks.
    "-c client_connection_check_interval=2000 "
    # To start helpers for a statement takes tens of milliseconds: as much as a page may.
    "-c parallel_setup_cost=10000"
)
DATABASES: dict[str, dict[str, Any]] = {
    "default": _database | {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True},
}

# People.
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = "login"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "promisegap.errors.csrf_failure"

# Whom `manage.py setup --noinput` lets in where there is no account; without a password one is made
# and printed.
ADMIN_NAME = env.text("ADMIN_NAME", "admin")
ADMIN_EMAIL = env.text("ADMIN_EMAIL", "")
ADMIN_PASSWORD = env.secret("ADMIN_PASSWORD")
COMPANY = env.text("COMPANY", "")

# E-mail: without a server nothing is sent, and the pages say so.
_email = env.email_server("EMAIL_URL")
EMAIL_ENABLED = bool(_email)
EMAIL_HOST = _email.get("host", "")
EMAIL_PORT = _email.get("port", 25)
EMAIL_HOST_USER = _email.get("user", "")
EMAIL_HOST_PASSWORD = _email.get("password", "")
EMAIL_USE_TLS = _email.get("starttls", False)
EMAIL_USE_SSL = _email.get("tls", False)
# A mail server that hangs must not hold the worker.
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.email_address("EMAIL_FROM", "promise-gap@localhost")

# Words and clocks: TIME_ZONE is the installation's zone, whose days the windows count.
LANGUAGE_CODE = env.language("LANGUAGE_CODE", "en")
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "promisegap" / "locale"]
TIME_ZONE = env.zone("TIME_ZONE", "UTC")
USE_I18N = True
USE_TZ = True

# Files. STATIC_HASHES=off serves static/ as it lies there, without collectstatic.
STATIC_HASHES = env.boolean("STATIC_HASHES", default=not DEBUG)
STATIC_URL = "/static/"
STATIC_ROOT = env.folder("STATIC_ROOT", DATA_DIR / "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_HASHES
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not STATIC_HASHES
WHITENOISE_AUTOREFRESH = not STATIC_HASHES
MEDIA_ROOT = DATA_DIR / "media"
# The largest batch of events has 16 MB; the API answers for what is over it, this is the backstop.
DATA_UPLOAD_MAX_MEMORY_SIZE = 17_000_000

FILE_UPLOAD_HANDLERS = [
    "promises.views.uploading.LimitedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# Uploaded imports: as they come, and unpacked.
IMPORT_MAX_MB = env.integer("IMPORT_MAX_MB", 100, low=1, high=10_000)
IMPORT_MAX_INFLATED_MB = env.integer("IMPORT_MAX_INFLATED_MB", 1_000, low=1, high=100_000)

# What a browser may load: only what this site serves, and nothing inline.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# HTTPS=on says that a proxy speaks TLS for this site and sets X-Forwarded-Proto itself.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
HSTS_SECONDS = env.integer("HSTS_SECONDS", 31_536_000, low=0, high=63_072_000)
SECURE_HSTS_SECONDS = HSTS_SECONDS if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["interactions.authentication.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "EXCEPTION_HANDLER": "interactions.problems.exception_handler",
    "DEFAULT_SCHEMA_CLASS": "interactions.schema.DescribedSchema",
    # A parameter `format` is refused like any other that is unknown.
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_THROTTLE_CLASSES": ["interactions.limits.ReadLimit"],
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}

# How often a key may call in a minute: events that it sends, requests of any other kind; 0 = no
# limit. Without Redis each of the WEB_PROCESSES keeps its share.
RATE_LIMIT_PER_MINUTE = env.integer("RATE_LIMIT_PER_MINUTE", 600_000, low=0, high=1_000_000_000)
READ_LIMIT_PER_MINUTE = env.integer("READ_LIMIT_PER_MINUTE", 6_000, low=0, high=1_000_000_000)
WEB_PROCESSES = env.integer("WEB_PROCESSES", 2, low=1, high=1024)

# Where webhooks may lead although it is not public: hosts by name, and networks.
WEBHOOK_ALLOWED_HOSTS = env.hosts_and_ports("WEBHOOK_ALLOWED_HOSTS")
WEBHOOK_ALLOWED_NETWORKS = env.networks("WEBHOOK_ALLOWED_NETWORKS")

SPECTACULAR_SETTINGS = {
    "TITLE": "Promise Gap",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "DESCRIPTION": "What was promised, what happened, and the distance. Every answer is JSON, "
    "every error application/problem+json (RFC 9457). Moments are RFC 3339 with an offset.",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [],
}

# Celery carries wake-ups, never work (R3); the schedule stands in promisegap/celery.py. A caller
# never waits for Redis: one attempt, short time limits, and the sweep finds what was missed.
CELERY_BROKER_URL = addresses.broker_url(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
    "socket_timeout": 0.5,
    "socket_connect_timeout": 0.5,
    # Longer than the longest task; what a killed worker held comes back after it.
    "visibility_timeout": 120,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
}
CELERY_TASK_DEFAULT_QUEUE = "promisegap"
CELERY_TASK_SERIALIZER = "json"
CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False
# A wake-up is done with once it is heard: what a dying worker leaves the sweep finds.
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_SOFT_TIME_LIMIT = 45
CELERY_TASK_TIME_LIMIT = 60
# No limit: a wake-up that could not be acknowledged, because Redis was frozen just then, holds its
# place for as long as the worker lives, and three of them would leave it deaf.
CELERY_WORKER_PREFETCH_MULTIPLIER = 0
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "one_line": {
            "()": "promisegap.logs.OneLineFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        },
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "one_line"}},
    "root": {"handlers": ["stderr"], "level": env.log_level("LOG_LEVEL", "INFO")},
    "loggers": {
        # Django adds handlers of its own; one line for each record is enough.
        "django": {"handlers": [], "propagate": True},
        # Every second a tick: its coming and going is no news.
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        # The attempt says that an address was refused, and an allowed one is no news.
        "requests_hardened": {"level": "ERROR"},
    },
}
