"""The database and its two roles: one owns the schema, the other only works with the rows."""

from collections.abc import Callable
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import sql

SUPERUSER = "postgres"
OWNER = "deskglass_owner"
APP = "deskglass_app"
DATABASE = "deskglass"


def prepare_roles(url_of: Callable[[str], str]) -> None:
    """Make what is missing in a cluster of our own; `url_of` gives the superuser's address of a database."""
    with psycopg.connect(url_of("template1"), autocommit=True) as connection:
        if _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", DATABASE):
            return
        for role, rights in ((OWNER, "LOGIN CREATEDB"), (APP, "LOGIN")):
            if not _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", role):
                connection.execute(f"CREATE ROLE {role} {rights}")
        # Lets the owner try something as the app's role, which tests of missing rights need.
        connection.execute(f"GRANT {APP} TO {OWNER}")
        # Said in template1, so that every database made from it starts with these rights, those of tests too.
        _grant_future_rows(connection, owner=OWNER, app=APP)
        connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")


def share_rows(*, owner_url: str, app_url: str) -> None:
    """In a database that somebody else runs: let the app's role work with the owner's rows, now and later."""
    owner, app = _role_of(owner_url), _role_of(app_url)
    if owner == app:
        return
    with psycopg.connect(owner_url, autocommit=True) as connection:
        _grant_future_rows(connection, owner=owner, app=app)


def _grant_future_rows(connection: psycopg.Connection[tuple[object, ...]], *, owner: str, app: str) -> None:
    names = {"owner": sql.Identifier(owner), "app": sql.Identifier(app)}
    for grant in (
        "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES",
        "GRANT USAGE, SELECT ON SEQUENCES",
    ):
        statement = f"ALTER DEFAULT PRIVILEGES FOR ROLE {{owner}} {grant} TO {{app}}"
        connection.execute(sql.SQL(statement).format(**names))


def _role_of(url: str) -> str:
    return unquote(urlsplit(url).username or "")


def _exists(connection: psycopg.Connection[tuple[object, ...]], query: str, name: str) -> bool:
    return connection.execute(query.encode(), (name,)).fetchone() is not None
