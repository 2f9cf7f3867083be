"""What may still be refunded: of the whole order and of each line."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.canonical import Branch, Money, OrderRecord
from tests.rules.recorded import EVERYTHING, record_of
from tests.rules.rows import BHD, EUR, JPY, USD, Row, document_line, invoice, line, note, order

OTHER_ORDERS_LINE = 77


def read(*documents: Row, lines: int = 2, version: int = 18, currency: Row = EUR) -> OrderRecord:
    ordered = [line(number, version=version, of=4 + number) for number in range(1, lines + 1)]
    return record_of(order(*ordered, invoice_ids=list(documents), currency_id=currency), version)


def left(record: OrderRecord) -> tuple[str, list[str]]:
    """(of the order, of each line)"""
    assert record.order.refundable is not None
    of_lines = [entry.refundable for entry in record.order.lines]
    return str(record.order.refundable.amount), [str(money.amount) for money in of_lines if money]


def billed() -> Row:
    """60 for line 1 (product 5), 40 for line 2 (product 6)."""
    return invoice(document_line(60.0, 1, of=5), document_line(40.0, 2, of=6))


def with_notes(document: Row, *notes: Row, version: int = 18) -> Row:
    field = "reversal_move_id" if version == 17 else "reversal_move_ids"
    return {**document, field: list(notes)}


def test_nothing_is_refundable_before_an_invoice_is_posted() -> None:
    assert left(read()) == ("0.00", ["0.00", "0.00"])
    draft = invoice(document_line(60.0, 1), state="draft")
    cancelled = invoice(document_line(60.0, 1), state="cancel")
    assert left(read(draft, cancelled)) == ("0.00", ["0.00", "0.00"])


def test_a_posted_invoice_is_refundable_paid_or_not() -> None:
    assert left(read(billed())) == ("100.00", ["60.00", "40.00"])
    assert left(read(billed() | {"payment_state": "paid"})) == ("100.00", ["60.00", "40.00"])


def test_two_invoices_add_up() -> None:
    second = invoice(document_line(15.5, 1))
    assert left(read(billed(), second)) == ("115.50", ["75.50", "40.00"])


@pytest.mark.parametrize("state", ["draft", "posted"])
def test_a_linked_note_lowers_its_line_drafts_included(state: str) -> None:
    assert left(read(billed(), note(document_line(20.0, 1), state=state))) == ("80.00", ["40.00", "40.00"])


def test_a_cancelled_note_takes_nothing() -> None:
    assert left(read(billed(), note(document_line(20.0, 1), state="cancel"))) == (
        "100.00",
        ["60.00", "40.00"],
    )


@pytest.mark.parametrize("version", [17, 18, 19])
def test_a_note_that_hangs_on_its_invoice_only_counts_too(version: int) -> None:
    goodwill = note(document_line(30.0, of=None))
    record = read(with_notes(billed(), goodwill, version=version), version=version)
    assert left(record) == ("70.00", ["60.00", "40.00"])
    assert [(found.linked, found.reverses) for found in record.credit_notes] == [
        (False, record.invoices[0].ref)
    ]


def test_a_note_listed_and_nested_is_counted_once() -> None:
    credited = note(document_line(20.0, 1))
    record = read(with_notes(billed(), credited), credited)
    assert left(record) == ("80.00", ["40.00", "40.00"])
    assert [found.linked for found in record.credit_notes] == [True]


def test_an_unlinked_note_of_a_product_lowers_the_lines_that_bill_it() -> None:
    assert left(read(with_notes(billed(), note(document_line(10.0, of=6))))) == ("90.00", ["60.00", "30.00"])


def test_an_unlinked_note_spreads_over_several_lines_of_its_product() -> None:
    ordered = [line(1, of=5), line(2, of=5), line(3, of=6)]
    document = invoice(
        document_line(60.0, 1, of=5), document_line(40.0, 2, of=5), document_line(10.0, 3, of=6)
    )
    row = order(*ordered, invoice_ids=[with_notes(document, note(document_line(70.0, of=5)))])
    assert left(record_of(row, 18)) == ("40.00", ["0.00", "30.00", "10.00"])


def test_no_line_offers_more_than_the_order_has_left() -> None:
    goodwill = note(document_line(70.0, of=None))
    assert left(read(with_notes(billed(), goodwill))) == ("30.00", ["30.00", "30.00"])


def test_crediting_more_than_was_billed_leaves_zero() -> None:
    assert left(read(billed(), note(document_line(500.0, 1)))) == ("0.00", ["0.00", "0.00"])


def test_a_negative_line_lowers_the_order_and_offers_nothing_itself() -> None:
    reward = invoice(document_line(60.0, 1), document_line(-10.0, 2))
    assert left(read(reward)) == ("50.00", ["50.00", "0.00"])


def test_a_discount_for_the_whole_order_that_bills_no_line_lowers_the_order_only() -> None:
    discounted = invoice(document_line(60.0, 1), document_line(40.0, 2), document_line(-30.0, of=None))
    assert left(read(discounted)) == ("70.00", ["60.00", "40.00"])


def test_one_invoice_line_for_two_order_lines_is_shared_between_them() -> None:
    assert left(read(invoice(document_line(60.0, 1, 2)))) == ("60.00", ["30.00", "30.00"])


def test_sections_and_notes_of_an_invoice_bill_nothing() -> None:
    words = document_line(999.0, 1, display_type="line_section")
    assert left(read(invoice(words, document_line(60.0, 1)))) == ("60.00", ["60.00", "0.00"])


def test_an_invoice_for_two_orders_counts_for_each_with_its_own_lines() -> None:
    shared = invoice(document_line(60.0, 1), document_line(500.0, OTHER_ORDERS_LINE))
    assert left(read(shared)) == ("60.00", ["60.00", "0.00"])


def test_of_a_shared_invoice_a_loose_line_counts_only_where_it_takes_away() -> None:
    charge = invoice(document_line(60.0, 1), document_line(500.0, OTHER_ORDERS_LINE), document_line(9.0))
    assert left(read(charge)) == ("60.00", ["60.00", "0.00"])
    discount = invoice(
        document_line(60.0, 1), document_line(500.0, OTHER_ORDERS_LINE), document_line(-9.0, of=None)
    )
    assert left(read(discount)) == ("51.00", ["51.00", "0.00"])


def test_a_note_for_the_other_order_of_a_shared_invoice_takes_nothing_here() -> None:
    shared = invoice(document_line(60.0, 1), document_line(500.0, OTHER_ORDERS_LINE))
    foreign = note(document_line(500.0, OTHER_ORDERS_LINE), document_line(10.0, 1))
    assert left(read(with_notes(shared, foreign))) == ("50.00", ["50.00", "0.00"])


def test_amounts_of_two_currencies_are_not_subtracted() -> None:
    dollars = invoice(document_line(60.0, 1), currency=USD)
    record = read(dollars)
    assert record.order.refundable is None
    assert [entry.refundable for entry in record.order.lines] == [None, None]
    record = read(billed(), note(document_line(60.0, 1), currency=USD))
    assert record.order.refundable is None


def test_a_draft_invoice_in_another_currency_disturbs_nobody() -> None:
    assert left(read(billed(), invoice(document_line(1.0, 1), currency=USD, state="draft")))[0] == "100.00"


@pytest.mark.parametrize(("currency", "expected"), [
    (EUR, ("33.34", ["11.11", "11.11"])),
    (JPY, ("33", ["11", "11"])),
    (BHD, ("33.336", ["11.112", "11.112"])),
])  # fmt: skip
def test_amounts_are_rounded_to_the_places_of_their_currency(currency: Row, expected: object) -> None:
    document = invoice(document_line(22.2244, 1, 2), document_line(11.1116, of=None), currency=currency)
    assert left(read(document, currency=currency)) == expected


def test_without_the_invoices_nothing_is_said_to_be_refundable() -> None:
    row = order(line(1), invoice_ids=[billed()])
    record = record_of(row, 18, read=EVERYTHING - {Branch.INVOICES})
    assert (record.order.refundable, record.order.lines[0].refundable) == (None, None)


amounts = st.integers(min_value=-5_000, max_value=50_000).map(lambda cents: cents / 100)
links = st.lists(st.sampled_from([1, 2, OTHER_ORDERS_LINE]), max_size=2, unique=True)
any_line = st.builds(
    lambda total, linked, of: document_line(total, *linked, of=of),
    amounts, links, st.sampled_from([5, 6, 9, None]),
)  # fmt: skip
states = st.sampled_from(["draft", "posted", "cancel"])
any_invoice = st.builds(
    lambda lines, state: invoice(*lines, state=state), st.lists(any_line, max_size=4), states
)
any_note = st.builds(lambda lines, state: note(*lines, state=state), st.lists(any_line, max_size=3), states)


@given(st.lists(any_invoice, max_size=3), st.lists(any_note, max_size=3), st.lists(any_note, max_size=2))
def test_no_documents_make_more_refundable_than_was_billed(
    invoices: list[Row], listed: list[Row], nested: list[Row]
) -> None:
    documents = [with_notes(document, *nested) for document in invoices[:1]] + invoices[1:] + listed
    record = read(*documents)
    whole = record.order.refundable
    assert whole is not None
    assert whole.amount >= 0
    assert all(entry.refundable and Money(Decimal(0), "EUR").amount <= entry.refundable.amount <= whole.amount
               for entry in record.order.lines)  # fmt: skip


@given(st.lists(any_note, min_size=1, max_size=3))
def test_a_further_note_never_raises_what_is_left(notes: list[Row]) -> None:
    positive = [
        entry for entry in notes if all(part["price_total"] >= 0 for part in entry["invoice_line_ids"])
    ]
    before = read(billed()).order.refundable
    after = read(billed(), *positive).order.refundable
    assert before is not None
    assert after is not None
    assert after.amount <= before.amount
