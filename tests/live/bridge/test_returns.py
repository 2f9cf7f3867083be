"""A return in a real Odoo: as approved, where it was approved to, and never more than was delivered."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from integrations.canonical import EffectState, Refusal, ShipmentState
from integrations.odoo.effects import OdooEffects
from tests.bridge.asking import new_key
from tests.bridge.asking_returns import asked_back, coming_back
from tests.live.bridge.conftest import find, return_facts_of, send_back
from tests.live.bridge.scene import Scene
from tests.live.bridge.stockroom import Stockroom


def test_a_return_is_awaited_in_the_warehouse_it_was_approved_for(
    door: OdooEffects, scene: Scene, stockroom: Stockroom
) -> None:
    sold = stockroom.delivered()
    facts = return_facts_of(door, sold)
    line = facts.deliveries[0].lines[0]
    assert (line.done, line.returnable, line.obstacle) == (5, 5, None)
    request = asked_back(facts, coming_back(facts, 2), warehouse=stockroom.second, assignee=scene.admin.uid)
    result = send_back(door, request)
    assert result.state is EffectState.DONE
    (document,) = result.documents
    assert (document.model, document.state) == ("stock.picking", ShipmentState.READY)
    assert document.due_at is not None
    (back,) = stockroom.returns(sold)
    assert (back["id"], back["name"], back["state"]) == (document.id, document.ref, "assigned")
    assert "RT-000042" in back["origin"]
    assert back["location_dest_id"][0] == stockroom.shelf(stockroom.second)
    kind = scene.read("stock.picking.type", back["picking_type_id"][0], "code warehouse_id")
    assert (kind["code"], kind["warehouse_id"][0]) == ("incoming", stockroom.second)
    fields = "product_uom_qty to_refund sale_line_id origin_returned_move_id location_id location_dest_id"
    (move,) = (scene.read("stock.move", number, fields) for number in back["move_ids"])
    assert move["product_uom_qty"] == 2
    assert move["to_refund"] is True
    assert move["origin_returned_move_id"][0] == line.move_id
    assert move["location_dest_id"][0] == stockroom.shelf(stockroom.second)


def test_the_transfer_names_the_people_and_asks_somebody(
    door: OdooEffects, scene: Scene, stockroom: Stockroom
) -> None:
    sold = stockroom.delivered()
    result = send_back(door, asked_back(return_facts_of(door, sold), assignee=scene.admin.uid))
    number = result.documents[0].id
    domain = [["model", "=", "stock.picking"], ["res_id", "=", number], ["message_type", "=", "comment"]]
    (note,) = scene.admin("mail.message", "search_read", domain, fields=["body"], context=scene.context)
    assert "RT-000042: asked for by Ana Agent, approved by Sam Supervisor" in note["body"]
    domain = [["res_model", "=", "stock.picking"], ["res_id", "=", number]]
    (task,) = scene.admin("mail.activity", "search_read", domain, fields=["summary", "user_id"])
    assert task["summary"] == "RT-000042: Look out for the parcel"
    assert task["user_id"][0] == scene.admin.uid


def test_what_is_received_lowers_what_was_delivered_only_where_it_is_credited(
    door: OdooEffects, scene: Scene, stockroom: Stockroom
) -> None:
    for to_refund, left in ((True, 3.0), (False, 5.0)):
        sold = stockroom.delivered()
        facts = return_facts_of(door, sold)
        request = asked_back(facts, coming_back(facts, 2, to_refund=to_refund), warehouse=stockroom.second)
        result = send_back(door, request)
        stockroom.finish(result.documents[0].id)
        (line,) = scene.read("sale.order", sold.order_id, "order_line")["order_line"]
        assert scene.read("sale.order.line", line, "qty_delivered")["qty_delivered"] == left
        assert stockroom.free(sold.product_id, stockroom.second) == 2
        seen = find(door, request)
        assert seen is not None
        assert seen.documents[0].state is ShipmentState.DONE
        after = return_facts_of(door, sold)
        assert after.deliveries[0].lines[0].returnable == 3


def test_the_same_key_again_gets_the_stored_result(door: OdooEffects, stockroom: Stockroom) -> None:
    sold = stockroom.delivered()
    request = asked_back(return_facts_of(door, sold))
    assert find(door, request) is None
    first, second = send_back(door, request), send_back(door, request)
    assert (first.state, second.state) == (EffectState.DONE, EffectState.ALREADY_DONE)
    assert second == replace(first, state=EffectState.ALREADY_DONE)
    assert send_back(door, replace(request, reason="other")).state is EffectState.KEY_CONFLICT
    assert len(stockroom.returns(sold)) == 1


def test_more_than_was_delivered_is_refused_in_one_step_and_in_two(
    door: OdooEffects, stockroom: Stockroom
) -> None:
    sold = stockroom.delivered()
    facts = return_facts_of(door, sold)
    assert send_back(door, asked_back(facts, coming_back(facts, 6))).refusal is Refusal.MORE_THAN_RETURNABLE
    assert send_back(door, asked_back(facts, coming_back(facts, 3))).state is EffectState.DONE
    again = return_facts_of(door, sold)
    assert again.deliveries[0].lines[0].announced == 3
    assert send_back(door, asked_back(again, coming_back(again, 3))).refusal is Refusal.MORE_THAN_RETURNABLE
    assert len(stockroom.returns(sold)) == 1


def test_a_return_of_somebody_else_or_its_receipt_voids_what_was_approved(
    door: OdooEffects, stockroom: Stockroom
) -> None:
    sold = stockroom.delivered()
    before = asked_back(return_facts_of(door, sold))
    foreign = stockroom.by_wizard(sold, 1)
    assert send_back(door, before).refusal is Refusal.RETURNS_CHANGED
    announced = asked_back(return_facts_of(door, sold))
    stockroom.finish(foreign)
    assert send_back(door, announced).refusal is Refusal.RETURNS_CHANGED
    received = return_facts_of(door, sold)
    assert received.deliveries[0].lines[0].returned == 1
    assert send_back(door, asked_back(received, coming_back(received, 4))).state is EffectState.DONE


def test_what_is_not_as_approved_is_refused_and_nothing_is_made(
    door: OdooEffects, stockroom: Stockroom
) -> None:
    sold, other = stockroom.delivered(), stockroom.delivered()
    facts = return_facts_of(door, sold)
    request = asked_back(facts)
    expected = request.expected
    wrong = {
        "order state": replace(request, expected=replace(expected, order_state="cancel")),
        "delivered": replace(
            request,
            expected=replace(expected, order_lines=(replace(expected.order_lines[0], delivered=Decimal(4)),)),
        ),
        "moved": replace(
            request, expected=replace(expected, moves=(replace(expected.moves[0], quantity=Decimal(4)),))
        ),
        "another delivery": replace(request, delivery_id=other.picking_id),
        "another order": replace(request, order_ref="S-none"),
        "a line of another": replace(
            request,
            lines=(coming_back(return_facts_of(door, other)),),
            expected=replace(expected, moves=()),
        ),
        "place": replace(request, warehouse_id=stockroom.second),
        "kind": replace(request, operation_type_id=None),
        "company": replace(request, company_id=sold.company_id + 1000),
        "assignee": replace(request, assignee_id=999999),
        "a lot without need": replace(request, lines=(coming_back(facts, 1, lots=((1, 1),)),)),
    }
    found = {what: send_back(door, replace(one, key=new_key())).refusal for what, one in wrong.items()}
    assert found == {
        "order state": Refusal.ORDER_CHANGED,
        "delivered": Refusal.ORDER_CHANGED,
        "moved": Refusal.DELIVERY_CHANGED,
        "another delivery": Refusal.NOT_OF_ORDER,
        "another order": Refusal.NOT_OF_ORDER,
        "a line of another": Refusal.NOT_OF_ORDER,
        "place": Refusal.DESTINATION_WRONG,
        "kind": Refusal.DESTINATION_WRONG,
        "company": Refusal.WRONG_COMPANY,
        "assignee": Refusal.ASSIGNEE_UNKNOWN,
        "a lot without need": Refusal.WRONG_LOT,
    }
    assert stockroom.returns(sold) == stockroom.returns(other) == []


def test_a_delivery_that_is_not_done_is_refused(door: OdooEffects, stockroom: Stockroom) -> None:
    """Odoo 18 and 19 accept it."""
    sold = stockroom.delivered()
    waiting = stockroom.open_delivery(sold.product_id)
    facts = return_facts_of(door, waiting)
    assert facts.deliveries[0].lines[0].obstacle is Refusal.NOT_DELIVERED
    assert send_back(door, asked_back(facts)).refusal is Refusal.NOT_DELIVERED
    assert stockroom.returns(waiting) == []


def test_lots_are_asked_for_and_must_have_been_in_that_delivery(
    door: OdooEffects, scene: Scene, stockroom: Stockroom
) -> None:
    sold = stockroom.delivered(4, tracking="lot", lots=2)
    one, two = sold.lots
    facts = return_facts_of(door, sold)
    line = facts.deliveries[0].lines[0]
    assert line.is_tracked
    assert {(lot.id, lot.left) for lot in line.lots} == {(one, 2), (two, 2)}
    foreign = stockroom.lot(sold.product_id)
    refusals = {
        lots: send_back(door, asked_back(facts, coming_back(facts, 2, lots=lots))).refusal
        for lots in ((), ((foreign, 2),), ((one, 3),), ((one, 1),))
    }
    assert refusals == {
        (): Refusal.LOT_NEEDED,
        ((foreign, 2),): Refusal.WRONG_LOT,
        ((one, 3),): Refusal.WRONG_LOT,
        ((one, 1),): Refusal.MALFORMED,
    }
    result = send_back(door, asked_back(facts, coming_back(facts, 3, lots=((two, 2), (one, 1)))))
    assert result.state is EffectState.DONE
    assert stockroom.lots_of(result.documents[0].id) == {two: 2.0, one: 1.0}
    again = return_facts_of(door, sold)
    assert {(lot.id, lot.left) for lot in again.deliveries[0].lines[0].lots} == {(one, 1), (two, 0)}
    late = asked_back(again, coming_back(again, 1, lots=((two, 1),)))
    assert send_back(door, late).refusal is Refusal.WRONG_LOT
    stockroom.finish(result.documents[0].id)
    assert stockroom.lots_of(result.documents[0].id) == {two: 2.0, one: 1.0}


def test_a_serial_number_comes_back_once(door: OdooEffects, stockroom: Stockroom) -> None:
    sold = stockroom.delivered(2, tracking="serial", lots=2)
    facts = return_facts_of(door, sold)
    first = coming_back(facts, 1, lots=((sold.lots[1], 1),))
    made = send_back(door, asked_back(facts, first))
    assert made.state is EffectState.DONE
    assert stockroom.lots_of(made.documents[0].id) == {sold.lots[1]: 1.0}
    stockroom.finish(made.documents[0].id)
    again = return_facts_of(door, sold)
    assert send_back(door, asked_back(again, first)).refusal is Refusal.WRONG_LOT
    other = coming_back(again, 1, lots=((sold.lots[0], 1),))
    assert send_back(door, asked_back(again, other)).state is EffectState.DONE


def test_components_of_a_kit_and_drop_shipments_are_refused(
    door: OdooEffects, scene: Scene, stockroom: Stockroom
) -> None:
    kit = stockroom.delivered_in_parts()
    facts = return_facts_of(door, kit)
    assert [line.obstacle for line in facts.deliveries[0].lines] == [None, Refusal.KIT]
    assert send_back(door, asked_back(facts, coming_back(facts, line=1))).refusal is Refusal.KIT
    dropped = stockroom.drop_shipped()
    facts = return_facts_of(door, dropped)
    assert facts.deliveries[0].lines[0].obstacle is Refusal.DROP_SHIPPED
    request = asked_back(facts, warehouse=stockroom.first)
    assert send_back(door, request).refusal is Refusal.DROP_SHIPPED
    assert stockroom.returns(kit) == stockroom.returns(dropped) == []


def test_a_delivery_in_two_steps_comes_back_whole_in_one(
    door: OdooEffects, scene: Scene, stockroom: Stockroom
) -> None:
    sold = stockroom.delivered_in_two_steps()
    facts = return_facts_of(door, sold)
    (delivery,) = facts.deliveries
    assert delivery.id == sold.picking_id
    result = send_back(door, asked_back(facts, coming_back(facts, 5), warehouse=stockroom.first))
    assert result.state is EffectState.DONE
    stockroom.finish(result.documents[0].id)
    assert stockroom.free(sold.product_id, stockroom.first) == 5
    (line,) = scene.read("sale.order", sold.order_id, "order_line")["order_line"]
    assert scene.read("sale.order.line", line, "qty_delivered")["qty_delivered"] == 0
    assert return_facts_of(door, sold).deliveries[0].lines[0].returnable == 0
