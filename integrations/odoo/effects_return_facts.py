"""Reads what of an order was delivered, came back and can come back, and where to, in one round trip."""

from __future__ import annotations

from typing import Any

from integrations.canonical import (
    ReturnFacts,
)
from integrations.errors import GatewayError, Missing
from integrations.odoo.budget import Budget
from integrations.odoo.calls import OdooCall
from integrations.odoo.capabilities import Capabilities
from integrations.odoo.client import OdooClient
from integrations.odoo.effects_return_words import facts_of
from integrations.odoo.order_question import records_of, understanding
from integrations.odoo.specification import Relation, Specification, cut_wish

_OPERATION = (
    "name",
    "action_create_refund",
    "action_create_delivery",
    "auto_confirm_reception",
    "different_return_product",
)


async def read_return_facts(
    client: OdooClient, order_id: int, *, company_id: int, budget: Budget, correlation_id: str
) -> ReturnFacts:
    """One order by its id; ``Missing`` where that company has none."""
    capabilities = await client.capabilities(budget=budget)
    context = {"allowed_company_ids": [company_id]}
    has_rma = capabilities.has("rma", "order_id")

    def search(model: str, domain: list[Any], specification: Specification) -> OdooCall:
        params = {"domain": domain, "specification": specification}
        return OdooCall(model=model, method="web_search_read", params=params, context=context)

    calls = [
        search("sale.order", [["id", "=", order_id], ["company_id", "=", company_id]], _order(capabilities)),
        search("stock.warehouse", [["company_id", "=", company_id]], _warehouse(capabilities)),
    ]
    if has_rma:
        calls.append(
            search(
                "rma", [["order_id", "=", order_id], ["reception_move_id", "=", False]], _rma(capabilities)
            )
        )
        calls.append(search("rma.operation", [], {name: {} for name in _OPERATION}))
    answers = await client.read(calls, budget=budget, correlation_id=correlation_id)
    for answer in answers:
        if isinstance(answer, GatewayError):
            raise answer
    found = [records_of(answer) for answer in answers if not isinstance(answer, GatewayError)]
    fetched_at = next(answer.sent_at for answer in answers if not isinstance(answer, GatewayError))
    if not found[0]:
        raise Missing("no such order in this company")
    with understanding("an order's deliveries"):
        return facts_of(
            found[0][0],
            found[1],
            found[2] if has_rma else None,
            found[3] if has_rma else (),
            connection=client.config.slug,
            version=capabilities.version,
            fetched_at=fetched_at,
        )


def _leaves(names: str) -> dict[str, Relation | None]:
    return dict.fromkeys(names.split())


def _order(capabilities: Capabilities) -> Specification:
    unit = Relation("uom.uom", _leaves("display_name factor"))
    light = {
        **_leaves("state product_uom_qty quantity location_usage location_dest_usage sale_line_id"),
        **_leaves("origin_returned_move_id"),
        "product_uom": unit,
        "move_line_ids": Relation(
            "stock.move.line", {**_leaves("quantity"), "lot_id": Relation("stock.lot", _leaves("name"))}
        ),
    }
    kind = Relation("stock.picking.type", _leaves("warehouse_id"))
    move = {
        **light,
        "product_id": Relation("product.product", _leaves("display_name tracking")),
        "picking_id": Relation("stock.picking", {**_leaves("name state date_done"), "picking_type_id": kind}),
        "returned_move_ids": Relation("stock.move", light),
    }
    wish: dict[str, Relation | None] = {
        **_leaves("name state"),
        "company_id": Relation("res.company", _leaves("display_name")),
        "order_line": Relation(
            "sale.order.line",
            {
                **_leaves("qty_delivered display_type product_id"),
                "move_ids": Relation("stock.move", move, order="id"),
            },
        ),
    }
    return cut_wish("sale.order", wish, capabilities)


def _warehouse(capabilities: Capabilities) -> Specification:
    country = Relation("res.country", _leaves("display_name"))
    address = Relation("res.partner", {**_leaves("name street street2 zip city"), "country_id": country})
    wish = {**_leaves("name lot_stock_id in_type_id rma_loc_id"), "partner_id": address}
    return cut_wish("stock.warehouse", wish, capabilities)


def _rma(capabilities: Capabilities) -> Specification:
    wish = {**_leaves("state product_uom_qty move_id"), "product_uom": Relation("uom.uom", _leaves("factor"))}
    return cut_wish("rma", wish, capabilities)
