"""Returns on their three axes and their one headline, native transfers and OCA authorizations alike."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from integrations.canonical import (
    Branch,
    Return,
    ReturnDecision,
    ReturnHeadline,
    ReturnLogistics,
    ReturnMoney,
    ReturnSource,
)
from tests.rules.recorded import exact, record_of
from tests.rules.rows import (
    Row,
    document_line,
    invoice,
    line,
    move,
    move_back,
    note,
    order,
    paid,
    picking,
    product,
    rma,
)

INVOICE = invoice(document_line(30.0, 1, quantity=3.0))
KIT = 20


def returns_of(*pickings: Row, documents: tuple[Row, ...] = (), **more: Any) -> tuple[Return, ...]:
    row = order(line(), picking_ids=[picking(move(3.0)), *pickings], invoice_ids=list(documents), **more)
    return record_of(row, 18).returns


def credit(quantity: float = 3.0, state: str = "posted", **more: Any) -> Row:
    reversed_invoice = {"id": INVOICE["id"], "name": INVOICE["name"]}
    return note(
        document_line(10.0 * quantity, 1, quantity=quantity),
        state=state,
        **{"reversed_entry_id": reversed_invoice, **more},
    )


def received(quantity: float = 3.0, **more: Any) -> Row:
    return picking(move_back(quantity), return_id={"id": 1, "name": "WH/OUT/1"}, **more)


def waiting(quantity: float = 3.0, state: str = "assigned", **more: Any) -> Row:
    return picking(move_back(quantity, state=state), state=state, **more)


def place(found: Return) -> tuple[str, str, str, str]:
    return found.headline.value, found.logistics.value, found.decision.value, found.money.value


PAID_NOTE = paid(credit(payment_state="paid", amount_residual=0.0), 30.0)
SETTLED_NOTE = paid(
    credit(payment_state="paid", amount_residual=0.0), 30.0, account_payment_id=False, move_id=INVOICE["id"]
)

NATIVE = [
    ("announced", waiting(), (), ("authorized", "awaiting", "authorized", "none")),
    ("draft", waiting(state="draft"), (), ("authorized", "awaiting", "authorized", "none")),
    ("label sent", waiting(carrier_tracking_ref="RT1"), (), ("authorized", "label_issued", "authorized", "none")),
    ("cancelled", waiting(state="cancel"), (), ("closed", "cancelled", "authorized", "none")),
    ("received", received(), (), ("received", "received", "authorized", "none")),
    ("received, credit drafted", received(), (credit(state="draft"),),
     ("approved", "received", "authorized", "credit_drafted")),
    ("received, credit posted", received(), (credit(),), ("approved", "received", "accepted", "credit_posted")),
    ("received, credit cancelled", received(), (credit(state="cancel"),),
     ("received", "received", "authorized", "none")),
    ("received, paid out", received(), (PAID_NOTE,), ("refunded", "received", "accepted", "paid_out")),
    ("received, payment on its way", received(), (PAID_NOTE | {"payment_state": "in_payment"},),
     ("refunded", "received", "accepted", "paid_out")),
    ("received, credit settled against its unpaid invoice", received(), (SETTLED_NOTE,),
     ("approved", "received", "accepted", "credit_posted")),
    ("credited before it came", waiting(), (credit(),), ("approved", "awaiting", "accepted", "credit_posted")),
    ("part of it credited", received(), (credit(quantity=1.0),),
     ("approved", "received", "partly_accepted", "credit_posted")),
    ("one part drafted, one posted", received(), (credit(quantity=1.0), credit(quantity=2.0, state="draft")),
     ("approved", "received", "authorized", "credit_drafted")),
    ("note that credits nothing of this line", received(), (credit(quantity=0.0),),
     ("received", "received", "authorized", "none")),
    ("goodwill without lines", received(), (note(document_line(5.0)),),
     ("received", "received", "authorized", "none")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("back", "notes", "expected"), [case[1:] for case in NATIVE], ids=[str(case[0]) for case in NATIVE]
)
def test_a_native_return_stands_where_its_goods_and_its_credit_stand(
    back: Row, notes: tuple[Row, ...], expected: tuple[str, ...]
) -> None:
    (found,) = returns_of(back, documents=(INVOICE, *notes))
    assert place(found) == expected
    assert found.source is ReturnSource.PICKING


def test_partly_settled_against_the_invoice_and_partly_paid_counts_as_paid_out() -> None:
    mixed = paid(SETTLED_NOTE, 10.0)
    (found,) = returns_of(received(), documents=(INVOICE, mixed))
    assert found.money is ReturnMoney.PAID_OUT


def test_an_exchange_rate_difference_is_no_payment() -> None:
    rounded = paid(SETTLED_NOTE, 0.01, is_exchange=True)
    (found,) = returns_of(received(), documents=(INVOICE, rounded))
    assert found.money is ReturnMoney.CREDIT_POSTED


def test_a_statement_line_without_a_payment_record_is_a_payment() -> None:
    by_bank = paid(credit(payment_state="paid"), 30.0, account_payment_id=False)
    (found,) = returns_of(received(), documents=(INVOICE, by_bank))
    assert found.money is ReturnMoney.PAID_OUT


def test_where_the_payments_may_not_be_read_a_reversed_invoice_tells_that_no_money_moved() -> None:
    blind = {
        key: value for key, value in credit(payment_state="paid").items() if key != "invoice_payments_widget"
    }
    (found,) = returns_of(received(), documents=(INVOICE | {"payment_state": "reversed"}, blind))
    assert found.money is ReturnMoney.CREDIT_POSTED
    (found,) = returns_of(received(), documents=(INVOICE | {"payment_state": "paid"}, blind))
    assert found.money is ReturnMoney.PAID_OUT


def test_two_returns_of_one_line_share_its_credit_oldest_first() -> None:
    first, second = returns_of(received(1.0), received(2.0), documents=(INVOICE, credit(quantity=1.0)))
    assert (first.money, second.money) == (ReturnMoney.CREDIT_POSTED, ReturnMoney.NONE)


def test_a_return_is_only_as_far_as_its_slowest_line() -> None:
    lines = [line(1), line(2, of=6)]
    back = picking(move_back(1.0), move_back(1.0, line=2, of=6, state="assigned"), state="assigned")
    row = order(*lines, picking_ids=[picking(move(3.0), move(3.0, line=2, of=6)), back])
    (found,) = record_of(row, 18).returns
    assert found.logistics is ReturnLogistics.AWAITING
    assert [entry.logistics for entry in found.lines] == [ReturnLogistics.RECEIVED, ReturnLogistics.AWAITING]


def test_less_than_announced_without_a_backorder_is_short() -> None:
    (found,) = returns_of(picking(move_back(3.0, quantity=2.0)))
    assert place(found) == ("received", "short", "authorized", "none")
    (entry,) = found.lines
    assert exact(entry.quantity, entry.received) == (3, 2)


def test_with_a_backorder_the_first_part_is_received_and_the_rest_awaited() -> None:
    first, rest = returns_of(received(2.0), waiting(1.0, backorder_id={"id": 9, "name": "WH/IN/9"}))
    assert (first.logistics, rest.logistics) == (ReturnLogistics.RECEIVED, ReturnLogistics.AWAITING)


def test_more_than_announced_is_received_in_full() -> None:
    (found,) = returns_of(picking(move_back(1.0, quantity=2.0)))
    assert found.logistics is ReturnLogistics.RECEIVED
    assert exact(found.lines[0].quantity, found.lines[0].received) == (2, 2)


def test_a_cancelled_line_of_a_living_return_is_left_out() -> None:
    (found,) = returns_of(picking(move_back(1.0), move_back(2.0, state="cancel")))
    assert [entry.quantity for entry in found.lines] == [1]


def test_a_return_names_its_shipment_times_and_numbers() -> None:
    (found,) = returns_of(received(carrier_tracking_ref="RT1, RT2"))
    assert found.of_shipment == "WH/OUT/1"
    assert found.destination == "WH/Stock"
    assert found.announced_at == datetime(2026, 10, 31, 7, 0, tzinfo=UTC)
    assert found.received_at == datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
    assert found.tracking_numbers == ("RT1", "RT2")


def test_a_waiting_return_has_not_been_received_at_any_time() -> None:
    assert returns_of(waiting())[0].received_at is None


def test_a_return_of_goods_that_no_line_sold_is_shown_all_the_same() -> None:
    (found,) = returns_of(picking(move_back(1.0, line=None, of=99)))
    assert [exact(entry.line_id, entry.sku, entry.quantity) for entry in found.lines] == [(None, "P99", 1)]


def test_sending_a_return_out_again_is_a_shipment_and_no_return() -> None:
    row = order(
        line(),
        picking_ids=[picking(move(3.0)), received(), picking(move(3.0), return_id={"id": 2, "name": "IN"})],
    )
    record = record_of(row, 18)
    assert (len(record.returns), len(record.shipments)) == (1, 2)


def kit_return(documents: tuple[Row, ...], *components: tuple[int, float]) -> Return:
    kits = order(
        line(of=product(KIT), product_uom_qty=2.0),
        picking_ids=[
            picking(move(2.0, of=21), move(4.0, of=22)),
            picking(*(move_back(amount, of=component) for component, amount in components)),
        ],
        invoice_ids=list(documents),
    )
    (found,) = record_of(kits, 18).returns
    return found


def test_the_parts_of_a_returned_kit_share_the_kits_credit() -> None:
    found = kit_return((INVOICE, credit(quantity=1.0)), (21, 1.0), (22, 2.0))
    assert [entry.money for entry in found.lines] == [ReturnMoney.CREDIT_POSTED] * 2
    assert [entry.decision for entry in found.lines] == [ReturnDecision.ACCEPTED] * 2


def test_two_kits_back_and_one_credited_is_partly_accepted() -> None:
    found = kit_return((INVOICE, credit(quantity=1.0)), (21, 2.0), (22, 4.0))
    assert {entry.decision for entry in found.lines} == {ReturnDecision.PARTLY_ACCEPTED}


def test_the_parts_of_a_kit_are_named_and_counted_as_themselves() -> None:
    found = kit_return((), (21, 1.0), (22, 2.0))
    assert [(entry.sku, entry.quantity, entry.uom) for entry in found.lines] == [
        ("P21", Decimal(1), "Units"),
        ("P22", Decimal(2), "Units"),
    ]


def authorization(state: str, *documents: Row, **more: Any) -> Return:
    out = move(3.0)
    asked = rma(state, move_id=out["id"], picking_id={"id": 1, "name": "WH/OUT/1"}, **more)
    row = order(line(), picking_ids=[picking(out)], rma_ids=[asked], invoice_ids=list(documents))
    (found,) = record_of(row, 18).returns
    return found


OCA = [
    ("draft", ("requested", "awaiting", "requested", "none")),
    ("confirmed", ("authorized", "awaiting", "authorized", "none")),
    ("received", ("received", "received", "authorized", "none")),
    ("waiting_return", ("inspected", "received", "rejected", "none")),
    ("waiting_replacement", ("approved", "received", "accepted", "none")),
    ("replaced", ("replaced", "received", "accepted", "none")),
    ("returned", ("closed", "received", "rejected", "none")),
    ("finished", ("closed", "received", "inspected", "none")),
    ("locked", ("closed", "received", "inspected", "none")),
    ("cancelled", ("closed", "cancelled", "requested", "none")),
    ("something new", ("requested", "awaiting", "needs_review", "none")),
]


@pytest.mark.parametrize(("state", "expected"), OCA)
def test_an_authorization_stands_where_its_state_says(state: str, expected: tuple[str, ...]) -> None:
    found = authorization(state)
    assert place(found) == expected
    assert (found.source, found.of_shipment) == (ReturnSource.RMA, "WH/OUT/1")
    assert found.lines[0].line_id == 1


REFUNDS = [
    ("draft", "not_paid", ("approved", "received", "accepted", "credit_drafted")),
    ("posted", "not_paid", ("approved", "received", "accepted", "credit_posted")),
    ("posted", "paid", ("refunded", "received", "accepted", "paid_out")),
    ("cancel", "not_paid", ("approved", "received", "accepted", "none")),
]


@pytest.mark.parametrize(("state", "payment_state", "expected"), REFUNDS)
def test_odoo_calls_an_authorization_refunded_before_any_money_moved(
    state: str, payment_state: str, expected: tuple[str, ...]
) -> None:
    refund = {"id": 500, "name": "RINV/1", "state": state, "payment_state": payment_state}
    assert place(authorization("refunded", refund_id=refund)) == expected


def test_an_authorizations_note_settled_against_the_unpaid_invoice_paid_nothing_out() -> None:
    refund = {"id": SETTLED_NOTE["id"], "name": "RINV/1", "state": "posted", "payment_state": "paid"}
    found = authorization("refunded", INVOICE, SETTLED_NOTE, refund_id=refund)
    assert (found.money, found.headline) == (ReturnMoney.CREDIT_POSTED, ReturnHeadline.APPROVED)


def test_the_transfer_that_receives_an_authorization_is_not_a_second_return() -> None:
    out = move(3.0)
    back = move_back(1.0, line=None, origin_returned_move_id=out["id"])
    asked = rma("received", move_id=out["id"], reception_move_id=back["id"])
    record = record_of(order(line(), picking_ids=[picking(out), picking(back)], rma_ids=[asked]), 18)
    assert [found.source for found in record.returns] == [ReturnSource.RMA]
    assert record.order.lines[0].returned == 1


def test_native_returns_stand_before_authorizations() -> None:
    out = move(3.0)
    row = order(line(), picking_ids=[picking(out), received(1.0)], rma_ids=[rma("draft", move_id=out["id"])])
    assert [found.source for found in record_of(row, 18).returns] == [ReturnSource.PICKING, ReturnSource.RMA]


def test_where_invoices_may_not_be_read_money_is_not_known_instead_of_none() -> None:
    row = order(line(1), picking_ids=[picking(move(3.0)), received(1.0)])
    (back,) = record_of(row, 18, read=frozenset(Branch) - {Branch.INVOICES}).returns
    assert (back.money, back.lines[0].money) == (ReturnMoney.UNKNOWN, ReturnMoney.UNKNOWN)
    assert (back.headline, back.decision) == (ReturnHeadline.RECEIVED, ReturnDecision.AUTHORIZED)


@pytest.mark.parametrize(("refund", "money"), [
    ({"id": 5, "name": "RINV/1"}, ReturnMoney.UNKNOWN),  # that there is one is all that is known
    (False, ReturnMoney.NONE),
])  # fmt: skip
def test_an_authorizations_credit_that_may_not_be_read_is_not_known(
    refund: object, money: ReturnMoney
) -> None:
    row = order(line(1), picking_ids=[picking(move(3.0))], rma_ids=[rma("refunded", refund_id=refund)])
    (back,) = record_of(row, 18, read=frozenset(Branch) - {Branch.INVOICES}).returns
    assert back.money is money
    assert back.headline is ReturnHeadline.APPROVED
