"""No version of the matrix and no rule is remembered from another test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cases.disclosure.matrix_versions import forget_kept_policy
from cases.masking.roles import Role
from cases.models import User
from cases.people.access import viewer_for
from cases.people.viewer import Viewer
from cases.scopes.placing import forget_kept_rules
from tests.conftest import PersonMaker


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    forget_kept_policy()
    forget_kept_rules()
    yield
    forget_kept_policy()
    forget_kept_rules()


@pytest.fixture
def ada(make_person: PersonMaker) -> User:
    """Administers; sees no customer."""
    return make_person("ada", Role.ADMIN, main=[1])


@pytest.fixture
def ada_viewer(ada: User) -> Viewer:
    return viewer_for(ada)
