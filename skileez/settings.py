"""All settings, read once from the environment.

A wrong or missing setting stops the start with one sentence that names it.
"""

from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import environ
from cryptography.fernet import Fernet
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from redis.backoff import NoBackoff
from redis.retry import Retry

from core.links import HOST
from skileez.environment import env, flag, number, required, stop
from skileez.numbers import POLICY, POLICY_OF, POLICY_ORDER  # noqa: F401 - settings too

BASE_DIR = Path(__file__).resolve().parent.parent
DEMO = flag("DEMO")
DEBUG = flag("DEBUG")
if DEBUG and not DEMO:
    raise stop("DEBUG", "may be true in the demo only")
SECRET_KEY = required("SECRET_KEY", "50 or more random characters", demo="demo-" + "0123456789abcdef" * 4)
if len(SECRET_KEY) < 50:
    raise stop("SECRET_KEY", "must have 50 or more characters")
SITE_URL = required("SITE_URL", "the public address, such as https://skileez.example", demo="http://localhost:8000")
if urlsplit(SITE_URL).scheme not in {"http", "https"} or not urlsplit(SITE_URL).hostname:
    raise stop("SITE_URL", "must be an address that begins with https://")
SITE_URL = SITE_URL.rstrip("/")
HTTPS = SITE_URL.startswith("https://")
if not HTTPS and not DEMO:
    raise stop("SITE_URL", "must begin with https:// outside the demo")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[]) or [urlsplit(SITE_URL).hostname]
if DEMO:
    ALLOWED_HOSTS = [*ALLOWED_HOSTS, "localhost", "127.0.0.1"]
CSRF_TRUSTED_ORIGINS = [SITE_URL]

# Floors, lowest last; `lint-imports` holds the order.
INSTALLED_APPS = [
    *(["demo"] if DEMO else []),
    "dashboards",
    "notifications",
    "messaging",
    "contracts",
    "marketplace",
    "scheduling",
    "payments",
    "accounts",
    "core",
    "django_cotton",
    "django_htmx",
    "django_object_actions",
    "django_filters",
    "django_celery_beat",
    "djstripe",
    "pgtrigger",
    "pghistory",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.google",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.headless",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
]

MIDDLEWARE = [
    "notifications.middleware.asked_at",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.SignInMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "accounts.middleware.TimeZoneMiddleware",
    "core.pages.RefusedMiddleware",
]

ROOT_URLCONF = "skileez.urls"
WSGI_APPLICATION = "skileez.wsgi.application"
ASGI_APPLICATION = "skileez.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dashboards.context.site",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "django.templatetags.i18n",
                "django.templatetags.static",
                "core.templatetags.skileez",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Database: PostgreSQL everywhere. A web process sets DATABASE_POOL; workers keep plain connections.
try:
    DATABASES = {"default": env.db_url_config(required("DATABASE_URL", "postgres://user:password@host/name"))}
except (ValueError, environ.ImproperlyConfigured) as error:
    raise stop("DATABASE_URL", "must look like postgres://user:password@host/name") from error
if "postgresql" not in DATABASES["default"].get("ENGINE", ""):
    raise stop("DATABASE_URL", "must name a PostgreSQL database")
DATABASE_POOL = number("DATABASE_POOL", 0)
DATABASES["default"] |= {
    "ATOMIC_REQUESTS": False,
    "CONN_MAX_AGE": 0 if DATABASE_POOL else number("CONN_MAX_AGE", 60),
    "CONN_HEALTH_CHECKS": not DATABASE_POOL,
}
DATABASES["default"].setdefault("OPTIONS", {})
# Pages lie in memory or on solid disks: jumping costs hardly more than reading on, so an index is worth its way.
DATABASES["default"]["OPTIONS"]["options"] = "-c lock_timeout=3000 -c timezone=UTC -c random_page_cost=1.1"
if DATABASE_POOL:
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": DATABASE_POOL, "timeout": 10}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MIGRATION_MODULES = {"djstripe": "payments.mirror_migrations"}

# Redis: short time-outs, so that a frozen one cannot hang a page.
REDIS_URL = required("REDIS_URL", "redis://host:6379/0")
if urlsplit(REDIS_URL).scheme not in {"redis", "rediss"}:
    raise stop("REDIS_URL", "must begin with redis:// or rediss://")
