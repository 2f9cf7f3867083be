"""A few asynchronous PostgreSQL connections per event loop, for statements that must not cost a thread.

The order page spends one short statement on this before it may call Odoo; Django's own connections would add a hop
to a thread and back. Made lazily, so that a forked worker never shares one with its parent.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any

import psycopg
from django.db import connections
from psycopg.pq import TransactionStatus

from integrations.event_loop import current_scope

MAX_OPEN = 4
CONNECT_TIMEOUT_S = 3

Row = tuple[Any, ...]
Parameters = Mapping[str, Any] | Sequence[Any]


class StatementPool:
    """Hands out autocommit connections; a broken one is thrown away and the statement repeated once."""

    def __init__(self) -> None:
        self._idle: list[psycopg.AsyncConnection[Row]] = []
        self._permits = asyncio.Semaphore(MAX_OPEN)
        self._process = os.getpid()

    async def rows(self, statement: str, parameters: Parameters) -> list[Row]:
        """Run one statement and return what it yields. Only for statements that may be repeated."""
        async with self._permits:
            reused = bool(self._idle)
            connection = self._idle.pop() if reused else await _connect()
            try:
                rows = await _rows(connection, statement, parameters)
            except psycopg.OperationalError:
                await connection.close()
                if not reused:
                    raise
                connection = await _connect()
                rows = await _rows(connection, statement, parameters)
            except BaseException:
                # Cancelled in mid-statement, or a fault of ours: the connection's state is unknown.
                with suppress(Exception):
                    await connection.close()
                raise
            self._idle.append(connection)
            return rows

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[psycopg.AsyncConnection[Row]]:
        """A begun transaction, whose statements are sent without waiting for one another's answers.

        The caller says COMMIT as the last of them; leaving waits for it, and leaving without it is an error and
        changes nothing. Nothing is repeated.
        """
        async with self._permits:
            connection = await self._begun()
            try:
                async with connection.pipeline():
                    yield connection
                if connection.info.transaction_status != TransactionStatus.IDLE:
                    raise psycopg.OperationalError("a transaction was left open")
            except BaseException:
                with suppress(Exception):
                    await connection.close()  # which rolls back
                raise
            self._idle.append(connection)

    async def _begun(self) -> psycopg.AsyncConnection[Row]:
        """A connection inside a transaction; one that broke while it was idle is thrown away."""
        if self._idle:
            connection = self._idle.pop()
            try:
                await connection.execute("BEGIN")
            except BaseException as error:
                with suppress(Exception):
                    await connection.close()
                if not isinstance(error, psycopg.OperationalError):
                    raise
            else:
                return connection
        connection = await _connect()
        await connection.execute("BEGIN")
        return connection

    async def close(self) -> None:
        while self._idle:
            await self._idle.pop().close()


async def _rows(
    connection: psycopg.AsyncConnection[Row], statement: str, parameters: Parameters
) -> list[Row]:
    cursor = await connection.execute(statement, parameters)
    return await cursor.fetchall() if cursor.description else []


async def _connect() -> psycopg.AsyncConnection[Row]:
    settings = connections["default"].settings_dict
    options = {
        name: value
        for name, value in settings["OPTIONS"].items()
        if name not in {"pool", "server_side_binding", "isolation_level", "assume_role", "prepare_threshold"}
    }
    return await psycopg.AsyncConnection.connect(
        autocommit=True,
        prepare_threshold=2,
        dbname=settings["NAME"],
        user=settings["USER"] or None,
        password=settings["PASSWORD"] or None,
        host=settings["HOST"] or None,
        port=settings["PORT"] or None,
        connect_timeout=CONNECT_TIMEOUT_S,
        application_name="deskglass-statements",
        **options,
    )


async def rows(statement: str, parameters: Parameters) -> list[Row]:
    """Run one repeatable statement on this loop's pool."""
    return await _pool().rows(statement, parameters)


def transaction() -> AbstractAsyncContextManager[psycopg.AsyncConnection[Row]]:
    """Several statements as one, on this loop's pool."""
    return _pool().transaction()


def _pool() -> StatementPool:
    scope = current_scope()
    pool: StatementPool | None = scope.resources.get("statements")
    if pool is None:
        pool = scope.resources["statements"] = StatementPool()
        scope.closers.append(pool.close)
    return pool
