"""Orders that show what can happen to money: invoices, credit notes, payments."""

from __future__ import annotations

from .billing import add_document, credit, invoice
from .books import Books
from .paying import pay, transact
from .people import Customer
from .places import EU, GBP, US
from .returning import give_back, scrub_reservations
from .selling import Order, item, sell
from .shipping import ship
from .stories_shipping import pick


def write(books: Books, customers: list[Customer]) -> None:
    credit_notes(books, customers)
    payments(books, customers)
    cancellations(books, customers)
    unusual_orders(books, customers)


def shipped_and_paid(
    books: Books, customer: Customer, products: list[tuple[str, float]], days: float, tracking: str
) -> tuple[Order, int, int]:
    """An ordinary order with its delivery and its invoice."""
    order = sell(books, customer, [item(p, q) for p, q in products], days_ago=days, carrier="swift")
    out = ship(books, order, days_ago=days - 2, tracking=tracking)
    bill = invoice(books, order, days_ago=days - 2)
    pay(books, order, bill, days_ago=days - 3)
    return order, out, bill


def credit_notes(books: Books, customers: list[Customer]) -> None:
    order, out, bill = shipped_and_paid(books, pick(customers, US, 15), [("good25", 3)], 45, "SW8900100001")
    give_back(books, order, out, days_ago=30, quantities={order.lines[0]: 1})
    credit(books, order, bill, days_ago=29, quantities={order.lines[0]: 1})
    books.tell(
        "credit_note_linked",
        order.name,
        "a posted credit note, linked to the invoice and the order line, not paid out",
    )

    order, _, bill = shipped_and_paid(books, pick(customers, US, 16), [("good28", 2)], 44, "SW8900100002")
    credit(books, order, bill, days_ago=20, amount=15.0, mode="unlinked")
    books.tell(
        "credit_note_on_invoice_only",
        order.name,
        "a credit note that hangs on the invoice only, not in the order's invoices",
    )

    order, _, bill = shipped_and_paid(books, pick(customers, US, 17), [("good29", 2)], 43, "SW8900100003")
    credit(books, order, bill, days_ago=20, amount=12.0, mode="loose")
    books.tell(
        "credit_note_without_link", order.name, "a goodwill credit note with no link to the order at all"
    )

    order, _, bill = shipped_and_paid(books, pick(customers, EU, 8), [("good30", 4)], 42, "SW8900100004")
    credit(books, order, bill, days_ago=5, quantities={order.lines[0]: 2}, state="draft")
    books.tell("credit_note_draft", order.name, "a credit note in draft")

    order, _, bill = shipped_and_paid(books, pick(customers, EU, 9), [("good31", 4)], 41, "SW8900100005")
    credit(books, order, bill, days_ago=11, quantities={order.lines[0]: 1}, state="cancel")
    books.tell("credit_note_cancelled", order.name, "a cancelled credit note")

    order = sell(books, pick(customers, US, 18), [item("good32", 2)], days_ago=39, carrier="swift")
    ship(books, order, days_ago=37, tracking="SW8900100006")
    bill = invoice(books, order, days_ago=37)
    credit(books, order, bill, days_ago=30, settle=True)
    books.tell("invoice_reversed", order.name, "an unpaid invoice, fully reversed by its credit note")


def payments(books: Books, customers: list[Customer]) -> None:
    order = sell(
        books, pick(customers, US, 19), [item("good35"), item("good36", 2)], days_ago=5, carrier="swift"
    )
    transact(books, order, days_ago=5)
    ship(books, order, days_ago=4, state="assigned")
    books.tell("prepaid_without_invoice", order.name, "paid through the provider, no invoice yet")

    order = sell(
        books, pick(customers, EU, 10), [item("good38", 8)], days_ago=2, state="sent", carrier="post"
    )
    transact(books, order, days_ago=2, state="pending", provider="wire")
    books.tell("transaction_pending", order.name, "a wire transfer that has not arrived")

    order = sell(books, pick(customers, EU, 11), [item("good39")], days_ago=4, carrier="post", state="sent")
    transact(books, order, days_ago=4.1, state="error")
    transact(books, order, days_ago=4, state="error")
    books.tell("transaction_error", order.name, "the card was declined twice")

    order = sell(
        books, pick(customers, US, 20), [item("good0"), item("good21")], days_ago=26, carrier="freight"
    )
    ship(books, order, days_ago=24, tracking="IB-41000")
    bill = invoice(books, order, days_ago=24)
    pay(books, order, bill, days_ago=20, amount=100.0)
    books.tell("invoice_partly_paid", order.name, "100.00 of the invoice is paid")

    order = sell(books, pick(customers, US, 21), [item("good2")], days_ago=27, carrier="swift")
    done = transact(books, order, days_ago=27)
    again = transact(books, order, days_ago=26.9)
    ship(books, order, days_ago=25, tracking="SW8900200001")
    bill = invoice(books, order, days_ago=25)
    pay(books, order, bill, days_ago=25, transaction=done)
    amount = books.get("sale.order", order.id)["amount_total"]
    pay(books, order, bill, days_ago=24.9, amount=amount, settle=False, transaction=again)
    books.tell("paid_twice", order.name, "two payments for one invoice, the second matches nothing")

    order = sell(books, pick(customers, EU, 12), [item("good5", 3)], days_ago=31, carrier="post")
    ship(books, order, days_ago=29, tracking="KF11111NL")
    bill = invoice(books, order, days_ago=29)
    books.get("account.move", bill)["sandbox_blocked"] = True
    books.tell("invoice_blocked", order.name, "the invoice is blocked for payment (not in 17)")

    order = sell(
        books,
        pick(customers, US, 22),
        [item("dropped", 2), item("deposit", 0, price=500.0, deposit=True)],
        days_ago=8,
        carrier="freight",
    )
    part = add_document(
        books,
        order,
        "out_invoice",
        books.ago(8),
        [(order.lines[1], books.get("sale.order.line", order.lines[1]), 1.0)],
        "posted",
    )
    pay(books, order, part, days_ago=7)
    ship(books, order, days_ago=6, state="waiting", dropship=True)
    books.tell(
        "down_payment", order.name, "a paid down payment, the goods are on their way from the supplier"
    )