REDIS_PATIENCE = {"socket_timeout": 2, "socket_connect_timeout": 2}
CACHES = {
    "default": {
        "BACKEND": "core.cache.CacheThatMayBeAway",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1, "retry": Retry(NoBackoff(), 0)},
    }
}
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS = {**REDIS_PATIENCE, "max_retries": 1, "visibility_timeout": 3600}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 120
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "core.tasks.sweep_all", "schedule": 60.0, "options": {"expires": 55}},
}

# People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/dashboard/"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupExtra"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = {"failed_in_network": "10/m/ip"}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {
    "login": "accounts.security_forms.LoginForm",
    "signup": "accounts.security_forms.SignupForm",
    "add_email": "accounts.security_forms.NewAddressForm",
    "confirm_email_verification_code": "accounts.security_forms.AddressCodeForm",
    "reauthenticate": "accounts.security_forms.ConfirmPasswordForm",
    "change_password": "accounts.security_forms.ChangePasswordForm",
    "set_password": "accounts.security_forms.SetPasswordForm",
    "reset_password": "accounts.security_forms.LostPasswordForm",
    "reset_password_from_key": "accounts.security_forms.NewPasswordForm",
}
USERSESSIONS_TRACK_ACTIVITY = True
ALLAUTH_TRUSTED_PROXY_COUNT = number("TRUSTED_PROXY_COUNT", 0)
HEADLESS_TOKEN_STRATEGY = "allauth.headless.tokens.strategies.jwt.strategy.JWTTokenStrategy"  # noqa: S105 - a path
HEADLESS_JWT_ALGORITHM = "HS256"
HEADLESS_JWT_PRIVATE_KEY = SECRET_KEY
HEADLESS_JWT_STATEFUL_VALIDATION_ENABLED = True
HEADLESS_CLIENTS = ("app",)
HEADLESS_FRONTEND_URLS = {
    "account_reset_password_from_key": SITE_URL + "/accounts/password/reset/key/{key}/",
    "account_signup": SITE_URL + "/accounts/signup/",
}
MFA_ADAPTER = "accounts.second_factor.SecondFactorAdapter"
MFA_FORMS = {
    "activate_totp": "accounts.security_forms.AppForm",
    "authenticate": "accounts.security_forms.CodeForm",
    "reauthenticate": "accounts.security_forms.ConfirmCodeForm",
    "add_webauthn": "accounts.security_forms.PasskeyForm",
    "edit_webauthn": "accounts.security_forms.PasskeyNameForm",
}
MFA_KEYS = required("MFA_KEYS", "keys of second factors, see docs/sign-in.md", demo="demo-mfa" * 5 + "key=").split(",")
try:
    [Fernet(key) for key in MFA_KEYS]
except ValueError as error:
    raise stop("MFA_KEYS", "must be keys of 32 bytes in URL-safe Base64, with commas between them") from error
MFA_TOTP_ISSUER = "Skileez"
MFA_TOTP_TOLERANCE = 1
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO
GOOGLE_CLIENT_ID = env.str("GOOGLE_CLIENT_ID", default="")
if GOOGLE_CLIENT_ID and not env.str("GOOGLE_CLIENT_SECRET", default=""):
    raise stop("GOOGLE_CLIENT_SECRET", "is missing (GOOGLE_CLIENT_ID is set)")
GOOGLE_CALENDAR_BASE = env.str("GOOGLE_CALENDAR_BASE", default="https://www.googleapis.com/calendar/v3").rstrip("/")
GOOGLE_TOKEN_URL = env.str("GOOGLE_TOKEN_URL", default="https://oauth2.googleapis.com/token")
if not DEMO and not GOOGLE_CALENDAR_BASE.startswith("https://www.googleapis.com/"):
    raise stop("GOOGLE_CALENDAR_BASE", "may name another server than Google's in the demo only")
if not DEMO and GOOGLE_TOKEN_URL != "https://oauth2.googleapis.com/token":  # noqa: S105 - an address
    raise stop("GOOGLE_TOKEN_URL", "may name another server than Google's in the demo only")
GOOGLE_REVOKE_URL = env.str("GOOGLE_REVOKE_URL", default="https://oauth2.googleapis.com/revoke")
if not DEMO and GOOGLE_REVOKE_URL != "https://oauth2.googleapis.com/revoke":
    raise stop("GOOGLE_REVOKE_URL", "may name another server than Google's in the demo only")
