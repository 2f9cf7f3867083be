"""Makes agents who are signed in already: two hundred sign-ins would measure a password hash and nothing else.

``DEMO_DIR=... python -m tests.load.people 200`` prints one JSON list: cookie and form token of each.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from typing import Any

from console.runtime.demo_environment import load_running_demo

load_running_demo()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")

import django  # noqa: E402 - the settings must be there first

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib import auth  # noqa: E402
from django.utils.crypto import get_random_string  # noqa: E402

from cases.models import User  # noqa: E402

PATTERN = "agent"  # whose roles, teams and companies all get
SECRET_LENGTH = 32


def main(count: int) -> None:
    pattern = User.objects.get(username=PATTERN)
    groups = list(pattern.groups.all())
    store: Any = import_module(settings.SESSION_ENGINE).SessionStore
    made = []
    for number in range(count):
        user, _ = User.objects.get_or_create(
            username=f"load-{number:04}", defaults={"password": pattern.password}
        )
        user.groups.set(groups)
        session, secret = store(), get_random_string(SECRET_LENGTH)
        session[auth.SESSION_KEY] = str(user.pk)
        session[auth.BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[auth.HASH_SESSION_KEY] = user.get_session_auth_hash()
        session["_csrftoken"] = secret
        session.save()
        made.append({"cookie": f"{settings.SESSION_COOKIE_NAME}={session.session_key}", "token": secret})
    print(json.dumps(made))


if __name__ == "__main__":
    main(int(sys.argv[1]))
