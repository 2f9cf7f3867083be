"""The sums a refund is previewed by: parts add up to the cent, never above what is left, and foretell Odoo's count."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.canonical import (
    Company,
    DocumentState,
    InvoiceProgress,
    LineKind,
    Money,
    PaymentProgress,
    RefundFacts,
    RefundInvoice,
    RefundInvoiceLine,
    RefundNote,
    RefundOrderLine,
    credit_quantity,
    expected_facts,
    payload_of,
    payload_sha256,
    split_amount,
    total_of,
)
from integrations.odoo.effects_forecast import forecast
from tests.bridge.asking import asked

CENT = Decimal("0.01")


def line(
    number: int, total: str, *, tax: int = 1, quantity: str = "4", credited: str = "0"
) -> RefundInvoiceLine:
    return RefundInvoiceLine(
        id=number,
        order_line_ids=(number * 10,),
        product_id=number,
        name=f"line {number}",
        kind=LineKind.GOODS,
        quantity=Decimal(quantity),
        untaxed=(Decimal(total) / Decimal("1.19")).quantize(CENT),
        total=Decimal(total),
        tax_ids=(tax,),
        tax_names=("tax",),
        credited_quantity=Decimal(0),
        credited_total=Decimal(credited),
    )


def note(total: str, state: DocumentState = DocumentState.DRAFT) -> RefundNote:
    money = Money(Decimal(total), "EUR")
    return RefundNote(
        id=77,
        ref=None,
        state=state,
        total=money,
        residual=money,
        payment_state=PaymentProgress.NOT_PAID,
        reason=None,
    )


def invoice(*lines: RefundInvoiceLine, notes: tuple[RefundNote, ...] = ()) -> RefundInvoice:
    total = Money(sum((one.total for one in lines), Decimal(0)), "EUR")
    return RefundInvoice(
        id=5,
        ref="INV/5",
        state=DocumentState.POSTED,
        total=total,
        untaxed=total,
        residual=total,
        payment_state="not_paid",
        lines=lines,
        notes=notes,
        bills_other_orders=False,
    )


def order(one: RefundInvoice, *, by_delivery: bool = True, version: int = 18) -> RefundFacts:
    lines = tuple(
        RefundOrderLine(
            id=number,
            name=billed.name,
            kind=LineKind.GOODS,
            ordered=billed.quantity,
            delivered=billed.quantity,
            invoiced=billed.quantity,
            to_invoice=Decimal(0),
            invoiced_by_delivery=by_delivery,
            moves_ended=True,
            can_be_invoiced_alone=True,
        )
        for billed in one.lines
        for number in billed.order_line_ids
    )
    return RefundFacts(
        connection="main",
        company=Company(id=1, name="One"),
        order_id=9,
        order_ref="S00009",
        order_state="sale",
        invoicing=InvoiceProgress.INVOICED,
        odoo_version=version,
        lines=lines,
        invoices=(one,),
        payments=(),
        fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


CENTS = st.integers(min_value=1, max_value=1_000_000)


@given(st.lists(st.tuples(CENTS, st.integers(1, 4)), min_size=1, max_size=8), st.data())
def test_the_parts_of_an_amount_add_up_and_no_rate_gives_more_than_it_has(
    totals: list[tuple[int, int]], data: st.DataObject
) -> None:
    lines = [
        replace(line(number, "1.00", tax=tax), total=Decimal(cents) * CENT)
        for number, (cents, tax) in enumerate(totals, start=1)
    ]
    whole = invoice(*lines)
    amount = Decimal(data.draw(st.integers(1, sum(cents for cents, _tax in totals)))) * CENT
    parts = split_amount(whole, amount, label="Goodwill")
    assert sum(part.total for part in parts) == amount
    for part in parts:
        rate = whole.line(part.invoice_line_id).tax_ids
        assert 0 < part.total <= sum(one.total for one in lines if one.tax_ids == rate)
        assert (part.amount, part.quantity, part.goods_back, part.label) == (
            part.total,
            None,
            False,
            "Goodwill",
        )
    assert len({whole.line(part.invoice_line_id).tax_ids for part in parts}) == len(parts)


def test_more_than_the_invoice_has_left_is_not_split() -> None:
    one = invoice(line(1, "100.00"), line(2, "50.00", tax=2), notes=(note("120.00"),))
    assert one.refundable == Money(Decimal("30.00"), "EUR")
    with pytest.raises(ValueError, match="less left"):
        split_amount(one, Decimal("30.01"), label="Goodwill")
    assert sum(part.total for part in split_amount(one, Decimal("30.00"), label="Goodwill")) == 30


def test_a_cancelled_note_takes_nothing() -> None:
    one = invoice(line(1, "100.00"), notes=(note("40.00", DocumentState.CANCELLED),))
    assert one.refundable.amount == 100
    assert one.drafts == ()


def test_all_that_is_left_comes_to_what_the_invoice_has_left() -> None:
    lines = line(1, "33.34"), line(2, "66.67", tax=2)
    rounded_otherwise = replace(invoice(*lines), total=Money(Decimal("100.00"), "EUR"))
    whole = [credit_quantity(one, one.quantity_left, goods_back=True) for one in lines]
    assert sum(one.total for one in whole) == Decimal("100.01")
    assert total_of(rounded_otherwise, whole) == Decimal("100.00")
    assert total_of(rounded_otherwise, whole[:1]) == Decimal("33.34")


def test_a_deduction_is_credited_below_zero() -> None:
    deduction = line(2, "-20.00", quantity="-1")
    assert (deduction.left, deduction.quantity_left) == (Decimal("-20.00"), Decimal(-1))
    assert credit_quantity(deduction, Decimal(-1), goods_back=False).total == Decimal("-20.00")
    gone = replace(deduction, credited_quantity=Decimal(-1), credited_total=Decimal("-20.00"))
    assert (gone.left, gone.quantity_left) == (0, 0)


def test_only_goods_that_come_back_are_linked() -> None:
    goods = line(1, "40.00")
    shipping = replace(goods, kind=LineKind.DELIVERY)
    assert credit_quantity(goods, Decimal(1), goods_back=True).goods_back
    assert not credit_quantity(goods, Decimal(1), goods_back=False).goods_back
    assert not credit_quantity(shipping, Decimal(1), goods_back=True).goods_back
    assert not credit_quantity(replace(goods, order_line_ids=()), Decimal(1), goods_back=True).goods_back


# Four ordered and delivered, three invoiced and one credited: as seen on 17, 18 and 19.
@pytest.mark.parametrize(("by_delivery", "delivered", "version", "after"), [
    (True, 4, 18, (3, 1, InvoiceProgress.TO_INVOICE)),
    (False, 4, 18, (3, 1, InvoiceProgress.TO_INVOICE)),
    (True, 3, 17, (3, 0, InvoiceProgress.NOTHING_TO_INVOICE)),
    (True, 3, 19, (3, 0, InvoiceProgress.INVOICED)),
])  # fmt: skip
def test_a_linked_credit_counts_as_odoo_counts_it(
    by_delivery: bool, delivered: int, version: int, after: tuple[int, int, InvoiceProgress]
) -> None:
    one = invoice(line(1, "40.00"))
    facts = order(one, by_delivery=by_delivery, version=version)
    due = Decimal(delivered - 4) if by_delivery else Decimal(0)
    sold = replace(facts.lines[0], delivered=Decimal(delivered), to_invoice=due)
    facts = replace(facts, lines=(sold,))
    told = forecast(facts, 5, [credit_quantity(one.lines[0], Decimal(1), goods_back=True)])
    (changed,) = told.lines
    assert (changed.invoiced_after, changed.to_invoice_after, told.invoicing_after) == after


def test_money_only_leaves_the_orders_count_alone() -> None:
    one = invoice(line(1, "40.00"))
    told = forecast(order(one), 5, [credit_quantity(one.lines[0], Decimal(1), goods_back=False)])
    assert told.lines == ()
    assert told.invoicing_after is InvoiceProgress.INVOICED
    assert told.refundable_after == Money(Decimal("30.00"), "EUR")


def test_the_same_request_gives_the_same_text_and_any_other_another() -> None:
    one = invoice(line(1, "40.00"), notes=(note("4.00"),))
    facts = order(one)
    lines = (credit_quantity(one.lines[0], Decimal("1.0"), goods_back=True),)
    request = asked(facts, 5, lines, key="k")
    again = replace(request, lines=(replace(lines[0], quantity=Decimal("1.00")),))
    assert payload_of(again) == payload_of(request)
    others = (
        replace(request, reason="x"),
        replace(request, assignee_id=3),
        replace(request, total=replace(request.total, amount=Decimal("9.99"))),
        replace(request, lines=(replace(lines[0], goods_back=False),)),
        replace(request, expected=replace(request.expected, notes=())),
    )
    assert len({payload_sha256(other) for other in (request, *others)}) == 6
    assert expected_facts(facts, 5, lines).notes[0].total == 4


def test_a_request_prints_without_names_or_reasons() -> None:
    one = invoice(line(1, "40.00"))
    request = asked(order(one), 5, (credit_quantity(one.lines[0], Decimal(1), goods_back=True),))
    assert repr(request) == f"CreditNoteRequest({request.key})"
