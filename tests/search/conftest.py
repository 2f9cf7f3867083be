"""The gateway tests' stored connections, and questions asked of them."""

from __future__ import annotations

from typing import Any

from cases.search.kinds import classify
from integrations.canonical import FoundOrders
from integrations.odoo.budget import Budget
from integrations.odoo.connections import ConnectionConfig
from integrations.odoo.gateway import OdooGateway
from tests.gateway.conftest import (
    BOTH,
    committed,
    connect,
    forget_everything,
    fresh_gateway,
    known_person,
    limits_are_far_away,
)

__all__ = [
    "committed",
    "connect",
    "forget_everything",
    "fresh_gateway",
    "known_person",
    "limits_are_far_away",
]


async def find(config: ConnectionConfig, typed: str, **options: Any) -> FoundOrders:
    options = {"companies": BOTH, **options}
    return await OdooGateway(config).find_orders(
        classify(typed), budget=Budget.of(10), correlation_id="r-1", **options
    )


def refs(found: FoundOrders) -> set[str]:
    return {match.ref for match in found.matches}
