"""For every contradiction the console knows, an order that shows it and one that only looks like it.

Written last, so that the orders before keep their numbers. A story that shows one already is named, not written again.
"""

from __future__ import annotations

from .billing import credit, invoice
from .books import Books, day
from .paying import pay, transact
from .people import Customer
from .places import EU, US
from .returning import give_back, scrub_reservations
from .selling import Order, item, say, sell
from .shipping import ship
from .stories_contradictions_returns import write as write_returns
from .stories_shipping import pick

TOLD_BEFORE = {
    "shipment_overdue": "paid_and_out_of_stock",
    "shipment_overdue.near_miss": "ready_to_ship",
    "cancelled_but_shipped": "cancelled_after_shipping",
    "delivered_without_shipment.near_miss": "service_line",
    "credit_posted_unpaid": "credit_note_linked",
    "paid_twice": "paid_twice",
    "cancelled_but_paid.near_miss": "cancelled_after_shipping",
    "shipped_not_billed": "customer_without_contact",
    "shipped_not_billed.near_miss": "replacement_order",
    "payment_failed.near_miss": "transaction_error",
    "refunded_before_received.near_miss": "return_received_and_refunded",
    "return_overdue.near_miss": "return_waiting",
    "received_not_credited.near_miss": "exchange",
    "returned_over_shipped": "over_return",
    "returned_over_shipped.near_miss": "return_of_a_return",
    "received_short.near_miss": "return_received_and_refunded",
}


def write(books: Books, customers: list[Customer]) -> None:
    for key, told in TOLD_BEFORE.items():
        story = books.story[told]
        tell(books, key, story["order"], story["shows"])
    open_steps(books, customers)
    promises(books, customers)
    parcels(books, customers)
    cancellations(books, customers)
    documents(books, customers)
    provider(books, customers)
    write_returns(books, customers)


def tell(books: Books, key: str, order: str, sentence: str) -> None:
    books.tell(f"contradiction.{key}", order, sentence)


def settle(books: Books, order: Order, *, days_ago: float) -> int:
    """The whole order billed and paid."""
    bill = invoice(books, order, days_ago=days_ago)
    pay(books, order, bill, days_ago=days_ago)
    return bill


def open_steps(books: Books, customers: list[Customer]) -> None:
    """In a house with three steps."""
    order = sell(books, pick(customers, EU, 2), [item("good2", 2)], days_ago=7, carrier="post")
    ship(books, order, days_ago=5, tracking="KF90001NL")
    reopen(books, order, "pack")
    settle(books, order, days_ago=4)
    tell(books, "shipped_with_open_exception", order.name, "shipped, but its packing was never finished")

    order = sell(books, pick(customers, EU, 5), [item("good2", 5)], days_ago=7, carrier="post")
    line = order.lines[0]
    first = ship(books, order, days_ago=5, quantities={line: 3}, tracking="KF90002NL")
    ship(books, order, days_ago=5, quantities={line: 2}, state="waiting", backorder_of=first)
    tell(books, "shipped_with_open_exception.near_miss", order.name, "a backorder's own steps are still open")


def reopen(books: Books, order: Order, step: str) -> None:
    """A step that nobody finished, although the goods went on."""
    kind = books.find("stock.picking.type", f"{order.warehouse}.{step}")
    for picking in order.pickings:
        header = books.get("stock.picking", picking)
        if header["picking_type_id"] != kind:
            continue
        header.update(state="assigned", date_done=False)
        for move in books.rows["stock.move"].values():
            if move["picking_id"] == picking:
                move.update(state="assigned", picked=False)
        for line in books.rows["stock.move.line"].values():
            if line["picking_id"] == picking:
                line.update(state="assigned", picked=False)


def promises(books: Books, customers: list[Customer]) -> None:
    promised = f"{day(books.ago(3))} 12:00:00"
    order = sell(
        books,
        pick(customers, US, 3),
        [item("good3")],
        days_ago=9,
        carrier="swift",
        commitment_date=promised,
    )
    ship(books, order, days_ago=1, state="assigned")
    tell(books, "promise_missed", order.name, "promised for three days ago and still in the house")

    order = sell(
        books,
        pick(customers, US, 4),
        [item("good3", 2)],
        days_ago=9,
        carrier="swift",
        commitment_date=promised,
    )
    out = ship(books, order, days_ago=6, tracking="SW9100000001")
    settle(books, order, days_ago=6)
    give_back(books, order, out, days_ago=1, quantities={order.lines[0]: 1}, state="assigned")
    tell(books, "promise_missed.near_miss", order.name, "all of it left in time, a part is on its way back")


