"""People who write, publish and read rules."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from cases.masking.roles import Role
from cases.models import User
from cases.people.access import viewer_for
from cases.people.viewer import Viewer
from tests.conftest import PersonMaker

BACKEND = "django.contrib.auth.backends.ModelBackend"
Browse = Callable[[User], Client]


@pytest.fixture
def ada(make_person: PersonMaker) -> User:
    """Administers; sees no customer."""
    return make_person("ada", Role.ADMIN, main=[1])


@pytest.fixture
def ada_viewer(ada: User) -> Viewer:
    return viewer_for(ada)


@pytest.fixture
def browse() -> Browse:
    """``browse(person)``: their browser, signed in."""

    def signed_in(person: User) -> Client:
        client = Client()
        client.force_login(person, backend=BACKEND)
        return client

    return signed_in
