"""A ticketing tool on a real socket, and the orders that Odoo knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from asgiref.sync import async_to_sync

from cases.models import Scope
from cases.orders.workspace import OrderIdentity
from cases.people.viewer import Viewer
from cases.tickets import TicketCase, case_for_ticket, known_orders, reading
from integrations.canonical import (
    Company,
    FoundOrders,
    MatchReason,
    Money,
    OrderMatch,
    OrderQuery,
    OrderState,
)
from integrations.errors import Unavailable
from integrations.models import TicketingConnection
from integrations.ticketing.connections import forget_kept
from tests.ticketing.conftest import _store, forget_everything
from tests.ticketing.request_tracker_stand_in import RequestTrackerStandIn
from tests.ticketing.stand_in import StandIn, running

__all__ = ["forget_everything"]

Look = Callable[..., TicketCase]


@dataclass
class Orders:
    """What Odoo knows: ``orders.add("S00042")``."""

    known: list[OrderMatch] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    is_silent: bool = False

    def add(self, ref: str, *, company: int = 1, connection: str = "main", channel_ref: str = "") -> None:
        number = len(self.known) + 1
        self.known.append(
            OrderMatch(
                connection=connection,
                company=Company(id=company, name=f"Company {company}"),
                id=number,
                ref=ref,
                channel_ref=channel_ref or None,
                state=OrderState.CONFIRMED,
                placed_at=datetime(2026, 11, 1, tzinfo=UTC),
                total=Money(amount=Decimal(120), currency="EUR"),
                customer_id=80 + number,
                customer="Ana Buyer",
                account_id=80 + number,
                account="Ana Buyer",
                city=None,
                postcode=None,
                why=(MatchReason.ORDER_NUMBER,),
            )
        )

    async def find_orders(
        self, query: OrderQuery, *, companies: frozenset[int], connection: str, **_: Any
    ) -> FoundOrders:
        self.asked.append(query.text)
        if self.is_silent:
            raise Unavailable("down")
        return FoundOrders(
            matches=tuple(
                match
                for match in self.known
                if match.connection == connection
                and match.company.id in companies
                and query.text in (match.ref, match.channel_ref)
            )
        )


@pytest.fixture
def orders(monkeypatch: pytest.MonkeyPatch) -> Orders:
    """Behind every connection to Odoo."""
    known = Orders()

    class Source:
        def __init__(self, slug: str) -> None:
            self.slug = slug

        async def find_orders(self, query: OrderQuery, **more: Any) -> FoundOrders:
            return await known.find_orders(query, connection=self.slug, **more)

    async def source(slug: str) -> Source:
        return Source(slug)

    async def identify(*, connection: str, ref: str, company: int | None, **_: Any) -> OrderIdentity:
        if known.is_silent:
            raise Unavailable("down")
        match = next(
            each
            for each in known.known
            if (each.ref, each.company.id, each.connection) == (ref, company, connection)
        )
        return OrderIdentity(
            connection=connection,
            company_id=match.company.id,
            ref=ref,
            brand="",
            region="",
            customer_id=match.customer_id,
            customer_name="Ana Buyer",
            emails=("ana.buyer@example.com",),
        )

    monkeypatch.setattr(known_orders, "order_source", source)
    monkeypatch.setattr(reading, "identify_order", identify)
    return known


@pytest.fixture
def rt() -> Iterator[StandIn]:
    """Request Tracker with ticket 42, of which nothing is known here."""
    with running(RequestTrackerStandIn) as tool:
        yield tool


@pytest.fixture
def connected(transactional_db: None, rt: StandIn, orders: Orders) -> TicketingConnection:
    """The connection to it, in an installation with two companies."""
    for company in (1, 2):
        Scope.objects.get_or_create(
            connection="main", company_id=company, defaults={"company_name": f"Company {company}"}
        )
    return connect(rt)


def connect(tool: StandIn) -> TicketingConnection:
    made, _ = TicketingConnection.objects.get_or_create(
        slug=tool.vendor.value, defaults={"name": "Help desk", "vendor": tool.vendor.value, "url": tool.url}
    )
    _store(tool, {})
    forget_kept()
    return TicketingConnection.objects.get(pk=made.pk)


@pytest.fixture
def look(connected: TicketingConnection) -> Look:
    """``look("42")``: what opening that ticket comes to, for the installation or for somebody."""

    def ask(ticket_id: str = "42", viewer: Viewer | None = None) -> TicketCase:
        return async_to_sync(case_for_ticket)(
            viewer=viewer, connection_slug=connected.slug, ticket_id=ticket_id, correlation_id="test"
        )

    return ask
