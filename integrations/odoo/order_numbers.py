"""Which order numbers there are in a company: for the demo and for comparisons, not for pages."""

from __future__ import annotations

from collections.abc import Sequence

from integrations.errors import GatewayError
from integrations.odoo.budget import Budget
from integrations.odoo.calls import OdooCall
from integrations.odoo.client import OdooClient
from integrations.odoo.connections import ConnectionConfig


async def order_numbers(
    config: ConnectionConfig, *, company_id: int, among: Sequence[str] | None, limit: int
) -> list[str]:
    """The newest confirmed orders, or those of ``among`` that exist. Raises the gateway's errors."""
    names = ["name", "in", list(among)] if among is not None else ["state", "=", "sale"]
    call = OdooCall(
        model="sale.order",
        method="search_read",
        params={
            "domain": [["company_id", "=", company_id], names],
            "fields": ["name"],
            "limit": limit,
            "order": "date_order desc, id desc",
        },
        context={"allowed_company_ids": [company_id]},
    )
    client = OdooClient(config)
    await client.capabilities()
    (answer,) = await client.read([call], budget=Budget.probe(), correlation_id="order-numbers")
    if isinstance(answer, GatewayError):
        raise answer
    return [row["name"] for row in answer.result]
