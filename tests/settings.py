"""The product's settings with test keys; the schema's owner runs the tests, because it makes their database."""

import base64
import os

os.environ.setdefault("SECRET_KEY", "for-tests-only-and-long-enough-to-please-every-check-0123456789")
os.environ.setdefault("DESKGLASS_ENCRYPTION_KEY", base64.urlsafe_b64encode(bytes(32)).decode())
os.environ.setdefault("DESKGLASS_SEARCH_KEY", "search-key-for-tests-only-0123456789")
os.environ.setdefault("METRICS_TOKEN", "metrics-token-for-tests")
os.environ.setdefault("STATICFILES_BACKEND", "django.contrib.staticfiles.storage.StaticFilesStorage")
# Without a database only what needs none runs: type checks, missing migrations, pure rules.
APP_DATABASE_URL = os.environ.get("DATABASE_URL", "postgresql://deskglass_app@/deskglass?host=/nonexistent")
os.environ["DATABASE_URL"] = os.environ.get("DATABASE_OWNER_URL") or APP_DATABASE_URL

from console.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