SOCIALACCOUNT_ADAPTER = "accounts.adapter.GoogleAdapter"
SOCIALACCOUNT_FORMS = {"signup": "accounts.security_forms.GoogleSignupForm"}
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_PROVIDERS = {
    "google": {
        "OAUTH_PKCE_ENABLED": True,
        "SCOPE": ["profile", "email"],
        "AUTH_PARAMS": {"prompt": "select_account"},
        "APPS": [{"client_id": GOOGLE_CLIENT_ID, "secret": env.str("GOOGLE_CLIENT_SECRET", default="")}]
        if GOOGLE_CLIENT_ID
        else [],
    }
}

# API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "core.paging.NewestFirst",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["core.throttles.PersonThrottle", "core.throttles.NetworkThrottle"],
    "DEFAULT_THROTTLE_RATES": {"person": "600/min", "network": "120/min"},
    "EXCEPTION_HANDLER": "core.api.answer_exception",
    "PAGE_SIZE": 20,
    "NUM_PROXIES": number("TRUSTED_PROXY_COUNT", 0),
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Skileez API",
    "DESCRIPTION": "A marketplace where people learn from people. Times are ISO 8601 in UTC; money is "
    "`{amount_cents, currency}` in minor units; every error is `{code, detail, fields?}`.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "LanguageLevelEnum": "accounts.places.LEVELS",
        "ChangeRequestStateEnum": "contracts.models.ChangeRequest.State",
        "MarkReasonEnum": "contracts.models.Mark.Reason",
        "MarkStateEnum": "contracts.models.Mark.State",
        "ProblemKindEnum": "scheduling.models.Problem.Kind",
        "ProblemStateEnum": "scheduling.models.Problem.State",
        "ProposalStateEnum": "marketplace.models.Proposal.State",
        "RoleEnum": "accounts.models.Role",
        "RequestLevelEnum": "marketplace.models.LearningRequest.Level",
    },
}

# Money
CURRENCIES = [code.lower() for code in env.list("CURRENCIES", default=["usd", "eur", "gbp", "chf", "jpy"])]
STRIPE_SECRET_KEY = required(
    "STRIPE_SECRET_KEY", "the secret key of the platform's Stripe account", demo="sk_test_" + "standin0" * 4
)
STRIPE_WEBHOOK_SECRET = required(
    "STRIPE_WEBHOOK_SECRET", "the signing secret of the platform's endpoint", demo="whsec_" + "platform" * 4
)
STRIPE_CONNECT_WEBHOOK_SECRET = required(
    "STRIPE_CONNECT_WEBHOOK_SECRET", "the signing secret of the Connect endpoint", demo="whsec_" + "connect0" * 4
)
STRIPE_API_BASE = env.str("STRIPE_API_BASE", default="https://api.stripe.com").rstrip("/")
STANDIN_URL = env.str("STANDIN_URL", default=STRIPE_API_BASE).rstrip("/")  # used in the demo only
STRIPE_API_VERSION = "2026-08-26.dahlia"
STRIPE_LIVE_MODE = STRIPE_SECRET_KEY.startswith(("sk_live", "rk_live"))
if DEMO:
    STRIPE_API_HOST = STRIPE_API_BASE  # dj-stripe's word for the same
STRIPE_TEST_SECRET_KEY = "" if STRIPE_LIVE_MODE else STRIPE_SECRET_KEY
STRIPE_LIVE_SECRET_KEY = STRIPE_SECRET_KEY if STRIPE_LIVE_MODE else ""
DJSTRIPE_FOREIGN_KEY_TO_FIELD = "id"
DJSTRIPE_USE_NATIVE_JSONFIELD = True
if not STRIPE_SECRET_KEY.startswith(("sk_test_", "sk_live_", "rk_test_", "rk_live_")):
    raise stop("STRIPE_SECRET_KEY", "must begin with sk_ or rk_")
if DEMO and STRIPE_LIVE_MODE:
    raise stop("STRIPE_SECRET_KEY", "must not be a live key in the demo")
if not DEMO and STRIPE_API_BASE != "https://api.stripe.com":
    raise stop("STRIPE_API_BASE", "may name another server than Stripe's in the demo only")
SILENCED_SYSTEM_CHECKS = ["djstripe.W002"] if DEMO else []

CROWD_DOMAIN = "crowd.skileez.example"  # whose stars `seed --size large` made up, without a review behind them

