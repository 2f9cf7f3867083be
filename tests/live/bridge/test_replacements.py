"""A replacement in a real Odoo: tied to the first order, free of charge, reserved, and nothing beside it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from integrations.canonical import EffectState, OrderState, Refusal, ShipmentState
from integrations.odoo.effects import OdooEffects
from tests.bridge.asking import new_key
from tests.bridge.asking_returns import asked_again
from tests.live.bridge.conftest import find, replacement_facts_of, send_again
from tests.live.bridge.scene import Scene
from tests.live.bridge.stockroom import Stockroom


def test_a_replacement_is_confirmed_and_reserved_in_the_warehouse_that_was_chosen(
    door: OdooEffects, scene: Scene, stockroom: Stockroom
) -> None:
    sold = stockroom.delivered()
    stockroom.stock(sold.product_id, 4, warehouse=stockroom.second)
    facts = replacement_facts_of(door, sold)
    product = facts.product(sold.product_id)
    assert (product.free_in(stockroom.first), product.free_in(stockroom.second)) == (0, 4)
    assert product.obstacle is None
    result = send_again(door, asked_again(facts, 3, warehouse=stockroom.second))
    assert result.state is EffectState.DONE
    order, *transfers = result.documents
    assert (order.model, order.state) == ("sale.order", OrderState.CONFIRMED)
    assert result.total is not None
    assert result.total.amount == 0
    assert [(one.model, one.state) for one in transfers] == [("stock.picking", ShipmentState.READY)]
    assert transfers[0].due_at is not None
    assert stockroom.free(sold.product_id, stockroom.second) == 1
    first = scene.read("sale.order", sold.order_id, KEPT)
    made = scene.read("sale.order", order.id, f"{KEPT} origin state warehouse_id order_line amount_total")
    assert {name: made[name] for name in KEPT.split()} == {name: first[name] for name in KEPT.split()}
    assert made["origin"] == f"{sold.order_ref}, RP-000042"
    assert made["warehouse_id"][0] == stockroom.second
    (line,) = made["order_line"]
    shown = scene.read("sale.order.line", line, "price_unit discount price_total product_uom_qty product_id")
    assert (shown["price_unit"], shown["discount"], shown["price_total"]) == (20.0, 100.0, 0.0)
    assert (shown["product_uom_qty"], shown["product_id"][0]) == (3.0, sold.product_id)


KEPT = "partner_id partner_invoice_id partner_shipping_id fiscal_position_id pricelist_id client_order_ref"


def test_no_points_rewards_or_charges_come_with_it(
    door: OdooEffects, scene: Scene, stockroom: Stockroom
) -> None:
    program = scene.admin.create("loyalty.program", POINTS_PER_ORDER, **scene.context)
    carrier = stockroom.carrier()
    try:
        sold = stockroom.delivered(carrier_id=carrier)
        stockroom.stock(sold.product_id, 2)
        result = send_again(door, asked_again(replacement_facts_of(door, sold), carrier=carrier))
        order = result.documents[0].id
        row = scene.read("sale.order", order, "coupon_point_ids carrier_id order_line amount_total")
        assert (row["coupon_point_ids"], row["carrier_id"][0], row["amount_total"]) == ([], carrier, 0.0)
        (line,) = row["order_line"]
        marks = scene.read("sale.order.line", line, "is_delivery is_reward_line")
        assert (marks["is_delivery"], marks["is_reward_line"]) == (False, False)
        transfer = scene.read("stock.picking", result.documents[1].id, "carrier_id")
        assert transfer["carrier_id"][0] == carrier
    finally:
        scene.admin("loyalty.program", "write", [program], {"active": False}, context=scene.context)


POINTS_PER_ORDER = {
    "name": "Deskglass points",
    "program_type": "loyalty",
    "trigger": "auto",
    "applies_on": "both",
    "rule_ids": [[0, 0, {"reward_point_mode": "order", "reward_point_amount": 5}]],
}


def test_the_order_names_the_people(door: OdooEffects, scene: Scene, stockroom: Stockroom) -> None:
    sold = stockroom.delivered()
    stockroom.stock(sold.product_id, 1)
    result = send_again(door, asked_again(replacement_facts_of(door, sold)))
    domain = [["model", "=", "sale.order"], ["res_id", "=", result.documents[0].id]]
    notes = scene.admin(
        "mail.message",
        "search_read",
        [*domain, ["message_type", "=", "comment"]],
        fields=["body"],
        context=scene.context,
    )
    assert ["RP-000042: asked for by Ana Agent" in note["body"] for note in notes] == [True]


def test_the_same_key_again_makes_nothing_new_and_sees_what_became_of_it(
    door: OdooEffects, scene: Scene, stockroom: Stockroom
) -> None:
    sold = stockroom.delivered()
    stockroom.stock(sold.product_id, 2)
    request = asked_again(replacement_facts_of(door, sold))
    assert find(door, request) is None
    first, second = send_again(door, request), send_again(door, request)
    assert second == replace(first, state=EffectState.ALREADY_DONE)
    assert send_again(door, replace(request, reason="other")).state is EffectState.KEY_CONFLICT
    assert len(stockroom.replacements(sold.order_ref)) == 1
    stockroom.finish(first.documents[1].id)
    seen = find(door, request)
    assert seen is not None
    assert seen.documents[1].state is ShipmentState.DONE


def test_a_second_replacement_must_know_of_the_first(door: OdooEffects, stockroom: Stockroom) -> None:
    sold = stockroom.delivered()
    stockroom.stock(sold.product_id, 3)
    facts = replacement_facts_of(door, sold)
    assert facts.replacements == ()
    made = send_again(door, asked_again(facts))
    assert send_again(door, asked_again(facts)).refusal is Refusal.REPLACEMENTS_CHANGED
    again = replacement_facts_of(door, sold)
    assert [one.id for one in again.replacements] == [made.documents[0].id]
    assert send_again(door, asked_again(again)).state is EffectState.DONE


def test_stock_that_vanished_an_archived_product_and_a_cancelled_order_are_refused(
    door: OdooEffects, scene: Scene, stockroom: Stockroom
) -> None:
    sold = stockroom.delivered()
    stockroom.stock(sold.product_id, 1)
    facts = replacement_facts_of(door, sold)
    stockroom.ordered(sold.product_id, 1)
    assert send_again(door, asked_again(facts)).refusal is Refusal.STOCK_GONE
    assert stockroom.replacements(sold.order_ref) == []
    waiting = send_again(door, asked_again(facts, must_reserve=False))
    assert (waiting.state, waiting.documents[1].state) == (EffectState.DONE, ShipmentState.WAITING)
    scene.admin("product.product", "write", [sold.product_id], {"active": False}, context=scene.context)
    again = replacement_facts_of(door, sold)
    assert again.product(sold.product_id).obstacle is Refusal.PRODUCT_ARCHIVED
    assert send_again(door, asked_again(again)).refusal is Refusal.PRODUCT_ARCHIVED
    cancelled = stockroom.cancelled()
    facts = replacement_facts_of(door, cancelled)
    assert send_again(door, asked_again(facts)).refusal is Refusal.NOT_CONFIRMED
    approved = replace(facts, order_state="sale")
    assert send_again(door, asked_again(approved)).refusal is Refusal.ORDER_CHANGED


def test_what_is_not_as_approved_is_refused_and_nothing_is_made(
    door: OdooEffects, scene: Scene, stockroom: Stockroom
) -> None:
    sold = stockroom.delivered()
    stockroom.stock(sold.product_id, 9)
    facts = replacement_facts_of(door, sold)
    request = asked_again(facts)
    expected, line = request.expected, request.lines[0]
    wrong = {
        "ordered": replace(
            request,
            expected=replace(expected, order_lines=(replace(expected.order_lines[0], ordered=Decimal(4)),)),
        ),
        "quantity": replace(request, lines=(replace(line, quantity=Decimal(6)),)),
        "line": replace(
            request, lines=(replace(line, order_line_id=1),), expected=replace(expected, order_lines=())
        ),
        "service": replace(request, lines=(replace(line, product_id=scene.shipping),)),
        "warehouse": replace(request, warehouse_id=999999),
        "carrier": replace(request, carrier_id=999999),
        "charging carrier": replace(request, carrier_id=stockroom.carrier(invoice_policy="real")),
        "company": replace(request, company_id=sold.company_id + 1000),
    }
    found = {what: send_again(door, replace(one, key=new_key())).refusal for what, one in wrong.items()}
    assert found == {
        "ordered": Refusal.ORDER_CHANGED,
        "quantity": Refusal.MORE_THAN_ORDERED,
        "line": Refusal.NOT_OF_ORDER,
        "service": Refusal.NOT_GOODS,
        "warehouse": Refusal.DESTINATION_WRONG,
        "carrier": Refusal.CARRIER,
        "charging carrier": Refusal.CARRIER_CHARGES,
        "company": Refusal.WRONG_COMPANY,
    }
    assert stockroom.replacements(sold.order_ref) == []


def test_another_product_is_sent_in_its_place(door: OdooEffects, scene: Scene, stockroom: Stockroom) -> None:
    sold, other = stockroom.delivered(), stockroom.product()
    stockroom.stock(other, 2, warehouse=stockroom.second)
    facts = replacement_facts_of(door, sold, (other,))
    assert facts.product(other).free_in(stockroom.second) == 2
    result = send_again(door, asked_again(facts, product=other, warehouse=stockroom.second))
    (line,) = scene.read("sale.order", result.documents[0].id, "order_line")["order_line"]
    shown = scene.read("sale.order.line", line, "product_id price_unit discount price_total")
    assert (shown["product_id"][0], shown["discount"], shown["price_total"]) == (other, 100.0, 0.0)
    assert shown["price_unit"] > 0
