"""An exchange on a real Odoo: both halves land, and a half whose goods vanished is sent again once they are there."""

from __future__ import annotations

import secrets
from decimal import Decimal

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from cases.actions import desk, points
from cases.actions.desk import Fix
from cases.actions.exchange.form import ExchangeForm, WishedSwap
from cases.actions.points import Point
from cases.actions.proposing import propose_action
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
        kind="exchange",
        company_id=scene.company,
        defaults={"is_on": True, "changed_at": timezone.now()},
    )


def asked_and_approved(people: People, room: Stockroom, sold: Delivered, *, code: str = "") -> Action:
    (line,) = room.scene.read("sale.order", sold.order_id, "order_line")["order_line"]
    swap = WishedSwap(line_id=line, quantity=Decimal(2), reason="damaged", product_code=code)

    def ask() -> Action | None:
        return async_to_sync(propose_action)(
            viewer=people.agent,
            case_id=people.case_id,
            form=ExchangeForm(
                connection=people.connection, ref=sold.order_ref, company=sold.company_id, lines=(swap,)
            ),
            key=f"swap-{sold.order_id}",
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


def own_pricelist(room: Stockroom) -> int:
    """In the company's own money: a list price is compared in no other."""
    money = room.scene.read("res.company", room.scene.company, "currency_id")["currency_id"][0]
    domain = [["currency_id", "=", money], ["company_id", "in", [False, room.scene.company]]]
    found = room.admin("product.pricelist", "search", domain, context=room.context, limit=1)
    if found:
        return int(found[0])
    values = {"name": "Deskglass own money", "currency_id": money, "company_id": room.scene.company}
    return room.admin.create("product.pricelist", values, **room.context)


def test_another_product_goes_out_and_the_order_stays_as_it_was(people: People, room: Stockroom) -> None:
    sold = room.delivered(pricelist_id=own_pricelist(room))
    code = f"DG-{secrets.token_hex(4)}"
    other = room.product()
    room.admin(
        "product.product", "write", [other], {"default_code": code, "list_price": 30.0}, context=room.context
    )
    room.stock(other, 2)
    action = asked_and_approved(people, room, sold, code=code)
    assert Decimal(action.payload["difference"]) > 0
    carry_out(action)
    assert (action.state, action.cause) == ("succeeded", "")

    back, order, _transfer = action.effects[:3]
    made = room.scene.read("sale.order", order["id"], "state origin amount_total order_line")
    assert (made["state"], made["amount_total"]) == ("sale", 0.0)
    assert made["origin"] == f"{sold.order_ref}, {action.reference}"
    (line,) = made["order_line"]
    sent = room.scene.read("sale.order.line", line, "product_id product_uom_qty")
    assert (sent["product_id"][0], sent["product_uom_qty"]) == (other, 2.0)
    (move,) = room.scene.read("stock.picking", back["id"], "move_ids")["move_ids"]
    assert room.scene.read("stock.move", move, "to_refund")["to_refund"] is False
    room.finish(back["id"])
    (first,) = room.scene.read("sale.order", sold.order_id, "order_line")["order_line"]
    kept = room.scene.read("sale.order.line", first, "qty_delivered qty_to_invoice")
    assert kept["qty_delivered"] == 5.0, "another one takes its place: nothing of it is credited"


def test_goods_that_vanish_between_the_halves_are_waited_for_by_people(
    people: People, room: Stockroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    sold = room.delivered()
    room.stock(sold.product_id, 2)
    action = asked_and_approved(people, room, sold)

    def strike(point: Point) -> None:
        if point is Point.ANSWERED:
            points.listeners.clear()
            room.stock(sold.product_id, 0)

    monkeypatch.setattr(points, "listeners", [strike])
    carry_out(action)
    assert (action.state, action.cause) == ("parked", "stock_gone")
    room.stock(sold.product_id, 2)
    for viewer in (people.supervisor, people.finance):
        now = timezone.now()
        desk.fix(viewer=viewer, action_id=action.pk, verb=Fix.REPLAY, from_step=2, stepped_up_at=now, at=now)
    carry_out(action)
    assert (action.state, action.cause) == ("succeeded", "")
    assert [one["model"] for one in action.effects] == ["stock.picking", "sale.order", "stock.picking"]
