"""One key, one draft credit note, exactly as approved; refused with a reason where it is not so any more."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from integrations.canonical import (
    DocumentState,
    EffectState,
    Guarantee,
    Money,
    Refusal,
    credit_amount,
    split_amount,
)
from integrations.errors import Forbidden
from integrations.odoo.bridge import VERSION, perform_sha256
from integrations.odoo.budget import Budget
from integrations.odoo.effects_forecast import forecast
from tests.bridge.asking import REASON, TASK, all_lines, asked, new_key, one_of
from tests.bridge.conftest import Open, Shop, facts_of, find, send
from tests.sandbox.process import Sandbox

CENT = Decimal("0.01")


async def test_the_connection_tells_that_writing_is_exactly_once(odoo: Sandbox, open_door: Open) -> None:
    status = await (await open_door(odoo)).bridge_status(budget=Budget.of(20.0), correlation_id="test")
    assert status.guarantee is Guarantee.EXACTLY_ONCE
    assert (status.version, status.sha256) == (str(VERSION), perform_sha256())
    assert odoo.serie in status.proven_on


async def test_a_full_refund_is_a_draft_of_the_invoices_total(odoo: Sandbox, open_door: Open) -> None:
    door, shop = await open_door(odoo), Shop(odoo)
    order, invoice = shop.refundable()
    facts = await facts_of(door, order)
    request = asked(facts, invoice, all_lines(facts, invoice, goods_back=True), assignee=2)
    result = await send(door, request)
    assert (result.state, result.refusal) == (EffectState.DONE, None)
    assert result.total == facts.invoice(invoice).total
    (document,) = result.documents
    assert (document.state, document.ref) == (DocumentState.DRAFT, None)
    row = shop.row("account.move", document.id, "move_type state amount_total ref reversed_entry_id")
    assert (row["move_type"], row["state"]) == ("out_refund", "draft")
    assert row["reversed_entry_id"][0] == invoice
    assert row["ref"].endswith(f"{REASON} [RF-000042]")


async def test_the_document_names_the_people_and_asks_finance(odoo: Sandbox, open_door: Open) -> None:
    door, shop = await open_door(odoo), Shop(odoo)
    order, invoice = shop.refundable()
    facts = await facts_of(door, order)
    result = await send(door, asked(facts, invoice, one_of(facts, invoice, goods_back=False), assignee=2))
    note = result.documents[0].id
    place = [["model", "=", "account.move"], ["res_id", "=", note]]
    (message,) = odoo.call("mail.message", "search_read", place, fields=["body"])
    assert "Ana Agent" in message["body"]
    assert "Sam Supervisor" in message["body"]
    assert "<b>" not in message["body"]
    place = [["res_model", "=", "account.move"], ["res_id", "=", note]]
    (activity,) = odoo.call("mail.activity", "search_read", place, fields=["user_id", "summary"])
    assert activity["user_id"][0] == 2
    assert activity["summary"] == f"RF-000042: {TASK}"


@pytest.mark.parametrize("goods_back", [True, False])
async def test_a_quantity_counts_as_foretold(odoo: Sandbox, open_door: Open, goods_back: bool) -> None:
    door = await open_door(odoo)
    order, invoice = Shop(odoo).refundable()
    facts = await facts_of(door, order)
    lines = one_of(facts, invoice, goods_back=goods_back)
    foretold = forecast(facts, invoice, lines)
    assert (await send(door, asked(facts, invoice, lines))).total == foretold.total
    after = await facts_of(door, order)
    assert after.invoice(invoice).refundable == foretold.refundable_after
    assert after.invoicing is foretold.invoicing_after
    now = {line.id: line for line in after.lines}
    assert {line.id for line in facts.lines if now[line.id] != line} == {line.id for line in foretold.lines}
    for line in foretold.lines:
        assert (now[line.id].invoiced, now[line.id].to_invoice) == (
            line.invoiced_after,
            line.to_invoice_after,
        )
    assert bool(foretold.lines) is goods_back


async def test_amounts_come_to_the_cent(odoo: Sandbox, open_door: Open) -> None:
    door, shop = await open_door(odoo), Shop(odoo)
    order, invoice = shop.refundable(lines=2)
    for text in ("0.01", "0.02", "0.99", "10.00", "7.77"):
        facts = await facts_of(door, order)
        split = split_amount(facts.invoice(invoice), Decimal(text), label="Goodwill")
        result = await send(door, asked(facts, invoice, split))
        assert result.total == Money(Decimal(text), facts.invoice(invoice).total.currency)
    facts = await facts_of(door, order)
    line = max(facts.invoice(invoice).lines, key=lambda one: one.left)
    result = await send(door, asked(facts, invoice, (credit_amount(line, Decimal("3.33")),)))
    assert result.state is EffectState.DONE
    after = (await facts_of(door, order)).invoice(invoice).line(line.id)
    assert after.credited_total - line.credited_total == Decimal("3.33")
    assert after.credited_quantity == line.credited_quantity


async def test_the_same_key_again_gets_the_stored_result(odoo: Sandbox, open_door: Open) -> None:
    door, shop = await open_door(odoo), Shop(odoo)
    order, invoice = shop.refundable()
    facts = await facts_of(door, order)
    request = asked(facts, invoice, one_of(facts, invoice, goods_back=True))
    assert await find(door, request) is None
    first, second = await send(door, request), await send(door, request)
    assert (first.state, second) == (EffectState.DONE, replace(first, state=EffectState.ALREADY_DONE))
    assert await find(door, request) == second
    other = asked(facts, invoice, one_of(facts, invoice, goods_back=False), key=request.key)
    assert (await send(door, other)).state is EffectState.KEY_CONFLICT
    assert len(shop.notes(invoice)) == 1


async def test_a_deleted_document_does_not_free_its_key(odoo: Sandbox, open_door: Open) -> None:
    door, shop = await open_door(odoo), Shop(odoo)
    order, invoice = shop.refundable()
    facts = await facts_of(door, order)
    request = asked(facts, invoice, one_of(facts, invoice, goods_back=False))
    made = await send(door, request)
    shop.by_hand("delete", made.documents[0].id)
    again = await send(door, request)
    assert again.state is EffectState.GONE
    assert (again.documents[0].id, again.documents[0].state) == (made.documents[0].id, None)
    assert again.total == made.total
    assert await find(door, request) == again
    assert shop.notes(invoice) == []
    later = await send(door, asked(facts, invoice, one_of(facts, invoice, goods_back=False)))
    assert later.documents[0].id != made.documents[0].id


async def test_what_finance_does_with_the_draft_is_seen(odoo: Sandbox, open_door: Open) -> None:
    door, shop = await open_door(odoo), Shop(odoo)
    order, invoice = shop.refundable()
    facts = await facts_of(door, order)
    request = asked(facts, invoice, one_of(facts, invoice, goods_back=False))
    made = await send(door, request)
    note = made.documents[0].id
    shop.by_hand("update", note, values={"amount_total": 1.0})
    edited = await find(door, request)
    assert edited is not None
    assert edited.total == made.total
    assert edited.documents[0].total == replace(made.documents[0].total or Money(CENT, ""), amount=Decimal(1))
    shop.by_hand("post", note)
    posted = await find(door, request)
    assert posted is not None
    assert posted.documents[0].state is DocumentState.POSTED
    assert posted.documents[0].ref


async def test_what_is_not_as_approved_is_refused_and_nothing_is_made(odoo: Sandbox, open_door: Open) -> None:
    door, shop = await open_door(odoo), Shop(odoo)
    order, invoice = shop.refundable()
    facts = await facts_of(door, order)
    request = asked(facts, invoice, one_of(facts, invoice, goods_back=True))
    expected = request.expected
    line, order_line = expected.invoice_lines[0], expected.order_lines[0]
    wrong = {
        "residual": replace(expected, invoice_residual=expected.invoice_residual - CENT),
        "total": replace(expected, invoice_total=expected.invoice_total + CENT),
        "payment": replace(expected, payment_state="blocked"),
        "line": replace(
            expected, invoice_lines=(replace(line, quantity=Decimal(99)), *expected.invoice_lines[1:])
        ),
        "fewer lines": replace(expected, invoice_lines=expected.invoice_lines[1:]),
        "order state": replace(expected, order_state="cancel"),
        "delivered": replace(expected, order_lines=(replace(order_line, delivered=Decimal(99)),)),
        "invoiced": replace(expected, order_lines=(replace(order_line, invoiced=Decimal(99)),)),
    }
    found = {
        what: (await send(door, replace(request, key=new_key(), expected=other))).refusal
        for what, other in wrong.items()
    }
    assert found == {
        **dict.fromkeys(["residual", "total", "payment", "line", "fewer lines"], Refusal.INVOICE_CHANGED),
        **dict.fromkeys(["order state", "delivered", "invoiced"], Refusal.ORDER_CHANGED),
    }
    assert shop.notes(invoice) == []
    assert await find(door, request) is None
    assert (await send(door, request)).state is EffectState.DONE


async def test_a_draft_of_somebody_else_is_noticed(odoo: Sandbox, open_door: Open) -> None:
    door, shop = await open_door(odoo), Shop(odoo)
    order, invoice = shop.refundable()
    facts = await facts_of(door, order)
    request = asked(facts, invoice, one_of(facts, invoice, goods_back=False))
    foreign = shop.by_hand("draft_credit_note", invoice)["id"]
    assert (await send(door, request)).refusal is Refusal.CREDIT_NOTES_CHANGED
    after = (await facts_of(door, order)).invoice(invoice)
    assert [note.id for note in after.drafts] == [foreign]
    assert after.refundable.amount == 0


async def test_more_than_is_left_or_not_of_the_order_is_refused(odoo: Sandbox, open_door: Open) -> None:
    door, shop = await open_door(odoo), Shop(odoo)
    order, invoice = shop.refundable()
    _other, other_invoice = shop.refundable()
    facts = await facts_of(door, order)
    request = asked(facts, invoice, one_of(facts, invoice, goods_back=False))
    line = request.lines[0]
    much = Decimal(999999)
    wrong = {
        "quantity": replace(request, lines=(replace(line, quantity=much),)),
        "money": replace(
            request,
            lines=(replace(line, quantity=None, amount=much, total=much),),
            total=replace(request.total, amount=much),
        ),
        "invoice": replace(request, invoice_id=other_invoice),
        "line": replace(request, lines=(replace(line, invoice_line_id=line.invoice_line_id + 1000000),)),
        "company": replace(request, company_id=1000),
        "assignee": replace(request, assignee_id=999999),
        "cents": replace(request, total=replace(request.total, amount=request.total.amount - Decimal(1))),
    }
    found = {what: (await send(door, replace(one, key=new_key()))).refusal for what, one in wrong.items()}
    assert found == {
        "quantity": Refusal.MORE_THAN_LEFT,
        "money": Refusal.MORE_THAN_LEFT,
        "invoice": Refusal.NOT_OF_ORDER,
        "line": Refusal.NOT_OF_ORDER,
        "company": Refusal.WRONG_COMPANY,
        "assignee": Refusal.ASSIGNEE_UNKNOWN,
        "cents": Refusal.TOTAL_DIFFERS,
    }
    assert shop.notes(invoice) == shop.notes(other_invoice) == []


async def test_a_key_that_was_given_up_or_is_too_old_has_no_effect(odoo: Sandbox, open_door: Open) -> None:
    door, shop = await open_door(odoo), Shop(odoo)
    order, invoice = shop.refundable()
    facts = await facts_of(door, order)
    request = asked(facts, invoice, one_of(facts, invoice, goods_back=False))
    late = replace(request, key=new_key())
    given_up = await door.revoke_key(request.key, company_id=1, budget=Budget.of(9), correlation_id="test")
    assert given_up.state is EffectState.REVOKED
    refused = await send(door, request)
    assert (refused.state, refused.refusal) == (EffectState.REVOKED, Refusal.KEY_REVOKED)
    old = replace(request, key=new_key(at_ms=1_600_000_000_000))
    assert (await send(door, old)).refusal is Refusal.KEY_TOO_OLD
    assert shop.notes(invoice) == []
    made = await send(door, late)
    too_late = await door.revoke_key(late.key, company_id=1, budget=Budget.of(9), correlation_id="test")
    assert (too_late.state, too_late.documents) == (EffectState.ALREADY_DONE, made.documents)


async def test_a_login_outside_the_group_may_not_act(odoo: Sandbox, open_door: Open) -> None:
    owner = await open_door(odoo)
    order, invoice = Shop(odoo).refundable()
    facts = await facts_of(owner, order)
    outside = await open_door(odoo, role="sales", slug="outside")
    status = await outside.bridge_status(budget=Budget.of(20.0), correlation_id="test")
    assert (status.guarantee, status.problem) == (Guarantee.NONE, Refusal.NO_RIGHT)
    with pytest.raises(Forbidden):
        await send(outside, asked(facts, invoice, one_of(facts, invoice, goods_back=False)))
    assert Shop(odoo).notes(invoice) == []
