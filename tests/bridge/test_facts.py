"""Facts are what Odoo counts: every note, whoever made it, and what each line still has left."""

from __future__ import annotations

from decimal import Decimal

import pytest

from integrations.canonical import DocumentState, EffectState, LineKind, split_amount
from integrations.errors import Missing
from tests.bridge.asking import asked, one_of
from tests.bridge.conftest import Open, Shop, facts_of, send
from tests.sandbox.process import Sandbox


async def test_a_note_adds_to_what_its_lines_were_credited(odoo: Sandbox, open_door: Open) -> None:
    door, shop = await open_door(odoo), Shop(odoo)
    order, invoice = shop.refundable()
    before = (await facts_of(door, order)).invoice(invoice)
    goods = next(line for line in before.lines if line.kind is LineKind.GOODS)
    facts = await facts_of(door, order)
    made = await send(door, asked(facts, invoice, one_of(facts, invoice, goods_back=True)))
    after = (await facts_of(door, order)).invoice(invoice)
    assert [(note.id, note.state, note.is_tied) for note in after.notes] == [
        (made.documents[0].id, DocumentState.DRAFT, True)
    ]
    assert after.line(goods.id).credited_quantity == 1
    assert made.total is not None
    assert after.refundable.amount == before.refundable.amount - made.total.amount
    assert after.line(goods.id).left < goods.left


async def test_a_note_that_names_nothing_counts_but_is_not_compared(odoo18: Sandbox, open_door: Open) -> None:
    """An add-on's return authorization lists its refund with the order, whatever that names."""
    odoo = odoo18
    door, shop = await open_door(odoo), Shop(odoo)
    order, invoice = shop.refundable()
    loose = shop.by_hand("draft_credit_note", invoice)
    shop.by_hand("update", loose["id"], values={"reversed_entry_id": False, "amount_total": 1.0})
    for line in odoo.call("account.move", "read", [loose["id"]], fields=["invoice_line_ids"])[0][
        "invoice_line_ids"
    ]:
        shop.by_hand(
            "update", line, model="account.move.line", values={"sale_line_ids": [], "price_total": 0.0}
        )
    (returned, *_others) = odoo.call("rma", "search", [])
    shop.by_hand("update", returned, model="rma", values={"order_id": order, "refund_id": loose["id"]})
    facts = await facts_of(door, order)
    found = facts.invoice(invoice)
    assert [(note.id, note.is_tied) for note in found.notes] == [(loose["id"], False)]
    assert found.refundable.amount == found.total.amount - 1
    request = asked(facts, invoice, split_amount(found, Decimal("2.00"), label="Goodwill"))
    assert request.expected.notes == ()
    assert (await send(door, request)).state is EffectState.DONE


async def test_an_order_of_another_company_is_not_there(odoo: Sandbox, open_door: Open) -> None:
    door = await open_door(odoo)
    order, _invoice = Shop(odoo).refundable()
    with pytest.raises(Missing):
        await facts_of(door, order, company_id=2)
