"""Returns on the sandbox, which answers as real servers were seen to."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from integrations.canonical import EffectState, Refusal, ReturnSource, ShipmentState, payload_of
from tests.bridge.asking import new_key
from tests.bridge.asking_returns import asked_back, coming_back
from tests.bridge.conftest import Open
from tests.bridge.goods import Goods, find, return_facts_of, send_back
from tests.sandbox.process import Sandbox


async def test_a_return_is_awaited_in_the_warehouse_it_was_approved_for(
    odoo: Sandbox, open_door: Open
) -> None:
    door, goods = await open_door(odoo), Goods(odoo)
    order, ref = goods.delivered()
    facts = await return_facts_of(door, order)
    line = facts.deliveries[0].lines[0]
    assert (line.obstacle, line.returnable) == (None, line.done)
    own = facts.deliveries[0].warehouse_id
    other = next(one for one in facts.destinations if one.warehouse_id != own)
    request = asked_back(facts, warehouse=other.warehouse_id)
    result = await send_back(door, request)
    assert result.state is EffectState.DONE
    (document,) = result.documents
    assert (document.model, document.state) == ("stock.picking", ShipmentState.READY)
    assert document.due_at is not None
    assert document.total is None
    (back,) = goods.returns(order)
    assert (back["id"], back["name"]) == (document.id, document.ref)
    assert back["location_dest_id"][0] == other.location_id
    assert back["origin"].startswith(f"{ref}, ")
    assert back["origin"].endswith("RT-000042")
    after = await return_facts_of(door, order)
    assert after.deliveries[0].lines[0].announced == 1
    assert [(one.is_done, one.quantity) for one in after.returns] == [(False, 1)]


async def test_the_key_tells_the_receipt(odoo: Sandbox, open_door: Open) -> None:
    door, goods = await open_door(odoo), Goods(odoo)
    order, _ = goods.delivered()
    facts = await return_facts_of(door, order)
    request = asked_back(facts)
    assert await find(door, request) is None
    first = await send_back(door, request)
    assert await send_back(door, request) == replace(first, state=EffectState.ALREADY_DONE)
    assert (await send_back(door, replace(request, reason="x"))).state is EffectState.KEY_CONFLICT
    goods.shop.by_hand("finish_transfer", first.documents[0].id, model="stock.picking")
    seen = await find(door, request)
    assert seen is not None
    assert seen.documents[0].state is ShipmentState.DONE
    after = await return_facts_of(door, order)
    line = after.deliveries[0].lines[0]
    assert (line.returned, line.announced) == (1, 0)
    delivered = {one.id: one.delivered for one in facts.delivered}
    now = {one.id: one.delivered for one in after.delivered}
    assert now[line.order_line_id or 0] == delivered[line.order_line_id or 0] - 1


async def test_what_may_not_come_back_is_refused_and_nothing_is_made(odoo: Sandbox, open_door: Open) -> None:
    door, goods = await open_door(odoo), Goods(odoo)
    order, _ = goods.delivered()
    facts = await return_facts_of(door, order)
    request = asked_back(facts)
    expected, line = request.expected, request.lines[0]
    wrong = {
        "too many": replace(request, lines=(replace(line, quantity=Decimal(9999)),)),
        "order state": replace(request, expected=replace(expected, order_state="cancel")),
        "moved": replace(
            request, expected=replace(expected, moves=(replace(expected.moves[0], quantity=Decimal(77)),))
        ),
        "another order": replace(request, order_ref="S-none"),
        "another delivery": replace(request, delivery_id=999_999),
        "place": replace(request, location_id=999_999),
        "kind": replace(request, operation_type_id=None),
        "company": replace(request, company_id=2),
        "assignee": replace(request, assignee_id=999_999),
        "a lot without need": replace(request, lines=(coming_back(facts, lots=((1, 1),)),)),
    }
    found = {
        what: (await send_back(door, replace(one, key=new_key()))).refusal for what, one in wrong.items()
    }
    assert found == {
        "too many": Refusal.MORE_THAN_RETURNABLE,
        "order state": Refusal.ORDER_CHANGED,
        "moved": Refusal.DELIVERY_CHANGED,
        "another order": Refusal.NOT_OF_ORDER,
        "another delivery": Refusal.NOT_OF_ORDER,
        "place": Refusal.DESTINATION_WRONG,
        "kind": Refusal.DESTINATION_WRONG,
        "company": Refusal.WRONG_COMPANY,
        "assignee": Refusal.ASSIGNEE_UNKNOWN,
        "a lot without need": Refusal.WRONG_LOT,
    }
    assert goods.returns(order) == []


async def test_a_second_return_must_know_of_the_first(odoo: Sandbox, open_door: Open) -> None:
    door, goods = await open_door(odoo), Goods(odoo)
    order, _ = goods.delivered()
    facts = await return_facts_of(door, order)
    whole = facts.deliveries[0].lines[0].done
    assert (await send_back(door, asked_back(facts))).state is EffectState.DONE
    assert (await send_back(door, asked_back(facts))).refusal is Refusal.RETURNS_CHANGED
    again = await return_facts_of(door, order)
    late = asked_back(again, coming_back(again, str(whole)))
    assert (await send_back(door, late)).refusal is Refusal.MORE_THAN_RETURNABLE


async def test_serial_numbers_are_asked_for_and_come_back_once(odoo: Sandbox, open_door: Open) -> None:
    door, goods = await open_door(odoo), Goods(odoo)
    order, _ = goods.delivered(tracking="serial")
    facts = await return_facts_of(door, order)
    line = facts.deliveries[0].lines[0]
    assert line.is_tracked
    assert (await send_back(door, asked_back(facts))).refusal is Refusal.LOT_NEEDED
    wrong = coming_back(facts, lots=((999_999, 1),))
    assert (await send_back(door, asked_back(facts, wrong))).refusal is Refusal.WRONG_LOT
    serial = coming_back(facts, lots=((line.lots[0].id, 1),))
    assert (await send_back(door, asked_back(facts, serial))).state is EffectState.DONE
    again = await return_facts_of(door, order)
    assert again.deliveries[0].lines[0].lots[0].left == line.lots[0].left - 1


async def test_components_of_a_kit_are_refused(odoo18: Sandbox, open_door: Open) -> None:
    door, goods = await open_door(odoo18), Goods(odoo18)
    order, _ = goods.delivered(kit=True)
    facts = await return_facts_of(door, order)
    place = next(
        number for number, line in enumerate(facts.deliveries[0].lines) if line.obstacle is Refusal.KIT
    )
    assert (await send_back(door, asked_back(facts, coming_back(facts, line=place)))).refusal is Refusal.KIT


async def test_19_has_no_add_on_for_authorizations(sandboxes: object, odoo: Sandbox, open_door: Open) -> None:
    door, goods = await open_door(odoo), Goods(odoo)
    order, _ = goods.delivered()
    facts = await return_facts_of(door, order)
    assert facts.has_rma is (facts.odoo_version < 19)
    if facts.has_rma:
        return
    request = replace(asked_back(facts), by=ReturnSource.RMA, rma_operation_id=1)
    assert (await send_back(door, request)).refusal is Refusal.NO_RMA


async def test_where_there_is_no_bridge_nothing_is_returned(
    odoo18: Sandbox, open_door: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    door, goods = await open_door(odoo18), Goods(odoo18)
    order, _ = goods.delivered()
    request = asked_back(await return_facts_of(door, order))

    async def nowhere(*_: object) -> None:
        return None

    monkeypatch.setattr(type(door), "_bridge", nowhere)
    assert (await send_back(door, request)).refusal is Refusal.NOT_INSTALLED
    assert goods.returns(order) == []


async def test_a_request_says_the_same_whatever_the_order_of_its_facts(
    odoo18: Sandbox, open_door: Open
) -> None:
    door, goods = await open_door(odoo18), Goods(odoo18)
    order, _ = goods.delivered()
    request = asked_back(await return_facts_of(door, order))
    turned = replace(
        request,
        expected=replace(
            request.expected,
            order_lines=request.expected.order_lines[::-1],
            returns=request.expected.returns[::-1],
        ),
    )
    assert payload_of(turned) == payload_of(request)
    exact = replace(request, lines=(replace(request.lines[0], quantity=Decimal("1.000")),))
    assert payload_of(exact) == payload_of(request)
