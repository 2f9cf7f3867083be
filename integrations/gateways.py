"""Where the layer above gets the system of record behind a connection: the only door into ``integrations``."""

from __future__ import annotations

from typing import Protocol

from integrations.canonical import FoundOrders, OrderQuery, OrderReading, OriginCondition
from integrations.odoo.budget import Budget
from integrations.odoo.connections import connection
from integrations.odoo.gateway import OdooGateway


class OrderSource(Protocol):
    """Reads of orders, in our words. Raises ``integrations.errors.GatewayError`` and nothing else."""

    async def read_order(
        self,
        ref: str,
        *,
        companies: frozenset[int],
        payment_details: bool,
        budget: Budget,
        correlation_id: str,
        origins: frozenset[OriginCondition] | None = None,
    ) -> OrderReading: ...

    async def find_orders(
        self,
        query: OrderQuery,
        *,
        companies: frozenset[int],
        budget: Budget,
        correlation_id: str,
        origins: frozenset[OriginCondition] | None = None,
    ) -> FoundOrders: ...


async def order_source(slug: str) -> OrderSource:
    """The source behind a connection; ``LookupError`` where there is none of that name."""
    return OdooGateway(await connection(slug))


__all__ = ["Budget", "OrderSource", "order_source"]
