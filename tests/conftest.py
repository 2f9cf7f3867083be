"""The database as the service meets it, and the cast: people with roles, teams and scopes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from pytest_django import DjangoDbBlocker

from cases import connections
from cases.actions import policies
from cases.disclosure import matrix_versions as masking_policy
from cases.masking.roles import Role
from cases.models import Scope, User
from cases.people.access import grant_scope, make_role_groups, viewer_for
from cases.people.viewer import Viewer
from cases.scopes import placing as scoping
from tests.sandboxes import odoo, odoo18, odoo19, sandboxes
from tests.scheduling import pytest_collection_modifyitems, pytest_xdist_make_scheduler

__all__ = [
    "odoo",
    "odoo18",
    "odoo19",
    "pytest_collection_modifyitems",
    "pytest_xdist_make_scheduler",
    "sandboxes",
]


PASSWORD = "correct horse battery staple"
# Made by the migrations and the same for every test.
KEPT_TABLES = {"django_content_type", "auth_permission", "django_migrations"}

PersonMaker = Callable[..., User]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Made and migrated by the owner, used by the app's role: a right that the service lacks is missed in tests too."""
    owner, app = ({name: role[name] for name in ("USER", "PASSWORD")} for role in _roles())
    with django_db_blocker.unblock():
        connection.close()
    connection.settings_dict.update(app)
    original = DatabaseOperations.execute_sql_flush
    DatabaseOperations.execute_sql_flush = _flush_as_owner  # type: ignore[method-assign, assignment]
    yield
    DatabaseOperations.execute_sql_flush = original  # type: ignore[method-assign]
    with django_db_blocker.unblock():
        _end_other_connections()
        connection.close()
    connection.settings_dict.update(owner)


def _end_other_connections() -> None:
    """Threads that async tests left behind hold theirs, and a database in use cannot be dropped."""
    with psycopg.connect(_address(settings.APP_DATABASE)) as mine:
        mine.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
        )


def _roles() -> tuple[dict[str, Any], dict[str, Any]]:
    return settings.OWNER_DATABASE, settings.APP_DATABASE


def _flush_as_owner(operations: DatabaseOperations, statements: list[str]) -> None:
    """Empties the tables after a transactional test, for which even the owner has to switch the tables' guards off.

    Only those that hold something: to truncate all seventy takes six times as long. Foreign keys are checked when
    all is empty, so that any order will do.
    """
    tables = sorted(set(operations.connection.introspection.table_names()) - KEPT_TABLES)
    with psycopg.connect(_address(settings.OWNER_DATABASE)) as owner:
        # As truncating would: whoever still writes is waited for.
        owner.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE".encode())
        asked = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in tables)  # noqa: S608  # nosec B608
        used = [table for (table,) in owner.execute(asked.encode())]
        guards = owner.execute(
            "SELECT tgrelid::regclass::text, tgname, tgenabled::text FROM pg_trigger"
            " WHERE NOT tgisinternal AND tgrelid = ANY(%s::regclass[])",
            [used],
        ).fetchall()
        for table, guard, _ in guards:
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER {guard}".encode())
        for table in used:
            owner.execute(f"DELETE FROM {table}".encode())  # noqa: S608  # nosec B608
        # A table with something still to be checked cannot be changed.
        owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table, guard, enabled in guards:
            always = "ALWAYS " if enabled == "A" else ""
            owner.execute(f"ALTER TABLE {table} ENABLE {always}TRIGGER {guard}".encode())


def _address(role: dict[str, Any]) -> str:
    """Of the test database, for another connection or process."""
    user = quote(role["USER"]) + (f":{quote(role['PASSWORD'])}" if role["PASSWORD"] else "")
    query = urlencode({"host": role["HOST"], **({"port": role["PORT"]} if role["PORT"] else {})})
    return f"postgresql://{user}@/{quote(connection.settings_dict['NAME'])}?{query}"


@pytest.fixture
def app_database_url(transactional_db: None) -> str:
    """The test database for another process; rows must be committed to be seen there."""
    return _address(settings.APP_DATABASE)


@pytest.fixture
def owner_database_url(transactional_db: None) -> str:
    return _address(settings.OWNER_DATABASE)


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """Nothing is remembered from another test's database: no rules, no matrix, no names of connections."""
    _forget_all()
    yield
    _forget_all()


def _forget_all() -> None:
    for module in (policies, masking_policy, scoping, connections):
        vars(module)["_kept"].forget()


@pytest.fixture
def make_person(db: None) -> PersonMaker:
    """A person with roles who may see all orders of some companies: ``make_person("amy", Role.AGENT, main=[1, 2])``."""

    def make(username: str, *roles: Role, is_active: bool = True, **companies: list[int]) -> User:
        user = User.objects.create_user(username=username, password=PASSWORD, is_active=is_active)
        groups = make_role_groups()
        team = Group.objects.create(name=f"team: {username}")
        user.groups.add(team, *(groups[role] for role in roles))
        for slug, ids in companies.items():
            for company_id in ids:
                scope, _ = Scope.objects.get_or_create(
                    connection=slug, company_id=company_id, defaults={"company_name": f"Company {company_id}"}
                )
                grant_scope(group=team, scope=scope)
        return user

    return make


@pytest.fixture
def amy(make_person: PersonMaker) -> User:
    """An agent of company 1."""
    return make_person("amy", Role.AGENT, main=[1])


@pytest.fixture
def sam(make_person: PersonMaker) -> User:
    """A supervisor of companies 1 and 2."""
    return make_person("sam", Role.SUPERVISOR, main=[1, 2])


@pytest.fixture
def fin(make_person: PersonMaker) -> User:
    """Finance, companies 1 and 2."""
    return make_person("fin", Role.FINANCE, main=[1, 2])


@pytest.fixture
def eve(make_person: PersonMaker) -> User:
    """May sign in, may see nothing."""
    return make_person("eve")


@pytest.fixture
def amy_viewer(amy: User) -> Viewer:
    return viewer_for(amy)


@pytest.fixture
def sam_viewer(sam: User) -> Viewer:
    return viewer_for(sam)
