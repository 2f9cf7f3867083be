"""An installation with one sandbox Odoo, and refunds that were asked for, approved and made there."""

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
from cases.actions.proposing import propose_action
from cases.actions.refund.form import RefundForm
from cases.actions.refund.lines import RefundWish
from cases.actions.running import run_due
from cases.actions.states import ActionState
from cases.models import Action, ActionSwitch, Finding, ReconciliationRun
from cases.models.casework import Case, CaseOrder
from cases.people.viewer import Viewer
from cases.reconciliation.running import begin, carry_on
from integrations.credentials import store_credential
from integrations.models import OdooConnection
from integrations.odoo import effects
from tests.bridge.conftest import Shop
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
class House:
    """What a test does here: ask, approve, carry out, meddle in Odoo, and compare."""

    shop: Shop
    asks: Viewer
    decides: Viewer

    def order(self) -> tuple[str, int]:
        """The number of an order that can be refunded, and its invoice."""
        number, invoice = self.shop.refundable()
        return str(self.shop.row("sale.order", number, "name")["name"]), invoice

    def case(self, ref: str) -> Case:
        now = timezone.now()
        made = Case.objects.create(
            subject="Broken", connection="main", company_id=1, opened_at=now, updated_at=now
        )
        CaseOrder.objects.create(case=made, connection="main", company_id=1, ref=ref)
        return made

    def refund(self, amount: str = "1.00") -> Action:
        """Asked for, approved by another and made in Odoo."""
        ref, _ = self.order()
        now = timezone.now()
        asked = async_to_sync(propose_action)(
            viewer=self.asks,
            case_id=self.case(ref).pk,
            form=RefundForm(
                connection="main",
                ref=ref,
                company=1,
                wish=RefundWish(amount=Decimal(amount)),
                reason="damaged",
            ),
            correlation_id="test",
            at=now,
        ).action
        assert asked is not None
        async_to_sync(approvals.approve)(
            viewer=self.decides,
            action_id=asked.pk,
            content_hash=asked.content_hash,
            stepped_up_at=now,
            correlation_id="test",
            at=now,
        )
        assert run_due(action_id=asked.pk)
        asked.refresh_from_db()
        assert asked.state == ActionState.SUCCEEDED, asked.cause
        return asked

    def compare(self) -> ReconciliationRun:
        run = begin("main", at=timezone.now())
        assert carry_on(run.pk)
        run.refresh_from_db()
        assert (run.problem, run.finished_at is not None) == ("", True)
        return run

    def open_findings(self) -> list[tuple[str, str]]:
        """Kind, and the reference or the order it is about."""
        rows = Finding.objects.filter(cleared_at__isnull=True).order_by("kind", "pk")
        return [(row.kind, row.reference or row.order_ref) for row in rows]


@pytest.fixture
def house(
    transactional_db: None, odoo: Sandbox, settings: Settings, amy_viewer: Viewer, sam_viewer: Viewer
) -> Iterator[House]:
    effects._known.clear()
    settings.ODOO_WRITES = True
    made = OdooConnection.objects.create(
        slug="main", name="Main", url=f"http://127.0.0.1:{odoo.port}", database=odoo.database
    )
    key = odoo.keys["integration"]
    for purpose in ("read", "write"):
        store_credential(connection=made, purpose=purpose, login=key["login"], key=key["key"])
    ActionSwitch.objects.create(
        connection="main", kind="refund", company_id=1, is_on=True, changed_at=timezone.now()
    )
    shop = Shop(odoo)
    before = _bearing(odoo)
    yield House(shop=shop, asks=amy_viewer, decides=sam_viewer)
    for number in _bearing(odoo) - before:
        shop.by_hand("delete", number)


def _bearing(odoo: Sandbox) -> set[int]:
    found: list[dict[str, Any]] = odoo.call(
        "account.move", "search_read", [["ref", "like", "[R-"]], fields=["ref"]
    )
    return {int(row["id"]) for row in found}
