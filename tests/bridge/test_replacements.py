"""Replacements on the sandbox, which answers as real servers were seen to."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from integrations.canonical import EffectState, OrderState, Refusal, ReplacementFacts, ShipmentState
from integrations.odoo.effects import OdooEffects
from tests.bridge.asking import asked, new_key, one_of
from tests.bridge.asking_returns import asked_again
from tests.bridge.conftest import Open, Shop, facts_of, send
from tests.bridge.goods import Goods, find, replacement_facts_of, send_again
from tests.sandbox.process import Sandbox


async def stocked(door: OdooEffects, goods: Goods) -> tuple[ReplacementFacts, int]:
    """An order whose first line some warehouse has two of, and that warehouse."""
    while True:
        order, ref = goods.delivered()
        facts = await replacement_facts_of(door, order, ref)
        product = facts.product(facts.lines[0].product_id)
        for warehouse in facts.warehouses:
            if product.is_counted and product.free_in(warehouse.id) >= 2 and not product.obstacle:
                return facts, warehouse.id


async def test_a_replacement_is_confirmed_and_reserved_in_the_warehouse_that_was_chosen(
    odoo: Sandbox, open_door: Open
) -> None:
    door, goods = await open_door(odoo), Goods(odoo)
    facts, warehouse = await stocked(door, goods)
    product = facts.lines[0].product_id
    free = facts.product(product).free_in(warehouse)
    request = asked_again(facts, warehouse=warehouse)
    result = await send_again(door, request)
    assert result.state is EffectState.DONE
    order, transfer = result.documents
    assert (order.model, order.state) == ("sale.order", OrderState.CONFIRMED)
    assert (transfer.model, transfer.state) == ("stock.picking", ShipmentState.READY)
    assert result.total is not None
    assert result.total.amount == 0
    (made,) = goods.replacements(facts.order_ref)
    assert (made["id"], made["name"], made["state"]) == (order.id, order.ref, "sale")
    assert made["client_order_ref"] == (facts.customer_ref or False)
    assert made["picking_ids"] == [transfer.id]
    (line,) = made["order_line"]
    fields = "price_unit discount price_total product_uom_qty"
    shown = goods.shop.row("sale.order.line", line, fields)
    assert (shown["discount"], shown["price_total"], shown["product_uom_qty"]) == (100.0, 0.0, 1.0)
    assert shown["price_unit"] > 0
    after = await replacement_facts_of(door, facts.order_id, facts.order_ref)
    assert after.product(product).free_in(warehouse) == free - facts.lines[0].unit_size
    assert [one.id for one in after.replacements] == [order.id]
    (sent,) = after.sent
    assert (sent.order_id, sent.reference, sent.product_id) == (order.id, request.reference, product)
    assert sent.quantity == facts.lines[0].unit_size
    assert await send_again(door, request) == replace(result, state=EffectState.ALREADY_DONE)
    assert (await send_again(door, asked_again(facts))).refusal is Refusal.REPLACEMENTS_CHANGED
    goods.shop.by_hand("finish_transfer", transfer.id, model="stock.picking")
    seen = await find(door, request)
    assert seen is not None
    assert seen.documents[1].state is ShipmentState.DONE


async def test_what_left_what_was_credited_and_what_it_cost_is_read_with_each_line(
    odoo: Sandbox, open_door: Open
) -> None:
    door, shop = await open_door(odoo), Shop(odoo)
    order, invoice = shop.refundable()
    name = shop.row("sale.order", order, "name")["name"]
    before = await replacement_facts_of(door, order, name)
    facts = await facts_of(door, order)
    wanted = one_of(facts, invoice, goods_back=True)
    (line_id,) = facts.invoice(invoice).line(wanted[0].invoice_line_id).order_line_ids
    made = await send(door, asked(facts, invoice, wanted))
    assert made.state is EffectState.DONE
    after = await replacement_facts_of(door, order, name)
    for was, line in zip(before.lines, after.lines, strict=True):
        assert line.credited - was.credited == (1 if line.id == line_id else 0)
        assert (line.shipped, line.delivered, line.total) == (was.shipped, was.delivered, was.total)
        shown = shop.row("sale.order.line", line.id, "price_unit price_total")
        assert (float(line.price), float(line.total)) == (shown["price_unit"], shown["price_total"])
    assert after.currency == facts.invoices[0].total.currency


async def test_what_cannot_be_sent_again_is_refused_and_nothing_is_made(
    odoo: Sandbox, open_door: Open
) -> None:
    door, goods = await open_door(odoo), Goods(odoo)
    facts, warehouse = await stocked(door, goods)
    request = asked_again(facts, warehouse=warehouse)
    expected, line = request.expected, request.lines[0]
    (service, *_) = odoo.call("product.product", "search", [["type", "=", "service"]], limit=1)
    wrong = {
        "ordered": replace(
            request,
            expected=replace(expected, order_lines=(replace(expected.order_lines[0], ordered=Decimal(77)),)),
        ),
        "quantity": replace(request, lines=(replace(line, quantity=Decimal(9999)),)),
        "line": replace(
            request, lines=(replace(line, order_line_id=1),), expected=replace(expected, order_lines=())
        ),
        "service": replace(request, lines=(replace(line, product_id=service),)),
        "warehouse": replace(request, warehouse_id=999_999),
        "carrier": replace(request, carrier_id=999_999),
        "company": replace(request, company_id=2),
        "quotation": replace(request, expected=replace(expected, order_state="draft")),
    }
    found = {
        what: (await send_again(door, replace(one, key=new_key()))).refusal for what, one in wrong.items()
    }
    assert found == {
        "ordered": Refusal.ORDER_CHANGED,
        "quantity": Refusal.MORE_THAN_ORDERED,
        "line": Refusal.NOT_OF_ORDER,
        "service": Refusal.NOT_GOODS,
        "warehouse": Refusal.DESTINATION_WRONG,
        "carrier": Refusal.CARRIER,
        "company": Refusal.WRONG_COMPANY,
        "quotation": Refusal.ORDER_CHANGED,
    }
    assert goods.replacements(facts.order_ref) == []


async def test_stock_that_vanished_and_an_archived_product_are_refused(
    odoo18: Sandbox, open_door: Open
) -> None:
    door, goods = await open_door(odoo18), Goods(odoo18)
    facts, warehouse = await stocked(door, goods)
    product = facts.lines[0].product_id
    request = asked_again(facts, warehouse=warehouse)
    domain = [["product_id", "=", product], ["location_id.usage", "=", "internal"]]
    quants = odoo18.call("stock.quant", "search_read", domain, fields=["quantity", "reserved_quantity"])
    for quant in quants:
        goods.shop.by_hand(
            "update", quant["id"], model="stock.quant", values={"reserved_quantity": quant["quantity"]}
        )
    assert (await send_again(door, request)).refusal is Refusal.STOCK_GONE
    waiting = await send_again(door, replace(request, key=new_key(), must_reserve=False))
    assert waiting.documents[1].state is ShipmentState.WAITING
    for quant in quants:
        goods.shop.by_hand(
            "update",
            quant["id"],
            model="stock.quant",
            values={"reserved_quantity": quant["reserved_quantity"]},
        )
    goods.shop.by_hand("update", product, model="product.product", values={"active": False})
    again = await replacement_facts_of(door, facts.order_id, facts.order_ref)
    assert again.product(product).obstacle is Refusal.PRODUCT_ARCHIVED
    late = asked_again(again, warehouse=warehouse)
    assert (await send_again(door, late)).refusal is Refusal.PRODUCT_ARCHIVED
    goods.shop.by_hand("update", product, model="product.product", values={"active": True})


async def test_another_product_is_sent_in_its_place(odoo: Sandbox, open_door: Open) -> None:
    door, goods = await open_door(odoo), Goods(odoo)
    facts, warehouse = await stocked(door, goods)
    (other, _) = await stocked(door, goods)
    product = other.lines[0].product_id
    again = await replacement_facts_of(door, facts.order_id, facts.order_ref, product)
    request = asked_again(again, product=product, warehouse=warehouse, must_reserve=False)
    result = await send_again(door, request)
    (made,) = goods.replacements(facts.order_ref)
    shown = goods.shop.row("sale.order.line", made["order_line"][0], "product_id price_unit discount")
    assert (result.state, shown["product_id"][0], shown["discount"]) == (EffectState.DONE, product, 100.0)
