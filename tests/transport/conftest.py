"""Connections to servers on real sockets, and a clean slate of everything the process remembers about them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.utils import timezone

from integrations.credentials import store_credential
from integrations.event_loop import close_current_scope
from integrations.models import OdooConnection
from integrations.odoo import breaker, exchange, known_capabilities, latency, pauses, retries, slots
from integrations.odoo.capabilities import Capabilities, Protocol
from integrations.odoo.connections import ConnectionConfig, forget_kept, reread
from tests.patience import put_limits_away
from tests.transport.raw_odoo import RawOdoo, Script

TABLES = (
    "integrations_financeassignee",
    "integrations_odoocredential",
    "integrations_odooconnection",
    "integrations_odooslot",
    "integrations_odoowaiter",
    "integrations_odoolimit",
    "integrations_odooload",
    "integrations_odoobreaker",
    "integrations_odooutcome",
)
KEY = "0123456789abcdef0123456789abcdef01234567"

Serve = Callable[[Script], Coroutine[Any, Any, RawOdoo]]
Connect = Callable[..., Coroutine[Any, Any, ConnectionConfig]]


@pytest.fixture(autouse=True)
def forget_everything() -> None:
    forget_kept()
    for memory in (
        breaker._tallies,
        breaker._known_open_until,
        exchange._uids,
        known_capabilities._suspected_at,
        retries._budgets,
        latency._usual_ms,
        pauses._known,
        slots._held,
    ):
        memory.clear()
    exchange._refused_uids.clear()


@pytest.fixture(autouse=True)
def limits_are_far_away(monkeypatch: pytest.MonkeyPatch) -> None:
    put_limits_away(monkeypatch)


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    async with AsyncExitStack() as running:

        async def start(script: Script) -> RawOdoo:
            return await running.enter_async_context(RawOdoo(script))

        yield start
        await close_current_scope()


@pytest.fixture
async def committed(db: None) -> AsyncIterator[None]:
    """Rows that other connections and processes see: written in a thread, outside the test's own transaction.

    Only our own tables are emptied, which is quicker than a transactional test.
    """
    yield
    await in_thread(_empty_tables)


def _empty_tables() -> None:
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names


@pytest.fixture
def connect(committed: None) -> Connect:
    """A stored connection with a read key; ``protocol`` also fills in capabilities, so that nothing is discovered."""

    async def make(
        url: str,
        *,
        slug: str = "main",
        protocol: Protocol | None = Protocol.JSONRPC,
        cap: int = 8,
        **fields: Any,
    ) -> ConnectionConfig:
        await in_thread(partial(make_connection, url, slug=slug, protocol=protocol, cap=cap, **fields))
        return await reread(slug)

    return make


async def in_thread(work: Callable[[], Any]) -> Any:
    """Use Django's models, and leave no connection behind in the thread that did."""

    def do() -> Any:
        try:
            return work()
        finally:
            connection.close()

    return await sync_to_async(do)()


def make_connection(
    url: str, *, slug: str = "main", protocol: Protocol | None = Protocol.JSONRPC, cap: int = 8, **fields: Any
) -> OdooConnection:
    if protocol is not None:
        version = 19 if protocol is Protocol.JSON2 else 18
        known = Capabilities(version=version, protocol=protocol, server_version=f"{version}.0")
        fields |= {"capabilities": known.to_json(), "version": f"{version}.0", "probed_at": timezone.now()}
    made = OdooConnection.objects.create(
        slug=slug, name=slug.title(), url=url, database="shop", max_in_flight=cap, **fields
    )
    store_credential(connection=made, purpose="read", login="console@example.com", key=KEY)
    return made
