"""An installation with one sandbox Odoo, and exchanges that are asked for, approved and made there."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from cases.actions import points
from cases.actions.exchange.form import ExchangeForm, WishedSwap
from cases.actions.points import Point
from cases.actions.proposing import Proposed, propose_action
from cases.models import Action, ActionSwitch
from tests.published_rules import publish_rules
from tests.replacements.conftest import House as Shop
from tests.replacements.conftest import Sold, forget_everything, limits_are_far_away, sandboxes
from tests.replacements.conftest import house as shop
from tests.returns.conftest import generous

__all__ = ["forget_everything", "limits_are_far_away", "sandboxes", "shop"]


@dataclass(frozen=True, kw_only=True)
class Other:
    """A product that can go out in place of another one."""

    id: int
    code: str
    price: Decimal


@dataclass(kw_only=True)
class House(Shop):
    """What a test does here: ask, approve, carry out, and meddle in Odoo."""

    def sold(self, **kind: int) -> Sold:
        """Of which somebody has to approve it: what cost nothing needs nobody."""
        while True:
            found = super().sold(**kind)
            if found.line.total > 0:
                return found

    def swap(
        self, sold: Sold, quantity: str = "1", *, code: str = "", reason: str = "damaged"
    ) -> ExchangeForm:
        line = WishedSwap(line_id=sold.line.id, quantity=Decimal(quantity), reason=reason, product_code=code)
        return ExchangeForm(connection="main", ref=sold.ref, company=1, lines=(line,))

    def propose(self, sold: Sold, quantity: str = "1", *, dry_run: bool = False, **more: Any) -> Proposed:
        return async_to_sync(propose_action)(
            viewer=self.asks,
            case_id=self.case(sold.ref).pk,
            form=self.swap(sold, quantity, **more),
            dry_run=dry_run,
            correlation_id="test",
            at=timezone.now(),
        )

    def other(self, sold: Sold) -> Other:
        """With another price, and enough of it in the warehouse that has most of what was sold."""
        fields = ["default_code", "lst_price"]
        domain = [["default_code", "!=", False], ["active", "=", True], ["id", "!=", sold.line.product_id]]
        rows = self.odoo.call("product.product", "search_read", domain, fields=fields, limit=60)
        facts = self.facts(sold.id, sold.ref, *(row["id"] for row in rows))
        for row in rows:
            product = facts.product(row["id"])
            price = Decimal(str(row["lst_price"]))
            is_there = product.is_counted and product.free_in(sold.warehouse) >= 2 and not product.obstacle
            if is_there and 0 < price <= 200 and price != sold.line.price:
                return Other(id=row["id"], code=row["default_code"], price=price)
        raise LookupError("there is no other product")

    def refill(self, product: int) -> None:
        """What somebody had reserved is free again."""
        domain = [["product_id", "=", product], ["location_id.usage", "=", "internal"]]
        for row in self.odoo.call("stock.quant", "search_read", domain, fields=["quantity"]):
            self.goods.shop.by_hand(
                "update", row["id"], model="stock.quant", values={"reserved_quantity": 0.0}
            )

    def half_done(self, sold: Sold, monkeypatch: pytest.MonkeyPatch) -> Action:
        """The return is in Odoo; then the new goods are gone."""
        action = self.approve(self.ask(sold))

        def strike(point: Point) -> None:
            if point is Point.ANSWERED:
                points.listeners.clear()
                self.empty(sold.line.product_id)

        monkeypatch.setattr(points, "listeners", [strike])
        return self.carry_out(action)


@pytest.fixture
def house(shop: Shop) -> House:
    for kind in ("exchange", "return"):
        ActionSwitch.objects.create(
            connection="main", kind=kind, company_id=1, is_on=True, changed_at=timezone.now()
        )
    publish_rules(generous())
    return House(goods=shop.goods, asks=shop.asks, decides=shop.decides)
