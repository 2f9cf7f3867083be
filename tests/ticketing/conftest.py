"""Stand-ins of all tools on real sockets, connections to them, and a clean slate of what the process remembers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection

from integrations import http
from integrations.event_loop import close_current_scope
from integrations.models import TicketingConnection
from integrations.odoo.budget import Budget
from integrations.ticketing import exchange, pauses
from integrations.ticketing.connections import forget_kept
from integrations.ticketing.keys import store_key
from integrations.ticketing.protocol import TicketSystem
from integrations.ticketing.records import Note
from integrations.ticketing.systems import ticket_system
from tests.patience import GENEROUS_S
from tests.ticketing.chatwoot_stand_in import ChatwootStandIn
from tests.ticketing.django_helpdesk_stand_in import DjangoHelpdeskStandIn
from tests.ticketing.freshdesk_stand_in import FreshdeskStandIn
from tests.ticketing.front_stand_in import FrontStandIn
from tests.ticketing.request_tracker_stand_in import RequestTrackerStandIn
from tests.ticketing.stand_in import StandIn, running
from tests.ticketing.zammad_stand_in import ZammadStandIn
from tests.ticketing.zendesk_stand_in import ZendeskStandIn

KINDS: tuple[type[StandIn], ...] = (
    ZendeskStandIn,
    ChatwootStandIn,
    FreshdeskStandIn,
    ZammadStandIn,
    FrontStandIn,
    RequestTrackerStandIn,
    DjangoHelpdeskStandIn,
)

TABLES = ("integrations_ticketingcredential", "integrations_ticketingconnection")
KEY = "3f2a9c51-0000-4000-8000-000000000001"

Serve = Callable[[type[StandIn]], StandIn]
Connect = Callable[..., Coroutine[Any, Any, TicketSystem]]


@pytest.fixture(autouse=True)
def forget_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_kept()
    pauses._until.clear()
    exchange._saved.clear()
    for name in ("CONNECT_TIMEOUT_S", "POOL_TIMEOUT_S"):
        monkeypatch.setattr(http, name, GENEROUS_S)
    monkeypatch.setattr(exchange, "CONNECT_S", GENEROUS_S)


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts stand-ins, and looks at the end whether everything they were asked is in the vendor's description."""
    with ExitStack() as stack:
        yield lambda kind: stack.enter_context(running(kind))


@pytest.fixture(params=KINDS, ids=lambda kind: kind.vendor.value)
def tool(request: pytest.FixtureRequest, serve: Serve) -> StandIn:
    """Each tool in turn."""
    return serve(request.param)


@pytest.fixture
async def committed(db: None) -> AsyncIterator[None]:
    """Rows that other connections see: written in a thread, outside the test's own transaction."""
    yield
    await close_current_scope()
    await sync_to_async(_empty_tables, thread_sensitive=False)()


def _empty_tables() -> None:
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
    connection.close()


@pytest.fixture
def connect(committed: None) -> Connect:
    """A tool's connection, made and asked for as the service does it."""

    async def make(tool: StandIn, *, seconds: float = GENEROUS_S, **changes: Any) -> TicketSystem:
        await sync_to_async(_store, thread_sensitive=False)(tool, changes)
        forget_kept()
        return await ticket_system(
            tool.vendor.value, budget=Budget.of(seconds, queue_s=seconds), correlation_id="req-1"
        )

    return make


def _store(tool: StandIn, changes: dict[str, Any]) -> None:
    values = {
        "name": tool.vendor.value,
        "vendor": tool.vendor.value,
        "url": tool.url,
        "account": tool.account,
        "order_field": tool.order_field,
        "link_field": tool.link_field,
        **changes,
    }
    made, _ = TicketingConnection.objects.update_or_create(slug=tool.vendor.value, defaults=values)
    made.full_clean()
    for purpose, (login, key) in tool.keys.items():
        store_key(connection=made, purpose=purpose, login=login, key=key)
    connection.close()


def note(text: str = "Refund RR-17 approved by a supervisor.", key: str = KEY) -> Note:
    return Note(key=key, text=text, intended_at=datetime.now(UTC))
