"""Orders of the sandbox whose goods can come back or be sent again: each is given out once."""

from __future__ import annotations

from typing import Any

from integrations.canonical import (
    EffectResult,
    ReplacementFacts,
    ReplacementRequest,
    ReturnFacts,
    ReturnRequest,
)
from integrations.odoo.budget import Budget
from integrations.odoo.effects import OdooEffects
from tests.bridge.conftest import Shop
from tests.sandbox.process import Sandbox


class Goods:
    """Deliveries of the first company."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.shop = Shop(sandbox)
        self.call = sandbox.call

    def delivered(self, *, tracking: str = "none", kit: bool = False) -> tuple[int, str]:
        """An order with one done delivery, nothing of which came back; its id and number."""
        used = _given.setdefault(self.shop.sandbox.port, set())
        domain = [["state", "=", "sale"], ["company_id", "=", 1], ["picking_ids", "!=", False]]
        fields = ["picking_ids", "name", "order_line"]
        for row in self.call("sale.order", "search_read", domain, fields=fields, order="id"):
            if row["id"] in used or len(row["picking_ids"]) != 1:
                continue
            picking = self.shop.row(
                "stock.picking", row["picking_ids"][0], "state picking_type_code move_ids"
            )
            if (picking["state"], picking["picking_type_code"]) != ("done", "outgoing"):
                continue
            moves = self.call(
                "stock.move", "read", picking["move_ids"], fields=["product_id", "sale_line_id"]
            )
            lines = self.call("sale.order.line", "read", row["order_line"], fields=["product_id"])
            ordered = {line["product_id"][0] for line in lines if line["product_id"]}
            shipped = {move["product_id"][0] for move in moves}
            if (not shipped <= ordered) is not kit or (not kit and self._tracking(shipped) != {tracking}):
                continue
            used.add(row["id"])
            return int(row["id"]), str(row["name"])
        raise LookupError("no order is left")

    def _tracking(self, products: set[int]) -> set[str]:
        rows = self.call("product.product", "read", sorted(products), fields=["tracking"])
        return {row["tracking"] for row in rows}

    def returns(self, order: int) -> list[dict[str, Any]]:
        domain = [["sale_id", "=", order], ["return_id", "!=", False]]
        fields = ["name", "state", "origin", "location_dest_id", "picking_type_id", "move_ids"]
        found: list[dict[str, Any]] = self.call("stock.picking", "search_read", domain, fields=fields)
        return found

    def replacements(self, ref: str) -> list[dict[str, Any]]:
        domain = [["origin", "=like", f"{ref}, %"]]
        fields = ["name", "state", "amount_total", "client_order_ref", "picking_ids", "order_line"]
        found: list[dict[str, Any]] = self.call("sale.order", "search_read", domain, fields=fields)
        return found


_given: dict[int, set[int]] = {}


async def return_facts_of(door: OdooEffects, order: int) -> ReturnFacts:
    return await door.read_return_facts(order, company_id=1, budget=Budget.of(20.0), correlation_id="test")


async def replacement_facts_of(door: OdooEffects, order: int, ref: str, *others: int) -> ReplacementFacts:
    return await door.read_replacement_facts(
        order,
        order_ref=ref,
        company_id=1,
        other_products=others,
        budget=Budget.of(20.0),
        correlation_id="test",
    )


async def send_back(door: OdooEffects, request: ReturnRequest) -> EffectResult:
    return await door.create_return(request, budget=Budget.of(20.0), correlation_id="test")


async def send_again(door: OdooEffects, request: ReplacementRequest) -> EffectResult:
    return await door.create_replacement(request, budget=Budget.of(20.0), correlation_id="test")


async def find(door: OdooEffects, request: ReturnRequest | ReplacementRequest) -> EffectResult | None:
    return await door.find_effect(
        request.key, company_id=request.company_id, budget=Budget.of(20.0), correlation_id="test"
    )
