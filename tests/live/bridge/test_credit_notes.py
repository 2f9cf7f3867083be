"""What is made in a real Odoo is what was approved, to the cent, and counts as foretold."""

from __future__ import annotations

from decimal import Decimal

import pytest

from integrations.canonical import (
    DocumentState,
    EffectState,
    InvoiceProgress,
    Money,
    credit_amount,
    split_amount,
)
from integrations.odoo.effects import OdooEffects
from integrations.odoo.effects_forecast import forecast
from tests.bridge.asking import REASON, TASK, all_lines, asked, one_of
from tests.live.bridge.conftest import facts_of, send
from tests.live.bridge.scene import Scene


def test_a_full_refund_over_two_rates_is_a_draft_of_the_invoices_total(
    door: OdooEffects, scene: Scene
) -> None:
    sold = scene.sold()
    facts = facts_of(door, sold)
    invoice = facts.invoice(sold.invoice_id)
    assert len({line.tax_ids for line in invoice.lines}) == 2
    result = send(
        door,
        asked(
            facts,
            sold.invoice_id,
            all_lines(facts, sold.invoice_id, goods_back=True),
            assignee=scene.admin.uid,
        ),
    )
    assert result.state is EffectState.DONE
    assert result.total == invoice.total
    (document,) = result.documents
    assert (document.state, document.ref, document.total) == (DocumentState.DRAFT, None, invoice.total)
    row = scene.read(
        "account.move", document.id, "move_type state amount_total amount_tax ref invoice_origin"
    )
    assert (row["move_type"], row["state"]) == ("out_refund", "draft")
    assert Decimal(str(row["amount_total"])) == invoice.total.amount
    assert row["invoice_origin"] == sold.order_ref
    assert row["ref"].endswith(f"{REASON} [RF-000042]")


def test_the_document_names_the_people_and_asks_finance(door: OdooEffects, scene: Scene) -> None:
    sold = scene.sold()
    facts = facts_of(door, sold)
    result = send(
        door,
        asked(
            facts, sold.invoice_id, one_of(facts, sold.invoice_id, goods_back=False), assignee=scene.admin.uid
        ),
    )
    note = result.documents[0].id
    place = [["model", "=", "account.move"], ["res_id", "=", note], ["message_type", "=", "comment"]]
    (message,) = scene.admin("mail.message", "search_read", place, fields=["body", "subtype_id"])
    assert "Ana Agent" in message["body"]
    assert "Sam Supervisor" in message["body"]
    assert "RF-000042" in message["body"]
    assert "<b>" not in message["body"]
    assert scene.read("mail.message.subtype", message["subtype_id"][0], "internal")["internal"]
    place = [["res_model", "=", "account.move"], ["res_id", "=", note]]
    (activity,) = scene.admin("mail.activity", "search_read", place, fields=["user_id", "summary"])
    assert activity["user_id"][0] == scene.admin.uid
    assert activity["summary"] == f"RF-000042: {TASK}"


@pytest.mark.parametrize("goods_back", [True, False])
def test_a_quantity_of_a_line_counts_as_foretold(door: OdooEffects, scene: Scene, goods_back: bool) -> None:
    sold = scene.sold()
    facts = facts_of(door, sold)
    lines = one_of(facts, sold.invoice_id, goods_back=goods_back)
    foretold = forecast(facts, sold.invoice_id, lines)
    assert send(door, asked(facts, sold.invoice_id, lines)).total == foretold.total
    after = facts_of(door, sold)
    assert after.invoicing is foretold.invoicing_after
    assert after.invoice(sold.invoice_id).refundable == foretold.refundable_after
    now = {line.id: line for line in after.lines}
    for line in foretold.lines:
        assert (now[line.id].invoiced, now[line.id].to_invoice) == (
            line.invoiced_after,
            line.to_invoice_after,
        )
    changed = {line.id for line in facts.lines if now[line.id] != line}
    assert changed == {line.id for line in foretold.lines}
    assert bool(changed) is goods_back
    assert (after.invoicing is InvoiceProgress.TO_INVOICE) is goods_back


AMOUNTS = ("0.01", "0.99", "10.00", "77.77", "100.01")


def test_an_amount_over_two_rates_comes_to_the_cent(door: OdooEffects, scene: Scene) -> None:
    sold = scene.sold(((19, 4, 333.33), (7, 3, 112.49)))
    for number, text in enumerate(AMOUNTS):
        facts = facts_of(door, sold)
        invoice = facts.invoice(sold.invoice_id)
        assert len(invoice.notes) == number
        lines = split_amount(invoice, Decimal(text), label="Goodwill")
        result = send(door, asked(facts, sold.invoice_id, lines))
        assert (text, result.state) == (text, EffectState.DONE)
        assert result.total == Money(Decimal(text), invoice.total.currency)
        note = scene.read("account.move", result.documents[0].id, "amount_total amount_untaxed amount_tax")
        assert Decimal(str(note["amount_total"])) == Decimal(text)
    after = facts_of(door, sold)
    assert after.invoicing is facts.invoicing
    assert [line.invoiced for line in after.lines] == [line.invoiced for line in facts.lines]


def test_an_amount_of_one_line_comes_to_the_cent(door: OdooEffects, scene: Scene) -> None:
    sold = scene.sold()
    for text in ("10.00", "7.77"):
        facts = facts_of(door, sold)
        line = facts.invoice(sold.invoice_id).lines[0]
        result = send(door, asked(facts, sold.invoice_id, (credit_amount(line, Decimal(text)),)))
        assert result.total is not None
        assert result.total.amount == Decimal(text)
        after = facts_of(door, sold).invoice(sold.invoice_id).line(line.id)
        assert after.credited_total - line.credited_total == Decimal(text)
        assert after.credited_quantity == line.credited_quantity