# Time
USE_TZ = True
TIME_ZONE = "UTC"
TIME_ZONE_DATA = ""  # its version; empty: what the zone data says of itself
TIME_ZONES = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))
CLOCK_FILE = env.str("CLOCK_FILE", default="") if DEMO else ""
MEETING_HOSTS = env.list(
    "MEETING_HOSTS", default=["meet.jit.si", "zoom.us", "meet.google.com", "teams.microsoft.com", "whereby.com"]
)
# Rooms of the platform's own, beside the links of coaches: a Jitsi server, or a LiveKit server with its key.
JITSI_HOST = env.str("JITSI_HOST", default="").lower()
LIVEKIT_URL = env.str("LIVEKIT_URL", default="")
LIVEKIT_API_KEY = env.str("LIVEKIT_API_KEY", default="")
LIVEKIT_API_SECRET = env.str("LIVEKIT_API_SECRET", default="")
LIVEKIT_MEET_URL = env.str("LIVEKIT_MEET_URL", default="") or "https://meet.livekit.io/custom"
if JITSI_HOST and not HOST.fullmatch(JITSI_HOST):
    raise stop("JITSI_HOST", "must be the name of a host, such as meet.example.org")
if LIVEKIT_URL or LIVEKIT_API_KEY or LIVEKIT_API_SECRET:
    if not LIVEKIT_URL.startswith("wss://") or not HOST.fullmatch(LIVEKIT_URL.removeprefix("wss://").rstrip("/")):
        raise stop("LIVEKIT_URL", "must look like wss://host (a setting of LiveKit is set)")
    if not LIVEKIT_API_KEY:
        raise stop("LIVEKIT_API_KEY", "is missing (LIVEKIT_URL is set)")
    if len(LIVEKIT_API_SECRET) < 32:
        raise stop("LIVEKIT_API_SECRET", "must have 32 or more characters (LIVEKIT_URL is set)")
LIVEKIT_MEET_HOST = urlsplit(LIVEKIT_MEET_URL).netloc.lower()
if not LIVEKIT_MEET_URL.startswith("https://") or not HOST.fullmatch(LIVEKIT_MEET_HOST) or "?" in LIVEKIT_MEET_URL:
    raise stop("LIVEKIT_MEET_URL", "must look like https://host/page")
# Where the work of a coach may be looked at: each of these, or what lies below it.
PORTFOLIO_HOSTS = env.list(
    "PORTFOLIO_HOSTS",
    default=[
        "behance.net", "dribbble.com", "flickr.com", "github.com", "gitlab.com", "goodreads.com", "instagram.com",
        "kaggle.com", "linkedin.com", "medium.com", "notion.site", "orcid.org", "soundcloud.com", "spotify.com",
        "stackoverflow.com", "substack.com", "vimeo.com", "wordpress.com", "youtu.be", "youtube.com",
    ],
)  # fmt: skip

# Words
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "locale"]

# Mail: rows of the outbox are the truth; EMAIL_URL says who carries them. The demo keeps them in its own inbox.
EMAIL_URL = required("EMAIL_URL", "smtp+tls://user:password@host:587", demo="dummymail://")
try:
    vars().update(env.email_url_config(EMAIL_URL))
except (ValueError, KeyError, environ.ImproperlyConfigured) as error:
    raise stop("EMAIL_URL", "must look like smtp+tls://user:password@host:587") from error
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Skileez <hello@skileez.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Files
STATIC_URL = "/static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(BASE_DIR / "media"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEMO
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEMO
WHITENOISE_AUTOREFRESH = False

# Safety
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [
            SELF,
            "https://checkout.stripe.com",
            "https://connect.stripe.com",
            *(["https://accounts.google.com"] if GOOGLE_CLIENT_ID else []),
            *(f"https://{name}{host}" for host in MEETING_HOSTS for name in ("", "*.")),
            *([f"https://{JITSI_HOST}"] if JITSI_HOST else []),
            *([f"https://{LIVEKIT_MEET_HOST}"] if LIVEKIT_URL else []),
        ],
    }
}
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "skileez-session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "skileez-csrf"
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

# Watching
LOG_LEVEL = env.str("LOG_LEVEL", default="") or "INFO"
if LOG_LEVEL not in {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}:
    raise stop("LOG_LEVEL", "must be DEBUG, INFO, WARNING, ERROR or CRITICAL")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "core.logs.formatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {"django_structlog": {"level": "WARNING"}, "stripe": {"level": "WARNING"}},
}
SENTRY_DSN = env.str("SENTRY_DSN", default="")
if SENTRY_DSN:
    import sentry_sdk

    try:
        sentry_sdk.init(dsn=SENTRY_DSN, send_default_pii=False)
    except sentry_sdk.utils.BadDsn as error:
        raise stop("SENTRY_DSN", "must look like https://key@host/project") from error
