"""An installation with one sandbox Odoo, orders whose goods were delivered, and people who ask and approve."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone
from pytest_django import Settings

from cases import approvals
from cases.actions.proposing import Proposed, propose_action
from cases.actions.returns.form import ReturnForm, WishedBack
from cases.actions.running import run_due
from cases.models import Action, ActionSwitch
from cases.models.casework import Case, CaseOrder
from cases.people.viewer import Viewer
from cases.rules.approval import Thresholds
from cases.rules.book import RuleBook
from integrations.canonical import DeliveredLine, EffectState, ReturnFacts, ReturnLineRequest
from integrations.credentials import store_credential
from integrations.gateways import Budget, effect_door
from integrations.models import OdooConnection
from integrations.odoo import effects
from tests.bridge.asking_returns import asked_back
from tests.bridge.goods import Goods, send_back
from tests.published_rules import publish_rules
from tests.sandbox.process import Sandbox
from tests.sandboxes import started_once
from tests.transport.conftest import forget_everything, limits_are_far_away

__all__ = ["forget_everything", "limits_are_far_away"]


@pytest.fixture(scope="session")
def sandboxes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[int], Sandbox]]:
    """Of this package alone, because these tests write."""
    with started_once(tmp_path_factory.mktemp) as find:
        yield find


@dataclass
class Order:
    id: int
    ref: str
    case: Case

    def facts(self) -> ReturnFacts:
        async def read() -> ReturnFacts:
            door = await effect_door("main")
            return await door.read_return_facts(
                self.id, company_id=1, budget=Budget.of(20.0), correlation_id="test"
            )

        return async_to_sync(read)()

    @property
    def line(self) -> DeliveredLine:
        """The first that can come back."""
        lines = [line for delivery in self.facts().deliveries for line in delivery.lines]
        return next(line for line in lines if line.obstacle is None)


@dataclass
class House:
    """What a test does here: ask, approve, carry out, and meddle in Odoo."""

    goods: Goods
    asks: Viewer
    decides: Viewer

    def order(self, **kind: Any) -> Order:
        number, ref = self.goods.delivered(**kind)
        now = timezone.now()
        case = Case.objects.create(
            subject="Broken", connection="main", company_id=1, opened_at=now, updated_at=now
        )
        CaseOrder.objects.create(case=case, connection="main", company_id=1, ref=ref)
        return Order(id=number, ref=ref, case=case)

    def form(self, order: Order, *lines: WishedBack, **more: Any) -> ReturnForm:
        chosen = lines or (back(order.line),)
        return ReturnForm(connection="main", ref=order.ref, company=1, lines=chosen, **more)

    def try_(self, order: Order, *lines: WishedBack, dry_run: bool = True, **more: Any) -> Proposed:
        return async_to_sync(propose_action)(
            viewer=self.asks,
            case_id=order.case.pk,
            form=self.form(order, *lines, **more),
            dry_run=dry_run,
            correlation_id="test",
            at=timezone.now(),
        )

    def ask(self, order: Order, *lines: WishedBack, **more: Any) -> Action:
        action = self.try_(order, *lines, dry_run=False, **more).action
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

    def returned(self, order: Order, *lines: WishedBack, **more: Any) -> Action:
        """Asked for, approved by another, and awaited in Odoo."""
        action = self.ask(order, *lines, **more)
        self.approve(action)
        self.carry_out(action)
        assert action.state == "succeeded", action.cause
        return action

    def return_by_hand(self, order: Order, quantity: str = "1") -> None:
        """Somebody in the warehouse takes the same goods back, without us."""
        facts = order.facts()
        chosen = ReturnLineRequest(move_id=order.line.move_id, quantity=Decimal(quantity), to_refund=True)

        async def send() -> None:
            result = await send_back(await effect_door("main"), asked_back(facts, chosen))  # type: ignore[arg-type]
            assert result.state is EffectState.DONE, result.refusal

        async_to_sync(send)()

    def receive(self, action: Action) -> None:
        for made in action.effects:
            self.goods.shop.by_hand("finish_transfer", made["id"], model=made["model"])


def back(line: DeliveredLine, quantity: str | None = "1", reason: str = "defective") -> WishedBack:
    much = None if quantity is None else Decimal(quantity)
    return WishedBack(move_id=line.move_id, quantity=much, reason=reason)


def generous() -> RuleBook:
    """Time enough for orders of any age, and one approval for any worth."""
    days = {row.remedy: replace(row, days=3650) for row in RuleBook().windows.rows}
    return replace(
        RuleBook(),
        windows=replace(RuleBook().windows, rows=tuple(days.values())),
        thresholds=Thresholds(second_approval_above=Decimal(1_000_000)),
        approval_limits=replace(RuleBook().approval_limits, limits={"supervisor": Decimal(1_000_000)}),
    )


@pytest.fixture
def house(
    transactional_db: None, odoo18: Sandbox, settings: Settings, amy_viewer: Viewer, sam_viewer: Viewer
) -> House:
    return settled(odoo18, settings, amy_viewer, sam_viewer)


def settled(odoo: Sandbox, settings: Settings, asks: Viewer, decides: Viewer) -> House:
    effects._known.clear()
    settings.ODOO_WRITES = True
    made = OdooConnection.objects.create(
        slug="main", name="Main", url=f"http://127.0.0.1:{odoo.port}", database=odoo.database, version="18.0"
    )
    key = odoo.keys["integration"]
    for purpose in ("read", "write"):
        store_credential(connection=made, purpose=purpose, login=key["login"], key=key["key"])
    for kind in ("return", "refund"):
        ActionSwitch.objects.create(
            connection="main", kind=kind, company_id=1, is_on=True, changed_at=timezone.now()
        )
    publish_rules(generous())
    return House(goods=Goods(odoo), asks=asks, decides=decides)