def cancellations(books: Books, customers: list[Customer]) -> None:
    order = sell(
        books, pick(customers, US, 0), [item("good10", 2)], days_ago=19, carrier="swift", state="cancel"
    )
    books.tell("cancelled", order.name, "cancelled before anything shipped")

    order = sell(
        books,
        pick(customers, EU, 13),
        [item("good1"), item("good3")],
        days_ago=23,
        carrier="post",
        state="cancel",
    )
    ship(books, order, days_ago=21, quantities={order.lines[0]: 1}, tracking="KF22222NL")
    ship(books, order, days_ago=21, quantities={order.lines[1]: 1}, state="assigned")
    scrub_reservations(books, order)
    bill = invoice(books, order, days_ago=21, quantities={order.lines[0]: 1})
    pay(books, order, bill, days_ago=20)
    books.tell("cancelled_after_shipping", order.name, "cancelled although a part had left the house")

    order = sell(books, pick(customers, US, 1), [item("good8", 5)], days_ago=1, state="draft")
    books.tell("quotation", order.name, "a quotation, nothing confirmed")


def unusual_orders(books: Books, customers: list[Customer]) -> None:
    order = sell(
        books,
        pick(customers, EU, 3),
        [item("good20", 2, price=61.5)],
        days_ago=17,
        carrier="post",
        currency=GBP,
    )
    ship(books, order, days_ago=15, tracking="KF33333NL")
    pay(books, order, invoice(books, order, days_ago=15), days_ago=14)
    books.tell("other_currency", order.name, "pounds sterling in a euro company")

    order = sell(
        books, pick(customers, US, 2), [item("good12", 4)], days_ago=7, carrier="swift", name="WEB/2026/0042"
    )
    ship(books, order, days_ago=6, tracking="SW8900300001")
    pay(books, order, invoice(books, order, days_ago=6), days_ago=6)
    books.tell("slash_in_name", order.name, "slashes in the order number")

    for company, days in ((US, 34), (EU, 36)):
        order = sell(
            books,
            pick(customers, company, 9),
            [item("good11" if company == US else "good27", 2)],
            days_ago=days,
            carrier="swift",
            name="S-2044",
            company=company,
        )
        ship(books, order, days_ago=days - 2, tracking=f"SW89004000{company:02d}")
        pay(books, order, invoice(books, order, days_ago=days - 2), days_ago=days - 3)
    books.tell("same_name_in_both_companies", "S-2044", "one number, two companies, two orders")

    first = sell(
        books, pick(customers, US, 23), [item("good4"), item("good37", 6)], days_ago=24, carrier="swift"
    )
    ship(books, first, days_ago=22, tracking="SW8900500001")
    pay(books, first, invoice(books, first, days_ago=22), days_ago=21)
    again = sell(
        books,
        pick(customers, US, 23),
        [item("good37", 6, discount=100.0)],
        days_ago=12,
        origin=first.name,
        reference=False,
    )
    ship(books, again, days_ago=11, tracking="SW8900500002")
    books.tell("replaced", first.name, "its broken glasses were replaced by another order", other=again.name)
    books.tell(
        "replacement_order",
        again.name,
        "a free replacement that names the first order in its origin",
        other=first.name,
    )

    order = sell(
        books,
        pick(customers, EU, 14),
        [item("good22", 4), item("reward", price=-31.2, reward=True)],
        days_ago=16,
        carrier="post",
    )
    ship(books, order, days_ago=14, tracking="KF44444NL")
    pay(books, order, invoice(books, order, days_ago=14), days_ago=13)
    books.tell("negative_reward_line", order.name, "a loyalty reward as a line below zero")
