"""An installation with one sandbox Odoo, and replacements that are asked for, approved and made there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone
from pytest_django import Settings

from cases import approvals
from cases.actions.proposing import Proposed, propose_action
from cases.actions.replacement.form import ReplacementForm
from cases.actions.replacement.left import left_of
from cases.actions.replacement.lines import ReplacementWish, WishedAgain
from cases.actions.replacement.request import read_facts
from cases.actions.running import run_due
from cases.models import Action, ActionSwitch
from cases.models.casework import Case, CaseOrder
from cases.people.viewer import Viewer
from integrations import gateways
from integrations.canonical import ReplaceableLine, ReplacementFacts
from integrations.credentials import store_credential
from integrations.models import OdooConnection
from integrations.odoo import effects
from tests.bridge.goods import Goods
from tests.sandbox.process import Sandbox
from tests.sandboxes import started_once
from tests.transport.conftest import forget_everything, limits_are_far_away

__all__ = ["forget_everything", "limits_are_far_away"]

DEAREST = Decimal(300)  # what no limit minds


@pytest.fixture(scope="session")
def sandboxes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[int], Sandbox]]:
    """Of this package alone, because these tests write."""
    with started_once(tmp_path_factory.mktemp) as find:
        yield find


@dataclass(frozen=True, kw_only=True)
class Sold:
    """An order of which one line can be sent again, and where there is more of it."""

    id: int
    ref: str
    line: ReplaceableLine
    warehouse: int  # that has most of it


@dataclass(kw_only=True)
class House:
    """What a test does here: ask, approve, carry out, and meddle in Odoo."""

    goods: Goods
    asks: Viewer
    decides: Viewer

    @property
    def odoo(self) -> Sandbox:
        return self.goods.shop.sandbox

    def facts(self, order_id: int, ref: str, *others: int) -> ReplacementFacts:
        async def read() -> ReplacementFacts:
            door = await gateways.effect_door("main")
            return await read_facts(
                door,
                order_id=order_id,
                order_ref=ref,
                company_id=1,
                other_products=others,
                correlation_id="test",
            )

        return async_to_sync(read)()

    def told(self, chapter: str) -> Sold:
        """The order of a chapter of the sandbox's story."""
        ref = self.odoo.story[chapter]["order"]
        domain = [["name", "=", ref], ["company_id", "=", 1]]
        (found,) = self.odoo.call("sale.order", "search", domain)
        return self._sold(found, ref)

    def sold_lamp(self) -> Sold:
        return self.told("broken_lamp")

    def sold(self, *, least: int = 1, stock: int = 4) -> Sold:
        """An order of which nobody has had anything sent again."""
        while True:
            number, ref = self.goods.delivered()
            sold = self._sold(number, ref)
            facts = self.facts(number, ref)
            product = facts.product(sold.line.product_id)
            is_cheap = sold.line.total / (sold.line.ordered or 1) * least <= DEAREST
            is_there = not product.obstacle and product.free_in(sold.warehouse) >= stock
            left = left_of(facts, ())[sold.line.id].quantity
            if product.is_counted and is_there and is_cheap and left == sold.line.delivered >= least:
                return sold

    def _sold(self, number: int, ref: str) -> Sold:
        facts = self.facts(number, ref)
        line = facts.lines[0]
        product = facts.product(line.product_id)
        most = max(facts.warehouses, key=lambda one: product.free_in(one.id))
        return Sold(id=number, ref=ref, line=line, warehouse=most.id)

    def case(self, ref: str) -> Case:
        now = timezone.now()
        made = Case.objects.create(
            subject="Broken", connection="main", company_id=1, opened_at=now, updated_at=now
        )
        CaseOrder.objects.create(case=made, connection="main", company_id=1, ref=ref)
        return made

    def propose(
        self, sold: Sold, quantity: str = "1", *, warehouse: int | None = None, dry_run: bool = False
    ) -> Proposed:
        wished = WishedAgain(line_id=sold.line.id, quantity=Decimal(quantity))
        return async_to_sync(propose_action)(
            viewer=self.asks,
            case_id=self.case(sold.ref).pk,
            form=ReplacementForm(
                connection="main",
                ref=sold.ref,
                company=1,
                wish=ReplacementWish(lines=(wished,), warehouse_id=warehouse),
                reason="damaged",
            ),
            dry_run=dry_run,
            correlation_id="test",
            at=timezone.now(),
        )

    def ask(self, sold: Sold, quantity: str = "1", **more: Any) -> Action:
        action = self.propose(sold, quantity, **more).action
        assert action is not None
        return action

    def approve(self, action: Action) -> Action:
        now = timezone.now()
        return async_to_sync(approvals.approve)(
            viewer=self.decides,
            action_id=action.pk,
            content_hash=action.content_hash,
            stepped_up_at=now,
            correlation_id="test",
            at=now,
        )

    def carry_out(self, action: Action) -> Action:
        assert run_due(action_id=action.pk)
        action.refresh_from_db()
        return action

    def done(self, sold: Sold, quantity: str = "1", **more: Any) -> Action:
        action = self.carry_out(self.approve(self.ask(sold, quantity, **more)))
        assert action.state == "succeeded", action.cause
        return action

    def empty(self, product: int, *, but: int | None = None) -> None:
        """Somebody else reserves all there is of it, but for one warehouse."""
        domain = [["product_id", "=", product], ["location_id.usage", "=", "internal"]]
        fields = ["quantity", "location_id"]
        for row in self.odoo.call("stock.quant", "search_read", domain, fields=fields):
            place = self.goods.shop.row("stock.location", row["location_id"][0], "warehouse_id")
            if but is None or place["warehouse_id"][0] != but:
                self.goods.shop.by_hand(
                    "update", row["id"], model="stock.quant", values={"reserved_quantity": row["quantity"]}
                )


@pytest.fixture
def house(
    transactional_db: None, odoo: Sandbox, settings: Settings, amy_viewer: Viewer, sam_viewer: Viewer
) -> House:
    effects._known.clear()
    settings.ODOO_WRITES = True
    made = OdooConnection.objects.create(
        slug="main", name="Main", url=f"http://127.0.0.1:{odoo.port}", database=odoo.database
    )
    key = odoo.keys["integration"]
    for purpose in ("read", "write"):
        store_credential(connection=made, purpose=purpose, login=key["login"], key=key["key"])
    for kind in ("refund", "replacement"):
        ActionSwitch.objects.create(
            connection="main", kind=kind, company_id=1, is_on=True, changed_at=timezone.now()
        )
    return House(goods=Goods(odoo), asks=amy_viewer, decides=sam_viewer)
