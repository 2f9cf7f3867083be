"""A replacement on a real Odoo: asked for, approved by another, landed, reserved; and stock that vanishes before."""

from __future__ import annotations

from decimal import Decimal

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from cases.actions.proposing import propose_action
from cases.actions.replacement.form import ReplacementForm
from cases.actions.replacement.lines import ReplacementWish, WishedAgain
from cases.models import Action, ActionSwitch
from tests.crash.people import People, approve, stubborn
from tests.live.actions.test_route import carry_out
from tests.live.bridge.scene import Scene
from tests.live.bridge.stockroom import Delivered, Stockroom


@pytest.fixture(scope="module")
def room(scene: Scene) -> Stockroom:
    return Stockroom(scene)


@pytest.fixture(autouse=True)
def switched_on(people: People, scene: Scene) -> None:
    ActionSwitch.objects.get_or_create(
        connection=people.connection,
        kind="replacement",
        company_id=scene.company,
        defaults={"is_on": True, "changed_at": timezone.now()},
    )


def asked_and_approved(people: People, room: Stockroom, sold: Delivered) -> Action:
    line = room.scene.read("sale.order", sold.order_id, "order_line")["order_line"][0]

    def ask() -> Action | None:
        return async_to_sync(propose_action)(
            viewer=people.agent,
            case_id=people.case_id,
            form=ReplacementForm(
                connection=people.connection,
                ref=sold.order_ref,
                company=sold.company_id,
                wish=ReplacementWish(lines=(WishedAgain(line_id=line, quantity=Decimal(2)),)),
                reason="damaged",
            ),
            key=f"again-{sold.order_id}",
            body_hash="2",
            correlation_id="route",
            at=timezone.now(),
        ).action

    action = stubborn(ask)
    assert action is not None
    approve(people, action)
    action.refresh_from_db()
    assert action.state == "queued"
    return action


def test_it_lands_confirmed_and_reserved_in_the_warehouse_that_has_it(
    people: People, room: Stockroom
) -> None:
    sold = room.delivered()
    room.stock(sold.product_id, 3, warehouse=room.second)
    action = asked_and_approved(people, room, sold)
    carry_out(action)
    assert (action.state, action.cause) == ("succeeded", "")
    order, transfer = action.effects[:2]
    made = room.scene.read(
        "sale.order", order["id"], "name state origin client_order_ref warehouse_id amount_total"
    )
    first = room.scene.read("sale.order", sold.order_id, "client_order_ref")
    assert (made["name"], made["state"], made["amount_total"]) == (order["ref"], "sale", 0.0)
    assert made["origin"] == f"{sold.order_ref}, {action.reference}"
    assert made["client_order_ref"] == first["client_order_ref"]
    assert made["warehouse_id"][0] == room.second
    assert room.scene.read("stock.picking", transfer["id"], "state")["state"] == "assigned"
    assert transfer["due_at"]


def test_stock_that_vanishes_after_the_approval_is_judged_anew(people: People, room: Stockroom) -> None:
    sold = room.delivered()
    room.stock(sold.product_id, 3, warehouse=room.second)
    action = asked_and_approved(people, room, sold)
    room.stock(sold.product_id, 0, warehouse=room.second)
    carry_out(action)
    assert (action.state, action.cause, action.round) == ("rejected", "stock_gone", 2)
    domain = [["origin", "=like", f"{sold.order_ref}, %"]]
    assert room.admin("sale.order", "search", domain, context=room.context) == []
