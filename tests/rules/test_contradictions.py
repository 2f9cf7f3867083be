"""Every contradiction has an order that shows it and a near miss that does not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from cases.contradictions import RULES, contradictions
from integrations.canonical import Branch
from tests.rules.recorded import record_of
from tests.rules.rows import (
    EUR,
    Row,
    document_line,
    invoice,
    line,
    move,
    move_back,
    move_inside,
    note,
    order,
    paid,
    picking,
    product,
    rma,
)

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
RECENT: Row = {"scheduled_date": "2026-11-20 08:00:00", "date_done": "2026-11-20 09:00:00"}
CARRIER = {"id": 3, "display_name": "Swiftwing"}
WAITING: Row = {"state": "assigned"}


def codes(row: Row, *, missing: frozenset[Branch] = frozenset()) -> set[str]:
    read = frozenset(Branch) - missing
    return {finding.code for finding in contradictions(record_of(row, 18), read=read, at=NOW)}


def sold(quantity: float = 3.0, **more: Any) -> Row:
    return line(product_uom_qty=quantity, qty_delivered=quantity, **more)


def shipped(quantity: float = 3.0, **more: Any) -> Row:
    return picking(move(quantity), **{**RECENT, **more})


def transaction(amount: float, state: str = "done", **more: Any) -> Row:
    stamp = "2026-11-01 10:00:00"
    return {"id": 7, "state": state, "amount": amount, "last_state_change": stamp, "currency_id": EUR, **more}


def bill(amount: float = 30.0, *, quantity: float = 3.0, **more: Any) -> Row:
    return invoice(document_line(amount, 1, quantity=quantity), **more)


def credit(amount: float, of: Row, **more: Any) -> Row:
    return note(document_line(amount, 1), reversed_entry_id={"id": of["id"], "name": of["name"]}, **more)


def wrote(author: str, at: str = "2026-11-20 10:00:00") -> Row:
    writer = {"id": 5, "display_name": author}
    return {"id": 3, "date": at, "body": "<p>Hm?</p>", "message_type": "email", "author_id": writer}


SENT = picking(move(3.0), carrier_tracking_ref="SW1", carrier_id=CARRIER)
PAID: Row = {"payment_state": "paid", "amount_residual": 0.0}
BILL = bill(**PAID)

FIRES: list[tuple[str, Row, Row]] = [
    (
        "shipped_with_open_exception",
        order(sold(), picking_ids=[shipped(), picking(move_inside(3.0, state="assigned"), **WAITING)]),
        # A backorder's own step is open because its goods are still to leave.
        order(
            line(product_uom_qty=5.0, qty_delivered=3.0),
            picking_ids=[shipped(), picking(move_inside(2.0, state="assigned"), **WAITING)],
        ),
    ),
    (
        "shipment_overdue",
        order(line(), picking_ids=[picking(move(3.0, state="confirmed"), state="confirmed")]),
        order(
            line(),
            picking_ids=[picking(move(3.0, state="assigned"), **{**RECENT, **WAITING, "date_done": False})],
        ),
    ),
    (
        "promise_missed",
        order(line(), commitment_date="2026-11-10 00:00:00", delivery_status="pending"),
        # A waiting return makes Odoo call a wholly shipped order partly delivered.
        order(
            sold(),
            commitment_date="2026-11-10 00:00:00",
            delivery_status="partial",
            picking_ids=[shipped(), picking(move_back(1.0, state="assigned"), **WAITING)],
        ),
    ),
    (
        "cancelled_but_shipped",
        order(sold(), state="cancel", picking_ids=[shipped()]),
        order(sold(), state="cancel", picking_ids=[shipped(), picking(move_back(3.0))]),
    ),
    (
        "tracking_silent",
        order(sold(), picking_ids=[SENT], message_ids=[wrote("Hugo Lindqvist")]),
        # A colleague wrote, and the customer before it left.
        order(
            sold(),
            picking_ids=[SENT],
            message_ids=[wrote("Amy Agent"), wrote("Hugo Lindqvist", "2026-11-01 10:00:00")],
        ),
    ),
    (
        "no_tracking",
        order(sold(), picking_ids=[picking(move(3.0), carrier_id=CARRIER)]),
        order(sold(), picking_ids=[picking(move(3.0))]),  # collected in the shop
    ),
    (
        "delivered_without_shipment",
        order(line(qty_delivered=2.0), picking_ids=[picking(move(3.0, state="assigned"), **WAITING)]),
        # Hours of a service are delivered without any shipment.
        order(line(qty_delivered=2.0, of=product(9, type="service"))),
    ),
    (
        "credit_posted_unpaid",
        order(invoice_ids=[BILL, credit(10.0, BILL)]),
        # On an unpaid invoice the credit only lowers what is owed.
        order(invoice_ids=[bill(), credit(10.0, bill())]),
    ),
    (
        "credit_forgotten",
        order(invoice_ids=[BILL, credit(10.0, BILL, state="draft")]),
        order(invoice_ids=[BILL, credit(10.0, BILL, state="draft", invoice_date="2026-11-20")]),
    ),
    (
        "paid_twice",
        order(transaction_ids=[transaction(30.0), transaction(30.0, id=8)]),
        # The second payment was given back by the provider.
        order(transaction_ids=[transaction(30.0), transaction(30.0, id=8), transaction(-30.0, id=9)]),
    ),
    (
        "cancelled_but_paid",
        order(state="cancel", transaction_ids=[transaction(30.0)]),
        order(state="cancel", transaction_ids=[transaction(30.0, state="cancel")]),
    ),
    (
        "cancelled_but_billed",
        order(state="cancel", invoice_ids=[bill()]),
        order(state="cancel", invoice_ids=[bill(state="cancel")]),
    ),
    (
        "invoiced_over_shipped",
        order(line(qty_delivered=2.0, qty_invoiced=3.0), invoice_ids=[bill()], picking_ids=[shipped(2.0)]),
        # Prepaid, and the rest is on its way.
        order(
            line(qty_delivered=2.0, qty_invoiced=3.0),
            invoice_ids=[bill()],
            picking_ids=[shipped(2.0), picking(move(1.0, state="assigned"), **{**RECENT, **WAITING})],
        ),
    ),
    (
        "shipped_not_billed",
        order(sold(), picking_ids=[picking(move(3.0))]),
        # Everything came back: there is nothing to bill.
        order(line(qty_delivered=0.0), picking_ids=[picking(move(3.0)), picking(move_back(3.0))]),
    ),
    (
        "payment_failed",
        order(transaction_ids=[transaction(30.0, state="error")]),
        order(transaction_ids=[transaction(30.0, state="error"), transaction(30.0, id=8)]),
    ),
    (
        "refunded_but_refused",
        order(sold(), rma_ids=[rma("returned", refund_id={"id": 5, "name": "R", "state": "posted"})]),
        order(sold(), rma_ids=[rma("returned")]),
    ),
    (
        "refunded_before_received",
        order(
            sold(),
            picking_ids=[shipped(), picking(move_back(1.0, state="assigned"), **{**RECENT, **WAITING})],
            invoice_ids=[BILL, credit(10.0, BILL, **PAID)],
        ),
        order(
            sold(),
            picking_ids=[shipped(), picking(move_back(1.0), **RECENT)],
            invoice_ids=[BILL, credit(10.0, BILL, **PAID)],
        ),
    ),
    (
        "return_overdue",
        order(sold(), picking_ids=[shipped(), picking(move_back(1.0, state="assigned"), **WAITING)]),
        order(
            sold(),
            picking_ids=[
                shipped(),
                picking(
                    move_back(1.0, state="assigned"), **{**WAITING, "create_date": "2026-11-15 07:00:00"}
                ),
            ],
        ),
    ),
    (
        "received_not_credited",
        order(line(qty_delivered=2.0), picking_ids=[shipped(), picking(move_back(1.0))], invoice_ids=[BILL]),
        # Exchanged: the customer has as many as ordered again.
        order(sold(), picking_ids=[shipped(), picking(move_back(1.0)), shipped(1.0)], invoice_ids=[BILL]),
    ),
    (
        "returned_over_shipped",
        order(line(), picking_ids=[shipped(3.0), picking(move_back(5.0))]),
        # A return of a return went out again before it came back.
        order(
            line(), picking_ids=[shipped(3.0), picking(move_back(3.0)), shipped(3.0), picking(move_back(2.0))]
        ),
    ),
    (
        "received_short",
        order(line(), picking_ids=[shipped(3.0), picking(move_back(3.0, quantity=1.0))]),
        order(line(), picking_ids=[shipped(3.0), picking(move_back(3.0))]),
    ),
]


@pytest.mark.parametrize(("code", "row"), [pytest.param(code, row, id=code) for code, row, _ in FIRES])
def test_an_order_that_contradicts_itself_is_found(code: str, row: Row) -> None:
    assert code in codes(row)


@pytest.mark.parametrize(("code", "row"), [pytest.param(code, row, id=code) for code, _, row in FIRES])
def test_an_order_that_only_looks_like_it_is_left_alone(code: str, row: Row) -> None:
    assert code not in codes(row)


def test_every_rule_has_its_example() -> None:
    assert {rule.code for rule in RULES} == {code for code, _, _ in FIRES}


def test_an_order_in_its_best_state_has_nothing_to_say() -> None:
    invoiced = paid(bill(**PAID), 30.0)
    fine = order(
        line(product_uom_qty=3.0, qty_delivered=3.0, qty_invoiced=3.0),
        delivery_status="full",
        picking_ids=[shipped(carrier_tracking_ref="SW1", carrier_id=CARRIER)],
        invoice_ids=[invoiced],
        transaction_ids=[transaction(30.0)],
    )

    assert codes(fine) == set()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_is_silent_when_what_it_rests_on_was_not_read(rule: Any) -> None:
    row = next(fires for code, fires, _ in FIRES if code == rule.code)

    for branch in rule.rests_on:
        assert rule.code not in codes(row, missing=frozenset({branch}))


@pytest.mark.parametrize(("code", "row"), [pytest.param(code, row, id=code) for code, row, _ in FIRES])
def test_sentences_are_whole_and_tell_the_customer_no_internals(code: str, row: Row) -> None:
    found = [f for f in contradictions(record_of(row, 18), read=frozenset(Branch), at=NOW) if f.code == code]

    for finding in found:
        assert "%(" not in finding.message % finding.words
        said = finding.customer_message % finding.words
        assert "%(" not in said
        assert "Odoo" not in said
        assert "Meridian" not in said
