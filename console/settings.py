"""Every setting, read from the environment; a missing secret stops the start."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from console.environment import database, env, env_bool, env_int, env_list, env_secret

BASE_DIR = Path(__file__).resolve().parent.parent

# --- Core -------------------------------------------------------------------------------------------------------
SECRET_KEY = env_secret("SECRET_KEY")
DEBUG = env_bool("DEBUG", default=False)
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
ROOT_URLCONF = "console.urls"
ASGI_APPLICATION = "console.asgi.application"
WSGI_APPLICATION = "console.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = False  # an order's number is the rest of the path, slashes included

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "guardian",
    "axes",
    "django_q",
    "rest_framework",
    "drf_spectacular",
    "integrations",
    "cases",
    "console",
]

MIDDLEWARE = [
    "console.middleware.RequestContextMiddleware",
    "console.compression.CompressionMiddleware",
    "console.middleware.SecurityHeadersMiddleware",
    "console.middleware.HostMiddleware",
    "console.static_serving.StaticFilesMiddleware",
    "console.middleware.SessionMiddleware",
    "console.middleware.AuthenticationMiddleware",
    "console.middleware.LocaleMiddleware",
    "console.middleware.CsrfViewMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "console.middleware.MessageMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "console.jinja.Pages",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "environment": "console.jinja.environment",
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "console.context.chrome",
            ],
        },
    }
]

# --- Database ---------------------------------------------------------------------------------------------------
# The web and the worker sign in as a role that owns nothing; migrations run as the owner (see manage.py).
DATABASES = {"default": database(env_secret("DATABASE_URL"), pool_size=env_int("DB_POOL_SIZE", default=0))}

# --- Who ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "cases.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"

AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_SENSITIVE_PARAMETERS = ["username", "password"]
AXES_USERNAME_CALLABLE = "console.security.hashed_username"
AXES_HANDLER = "console.sign_in_limit.CountingHandler"
AXES_RESET_ON_SUCCESS = True
SILENCED_SYSTEM_CHECKS = [
    "axes.W002"
]  # its middleware only draws a page of its own; ours is the sign-in page
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

# Not cached_db: without a shared cache a session that one process ended would live on in the others.
SESSION_ENGINE = "console.sessions"
SESSION_COOKIE_NAME = "deskglass"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = env_bool("SECURE_COOKIES", default=False)
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_USE_SESSIONS = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no second cookie
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS", default=[])

# --- What a browser may do with our pages -----------------------------------------------------------------------
CONTENT_SECURITY_POLICY_HEADER = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)

# --- Language and time ------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "console" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env("TIME_ZONE", default="UTC")

# --- Static files -----------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = env("STATIC_ROOT", default=str(BASE_DIR / ".static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "console.static_finders.PackagesWeLoad",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": env("STATICFILES_BACKEND", "whitenoise.storage.CompressedManifestStaticFilesStorage")
    },
}

WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_MAX_AGE = 3600  # for the few files without a hash in their name

# --- Queue: a bell, never the truth -----------------------------------------------------------------------------
Q_CLUSTER = {
    "name": "deskglass",
    "orm": "default",
    "workers": env_int("QUEUE_WORKERS", default=2),
    "bulk": 1,
    "queue_limit": env_int("QUEUE_WORKERS", default=2),
    "timeout": 60,
    "retry": 180,
    "max_attempts": 1,
    "ack_failures": True,
    "catch_up": False,
    "poll": 0.5,
    "recycle": 500,
    "save_limit": 500,
    "label": "Deskglass",
}

# --- API --------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["console.api.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["console.api.rendering.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["console.api.parsing.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "console.api.problems.problem_response",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Deskglass",
    "DESCRIPTION": "The same orders as the pages, with the same rights and the same masking.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "OAS_VERSION": "3.1.0",
}

# --- Ours -------------------------------------------------------------------------------------------------------
DESKGLASS_ENCRYPTION_KEY = env_secret(
    "DESKGLASS_ENCRYPTION_KEY"
)  # several, comma-separated: the first encrypts
DESKGLASS_SEARCH_KEY = env_secret("DESKGLASS_SEARCH_KEY")  # keys the hashes of what people searched for
METRICS_TOKEN = env_secret("METRICS_TOKEN", default="")  # without one, /metrics answers 404
SNAPSHOT_DAYS = env_int("SNAPSHOT_DAYS", default=30)  # how long the last known facts of an order are kept
AUDIT_ANCHOR_DIR = env("AUDIT_ANCHOR_DIR", default="")  # where the app's database role cannot write

API_CALLS_PER_SECOND = env_int("API_CALLS_PER_SECOND", default=10)  # per token and web process
API_BURST = env_int("API_BURST", default=60)

ODOO_WRITES = env_bool("ODOO_WRITES", default=False)  # without it nothing is ever written into Odoo
# Where colleagues open the console, as ticketing tools are to link to it: https://console.example.com
CONSOLE_ADDRESS = env("CONSOLE_ADDRESS", "").rstrip("/")
# Hosts of ticketing tools that may lie in a private network; by name, as in the connection's address.
TICKETING_PRIVATE_HOSTS = [host.lower() for host in env_list("TICKETING_PRIVATE_HOSTS", default=[])]
# Of the engine's waiting times, for trials.
ACTION_TIME_FACTOR = float(env("ACTION_TIME_FACTOR", default="1"))

LOGGING_CONFIG = "console.logs.configure"  # JSON lines, redaction last
LOGGING = {"level": env("LOG_LEVEL", default="INFO")}
