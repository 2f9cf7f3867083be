"""Odoo's own ways of saying nothing, its numbers, times and states, in our types."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from integrations.canonical import (
    DeliveryProgress,
    DocumentState,
    InvoiceProgress,
    LineKind,
    MatchReason,
    Money,
    OrderState,
    PaymentProgress,
    PaymentState,
)
from integrations.errors import Garbled
from integrations.odoo.mapping.matches import number_reasons
from integrations.odoo.mapping.values import (
    Currency,
    day,
    decimal,
    moment,
    plain_text,
    quantity,
    reference,
    split_numbers,
    text,
)
from tests.rules.recorded import record_of
from tests.rules.rows import (
    BHD,
    EUR,
    JPY,
    Row,
    document_line,
    invoice,
    line,
    note,
    order,
    paid,
    product,
)


@pytest.mark.parametrize(("value", "expected"), [
    (0.1, "0.1"), (970.16, "970.16"), (1e-07, "1E-7"), (False, "0"), (None, "0"), (3, "3"), ("12.50", "12.50"),
])  # fmt: skip
def test_a_float_keeps_the_digits_it_was_sent_with(value: object, expected: str) -> None:
    assert str(decimal(value)) == expected


@pytest.mark.parametrize("value", [True, "many", float("nan"), float("inf"), 1e16, [], {}])
def test_what_is_no_number_is_garbled(value: object) -> None:
    with pytest.raises(Garbled):
        decimal(value)


@pytest.mark.parametrize(("value", "expected"), [
    (3.0, "3"), (2.5, "2.5"), (0.0, "0"), (100.0, "100"), (1 / 3, "0.333333"), (Decimal("11.9999999"), "12"),
    (-2.0, "-2"), (1e15, "1000000000000000"),
])  # fmt: skip
def test_a_quantity_has_no_trailing_zeros_and_no_exponent(value: Any, expected: str) -> None:
    assert str(quantity(value)) == expected


@pytest.mark.parametrize(("currency", "value", "expected"), [
    (EUR, 12.345, "12.34"), (EUR, 12.355, "12.36"), (EUR, -0.001, "0.00"), (JPY, 1234.0, "1234"), (BHD, 1.5, "1.500"),
    (EUR, 1e15, "1000000000000000.00"),
])  # fmt: skip
def test_money_has_the_places_of_its_currency(currency: Row, value: float, expected: str) -> None:
    assert str(Currency(currency).money(value).amount) == expected


def test_a_currency_without_places_counts_in_hundredths_and_one_without_a_name_says_so() -> None:
    assert Currency({"id": 1, "display_name": "USD"}).money(5.0) == Money(Decimal("5.00"), "USD")
    assert Currency(None).money(5.0) == Money(Decimal("5.00"), "XXX")


def test_times_are_utc_and_days_are_days() -> None:
    assert moment("2026-09-06 11:17:39") == datetime(2026, 9, 6, 11, 17, 39, tzinfo=UTC)
    assert moment("2026-09-06 11:17:39.123456") == datetime(2026, 9, 6, 11, 17, 39, 123456, tzinfo=UTC)
    assert day("2026-09-06") == date(2026, 9, 6)
    assert (moment(False), moment(""), day(False), day(None)) == (None,) * 4
    for broken in ("yesterday", "2026-13-01 00:00:00"):
        with pytest.raises(Garbled):
            moment(broken)
        with pytest.raises(Garbled):
            day(broken)


def test_empty_words_are_nothing() -> None:
    assert [text(value) for value in (False, None, "", "  ", 7, "x")] == [None, None, None, None, None, "x"]


@pytest.mark.parametrize(("value", "expected"), [
    (5, 5), ([5, "name"], 5), ({"id": 5}, 5), (False, None), (None, None), ([], None), (True, None),
])  # fmt: skip
def test_a_reference_is_read_however_it_was_sent(value: object, expected: int | None) -> None:
    assert reference({"field": value}, "field") == expected


@pytest.mark.parametrize(("value", "expected"), [
    ("A1", ("A1",)), ("A1,B2", ("A1", "B2")), ("A1, B2; C3\nA1", ("A1", "B2", "C3")), (False, ()), (" , ", ()),
])  # fmt: skip
def test_several_tracking_numbers_in_one_field(value: object, expected: tuple[str, ...]) -> None:
    assert split_numbers(value) == expected


@pytest.mark.parametrize(("html", "expected"), [
    ("<p>Hello<br>you &amp; me</p><script>alert(1)</script><style>p{}</style>", "Hello\nyou & me"),
    ("plain words", "plain words"),
    ("<ul><li>one</li><li>two</li></ul>", "one\ntwo"),
    ("a &lt;b&gt; c", "a <b> c"),
    ("<p></p>", ""),
    (False, ""),
    ("<div><b>un</b>closed <i>tags", "unclosed tags"),
    (
        '<p>The transaction <a href="#" data-oe-model="payment.transaction" data-oe-id="4">LK008935-189</a> is paid'
        ' for <a data-oe-model="account.move" data-oe-id="1">INV/1</a>.</p>',
        "The transaction •••• is paid for INV/1.",
    ),
    ('<a data-oe-model="account.payment">PBNK1/<b>2026</b>/7', "••••"),
])  # fmt: skip
def test_markup_never_leaves_a_message(html: object, expected: str) -> None:
    assert plain_text(html) == expected


@pytest.mark.parametrize(("field", "value", "read", "expected"), [
    ("state", "brand_new", "state", OrderState.UNKNOWN),
    ("state", "done", "state", OrderState.CONFIRMED),
    ("state", "draft", "state", OrderState.QUOTATION),
    ("delivery_status", "started", "delivery", DeliveryProgress.PENDING),
    ("delivery_status", "partial", "delivery", DeliveryProgress.PARTIAL),
    ("invoice_status", "brand_new", "invoicing", None),
    ("invoice_status", "upselling", "invoicing", InvoiceProgress.UPSELLING),
    ("origin", "S00001", "replaces", "S00001"),
    ("commitment_date", "2026-11-30 00:00:00", "promised_at", datetime(2026, 11, 30, tzinfo=UTC)),
])  # fmt: skip
def test_states_of_an_order(field: str, value: object, read: str, expected: object) -> None:
    assert getattr(record_of(order(**{field: value}), 18).order, read) == expected


def test_without_a_delivery_status_a_shop_without_stock_says_nothing_about_delivery() -> None:
    row = order()
    del row["delivery_status"]
    assert record_of(row, 18).order.delivery is None


@pytest.mark.parametrize(("lines", "state", "expected"), [
    ([line()], "sale", DeliveryProgress.PENDING),
    ([line(qty_delivered=3.0)], "sale", DeliveryProgress.NOTHING_TO_SHIP),
    ([line(of=product(type="service"))], "sale", DeliveryProgress.NOTHING_TO_SHIP),
    ([line(is_delivery=True)], "sale", DeliveryProgress.NOTHING_TO_SHIP),
    ([line()], "draft", DeliveryProgress.NOTHING_TO_SHIP),
    ([line()], "cancel", DeliveryProgress.NOTHING_TO_SHIP),
])  # fmt: skip
def test_goods_without_a_transfer_are_pending_once_the_order_is_confirmed(
    lines: list[Row], state: str, expected: DeliveryProgress
) -> None:
    assert record_of(order(*lines, state=state, delivery_status=False), 18).order.delivery is expected


@pytest.mark.parametrize(("more", "expected"), [
    ({"is_delivery": True}, LineKind.DELIVERY), ({"is_reward_line": True}, LineKind.REWARD),
    ({"is_downpayment": True}, LineKind.DOWN_PAYMENT), ({"display_type": "line_section"}, LineKind.SECTION),
    ({"display_type": "line_subsection"}, LineKind.SECTION), ({"display_type": "line_note"}, LineKind.NOTE),
    ({}, LineKind.GOODS), ({"product_id": product(type="service")}, LineKind.SERVICE),
])  # fmt: skip
def test_kinds_of_lines(more: Row, expected: LineKind) -> None:
    assert record_of(order(line(**more)), 18).order.lines[0].kind is expected


@pytest.mark.parametrize(("row", "expected"), [
    (invoice(name="/", state="draft"), (None, DocumentState.DRAFT, PaymentProgress.NOT_PAID)),
    (invoice(payment_state="blocked"), ("posted", DocumentState.POSTED, PaymentProgress.BLOCKED)),
    (invoice(payment_state="brand_new"), ("posted", DocumentState.POSTED, PaymentProgress.UNKNOWN)),
    (invoice(state="cancel", name="INV/9"), ("posted", DocumentState.CANCELLED, PaymentProgress.NOT_PAID)),
])  # fmt: skip
def test_states_of_a_document(row: Row, expected: tuple[object, ...]) -> None:
    (found,) = record_of(order(invoice_ids=[row]), 18).invoices
    assert (found.ref and "posted", found.state, found.payment_state) == expected


def test_a_payment_by_statement_is_known_by_its_match() -> None:
    row = paid(invoice(document_line(30.0, 1)), 30.0, account_payment_id=False, partial_id=77)
    (found,) = record_of(order(invoice_ids=[row]), 18).payments
    assert (found.id, found.state, found.is_refund) == (77, PaymentState.DONE, False)


def test_a_note_settled_against_its_invoice_is_no_payment_of_either() -> None:
    billed = invoice(document_line(30.0, 1))
    credited = paid(note(document_line(30.0, 1)), 30.0, account_payment_id=False, move_id=billed["id"])
    billed = paid(billed, 30.0, account_payment_id=False, move_id=credited["id"])
    assert record_of(order(invoice_ids=[billed, credited]), 18).payments == ()


def test_without_payment_details_no_reference_and_no_provider_enters_the_record() -> None:
    transaction = {"id": 3, "state": "done", "amount": 1.0, "reference": "x", "provider_code": "stripe"}
    row = order(invoice_ids=[paid(invoice(document_line(30.0, 1)), 30.0)], transaction_ids=[transaction])
    found = record_of(row, 18, payment_details=False).payments
    assert len(found) == 2
    assert {(one.ref, one.provider_ref, one.provider, one.method) for one in found} == {
        (None, None, None, None)
    }


def test_a_match_says_why_it_matched() -> None:
    def why(**more: object) -> set[MatchReason]:
        return number_reasons(order(**more), ["S00010"])

    assert why() == {MatchReason.ORDER_NUMBER}
    assert why(name="S00099", client_order_ref="S00010") == {MatchReason.CHANNEL_REFERENCE}
    assert why(client_order_ref="s00010") == {MatchReason.ORDER_NUMBER, MatchReason.CHANNEL_REFERENCE}
    assert why(name="S00099") == set()


def test_the_stock_of_a_product_with_too_many_rows_is_unknown_not_a_part_of_it() -> None:
    quants = [{"id": 1, "quantity": 5.0, "location_id": {"id": 8, "usage": "internal"}}, {"id": 2}]
    found = record_of(order(line(of=product(stock_quant_ids=quants))), 18).order.lines[0]
    assert (found.available, found.stock) == (None, ())