def parcels(books: Books, customers: list[Customer]) -> None:
    asking = "<p>Hello, where is my parcel? It should have been here last week.</p>"
    order = sell(books, pick(customers, US, 7), [item("good6")], days_ago=14, carrier="swift")
    ship(books, order, days_ago=12, tracking="SW9100000002")
    settle(books, order, days_ago=12)
    author = order.customer.partner
    say(books, "sale.order", order.id, books.ago(2), asking, author=author, kind="email")
    tell(books, "tracking_silent", order.name, "left twelve days ago, and the customer asks where it is")

    order = sell(books, pick(customers, US, 8), [item("good6")], days_ago=14, carrier="swift")
    before = "<p>Please leave it with the neighbours.</p>"
    author = order.customer.partner
    say(books, "sale.order", order.id, books.ago(13), before, author=author, kind="email")
    ship(books, order, days_ago=12, tracking="SW9100000003")
    settle(books, order, days_ago=12)
    tell(books, "tracking_silent.near_miss", order.name, "left twelve days ago, and nobody misses it")

    order = sell(books, pick(customers, US, 9), [item("good7")], days_ago=6, carrier="swift")
    ship(books, order, days_ago=4)
    settle(books, order, days_ago=4)
    tell(books, "no_tracking", order.name, "left with a carrier and has no tracking number")

    order = sell(books, pick(customers, US, 10), [item("good7")], days_ago=6)
    ship(books, order, days_ago=4)
    settle(books, order, days_ago=4)
    tell(books, "no_tracking.near_miss", order.name, "collected at the door, so there is nothing to track")

    order = sell(books, pick(customers, US, 11), [item("good8", 2)], days_ago=8, carrier="swift")
    out = ship(books, order, days_ago=6, tracking="SW9100000004")
    # Somebody moved the goods to a transfer that belongs to no order.
    books.get("stock.picking", out)["sale_id"] = False
    settle(books, order, days_ago=6)
    tell(
        books,
        "delivered_without_shipment",
        order.name,
        "counts as delivered through a transfer that is not the order's",
    )


def cancellations(books: Books, customers: list[Customer]) -> None:
    def cancelled(number: int, days: float) -> Order:
        return sell(
            books,
            pick(customers, US, number),
            [item("good9", 2)],
            days_ago=days,
            carrier="swift",
            state="cancel",
        )

    order = cancelled(12, 15)
    out = ship(books, order, days_ago=13, tracking="SW9100000005")
    give_back(books, order, out, days_ago=5)
    tell(books, "cancelled_but_shipped.near_miss", order.name, "cancelled, and all of it came back")

    order = cancelled(13, 6)
    transact(books, order, days_ago=6)
    ship(books, order, days_ago=5, state="assigned")
    scrub_reservations(books, order)
    tell(books, "cancelled_but_paid", order.name, "cancelled before it shipped, the card was charged")

    order = cancelled(14, 10)
    invoice(books, order, days_ago=9)
    tell(books, "cancelled_but_billed", order.name, "cancelled, its invoice still asks for money")

    order = cancelled(15, 10)
    invoice(books, order, days_ago=9, state="cancel")
    tell(books, "cancelled_but_billed.near_miss", order.name, "cancelled together with its invoice")


def documents(books: Books, customers: list[Customer]) -> None:
    def billed(number: int, days: float, *, paid: bool = True) -> tuple[Order, int]:
        order = sell(books, pick(customers, US, number), [item("good25", 3)], days_ago=days, carrier="swift")
        ship(books, order, days_ago=days - 2, tracking=f"SW91000001{number:02d}")
        bill = invoice(books, order, days_ago=days - 2)
        if paid:
            pay(books, order, bill, days_ago=days - 3)
        return order, bill

    order, bill = billed(16, 20, paid=False)
    credit(books, order, bill, days_ago=10, amount=20.0, mode="unlinked")
    tell(
        books, "credit_posted_unpaid.near_miss", order.name, "a credit that only lowers what is still unpaid"
    )

    for key, number, days, words in (
        ("credit_forgotten", 17, 10, "a credit note begun ten days ago and never posted"),
        ("credit_forgotten.near_miss", 18, 1, "a credit note that was begun yesterday"),
    ):
        order, bill = billed(number, 21)
        note = credit(books, order, bill, days_ago=days, amount=20.0, mode="unlinked", state="draft")
        books.get("account.move", note)["invoice_date"] = day(books.ago(days))  # as the wizard dates it
        tell(books, key, order.name, words)

    order = sell(books, pick(customers, US, 19), [item("good26", 3)], days_ago=12, carrier="swift")
    line = order.lines[0]
    first = ship(books, order, days_ago=10, quantities={line: 2}, tracking="SW9100000006")
    ship(books, order, days_ago=10, quantities={line: 1}, state="cancel", backorder_of=first)
    settle(books, order, days_ago=10)
    tell(books, "invoiced_over_shipped", order.name, "three billed, two shipped, the third was called off")

    order = sell(books, pick(customers, US, 20), [item("good26", 3)], days_ago=4, carrier="swift")
    line = order.lines[0]
    first = ship(books, order, days_ago=2, quantities={line: 2}, tracking="SW9100000007")
    ship(books, order, days_ago=1, quantities={line: 1}, state="assigned", backorder_of=first)
    settle(books, order, days_ago=2)
    tell(books, "invoiced_over_shipped.near_miss", order.name, "prepaid, and the rest is on its way")


def provider(books: Books, customers: list[Customer]) -> None:
    order = sell(books, pick(customers, US, 21), [item("good27")], days_ago=9, carrier="swift")
    total = books.get("sale.order", order.id)["amount_total"]
    first = transact(books, order, days_ago=9)
    transact(books, order, days_ago=8.9)
    transact(books, order, days_ago=8, amount=-total, operation="refund")
    ship(books, order, days_ago=7, tracking="SW9100000008")
    pay(books, order, invoice(books, order, days_ago=7), days_ago=7, transaction=first)
    tell(books, "paid_twice.near_miss", order.name, "charged twice, and the provider gave one back")

    order = sell(books, pick(customers, US, 22), [item("good28")], days_ago=3, carrier="swift")
    transact(books, order, days_ago=3, state="error")
    ship(books, order, days_ago=1, state="assigned")
    tell(books, "payment_failed", order.name, "the only payment was declined, and yet it is being shipped")
