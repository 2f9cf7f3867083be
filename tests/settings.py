"""The settings under test: throw-away secrets, quick password hashes, and the database the wrapper started."""

from __future__ import annotations

import base64
import os

os.environ.setdefault("SECRET_KEY", "secret-of-the-tests-" + "x" * 40)
os.environ.setdefault("DESKGLASS_ENCRYPTION_KEY", base64.urlsafe_b64encode(b"k" * 32).decode())
# Enough for the type checker, which opens no connection; "make test" starts a database and names it here.
os.environ.setdefault("DATABASE_URL", "postgresql:///deskglass")
os.environ.setdefault("DESKGLASS_SEARCH_KEY", "search-key-of-the-tests")
os.environ.setdefault("METRICS_TOKEN", "metrics-token-of-the-tests")
os.environ.setdefault("STATICFILES_BACKEND", "django.contrib.staticfiles.storage.StaticFilesStorage")

from console.environment import database, env, env_secret
from console.settings import *  # noqa: F403 - that is what settings of tests are

# The owner makes and migrates the test database; the tests themselves then work as the app's role (see conftest).
APP_DATABASE = database(env_secret("DATABASE_URL"), pool_size=0)
OWNER_DATABASE = database(env("DATABASE_OWNER_URL", os.environ["DATABASE_URL"]), pool_size=0)
DATABASES = {"default": {**OWNER_DATABASE, "CONN_MAX_AGE": 0}}

ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver", "desk.example"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
API_CALLS_PER_SECOND = 1000
API_BURST = 1000
TICKETING_PRIVATE_HOSTS = ["127.0.0.1"]
STATIC_ROOT = None  # type: ignore[assignment]  # whitenoise looks at the sources instead
WHITENOISE_USE_FINDERS = True
