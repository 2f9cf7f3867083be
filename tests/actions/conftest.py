"""One order that can be refunded, a case about it, and people who ask and approve."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone
from pytest_django import Settings

from cases import approvals
from cases.actions import proposing
from cases.actions.proposing import Proposed, propose_action
from cases.actions.refund.form import RefundForm
from cases.actions.refund.lines import RefundWish, WishedLine
from cases.models import Action, ActionSwitch, User
from cases.models.casework import Case
from cases.people.access import viewer_for
from cases.people.viewer import Viewer
from integrations import gateways
from integrations.canonical import OrderRecord
from tests.actions.fake_odoo import ORDER_ID, ORDER_REF, SHOE, FakeOdoo
from tests.rules.specimens import full_record

Propose = Callable[..., Action]
Approve = Callable[..., Action]


@pytest.fixture
def odoo(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> FakeOdoo:
    """Behind every connection; writes are allowed and refunds are on for company 1."""
    fake = FakeOdoo()

    async def door(slug: str) -> FakeOdoo:
        return fake

    async def read_visible(
        viewer: Viewer, connection: str, ref: str, company: int | None, *_: Any, **__: Any
    ) -> tuple[OrderRecord, None]:
        record = full_record()
        placed = datetime.now(UTC) - timedelta(days=20)
        order = replace(
            record.order,
            id=ORDER_ID,
            ref=ORDER_REF,
            connection="main",
            company=replace(record.order.company, id=1),
            placed_at=placed,
            brand=None,
            region=None,
        )
        shipments = tuple(replace(shipment, done_at=placed) for shipment in record.shipments)
        return replace(record, order=order, shipments=shipments), None

    monkeypatch.setattr(gateways, "effect_door", door)
    monkeypatch.setattr(gateways, "evidence_door", door)
    monkeypatch.setattr(proposing, "read_visible", read_visible)
    settings.ODOO_WRITES = True
    return fake


@pytest.fixture
def switched_on(db: None) -> None:
    ActionSwitch.objects.create(
        connection="main", kind="refund", company_id=1, is_on=True, changed_at=timezone.now()
    )


@pytest.fixture
def fin_viewer(fin: User) -> Viewer:
    return viewer_for(fin)


@pytest.fixture
def case(db: None) -> Case:
    now = timezone.now()
    return Case.objects.create(
        subject="Broken shoe",
        connection="main",
        company_id=1,
        ticket_source="zendesk",
        ticket_ref="35436",
        opened_at=now,
        updated_at=now,
    )


def shoes(quantity: str | None = "1", *, goods_back: bool = True) -> RefundWish:
    much = None if quantity is None else Decimal(quantity)
    return RefundWish(lines=(WishedLine(line_id=SHOE, quantity=much, goods_back=goods_back),))


def form(wish: RefundWish | None = None, **more: Any) -> RefundForm:
    given = {"connection": "main", "ref": ORDER_REF, "company": None, "reason": "damaged", **more}
    return RefundForm(wish=wish or shoes(), **given)


@pytest.fixture
def ask(odoo: FakeOdoo, switched_on: None, case: Case, amy_viewer: Viewer) -> Callable[..., Proposed]:
    def propose(wish: RefundWish | None = None, *, viewer: Viewer = amy_viewer, **more: Any) -> Proposed:
        known = {name: more.pop(name) for name in ("key", "body_hash", "dry_run") if name in more}
        return async_to_sync(propose_action)(
            viewer=viewer,
            case_id=case.pk,
            form=form(wish, **more),
            correlation_id="test",
            at=timezone.now(),
            **known,
        )

    return propose


@pytest.fixture
def propose(ask: Callable[..., Proposed]) -> Propose:
    """``propose(wish)`` as amy, an agent: the action that waits."""

    def asked(wish: RefundWish | None = None, **more: Any) -> Action:
        action = ask(wish, **more).action
        assert action is not None
        return action

    return asked


@pytest.fixture
def approve(odoo: FakeOdoo, sam_viewer: Viewer) -> Approve:
    """``approve(action)`` as sam, a supervisor who just gave the password again."""

    def approved(action: Action, *, viewer: Viewer = sam_viewer, **more: Any) -> Action:
        now = timezone.now()
        given = {"content_hash": action.content_hash, "stepped_up_at": now, **more}
        return async_to_sync(approvals.approve)(
            viewer=viewer, action_id=action.pk, correlation_id="test", at=now, **given
        )

    return approved
