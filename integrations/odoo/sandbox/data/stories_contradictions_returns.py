"""Orders whose return and money contradict each other, and orders that only look like it."""

from __future__ import annotations

from .billing import credit, invoice
from .books import Books
from .paying import pay
from .people import Customer
from .places import US
from .returning import give_back
from .selling import Order, item, sell
from .shipping import ship
from .stories_people import add_rma
from .stories_shipping import pick


def write(books: Books, customers: list[Customer]) -> None:
    def shipped(number: int, days: float) -> tuple[Order, int, int]:
        order = sell(books, pick(customers, US, number), [item("good13", 3)], days_ago=days, carrier="swift")
        out = ship(books, order, days_ago=days - 2, tracking=f"SW91000002{number:02d}")
        bill = invoice(books, order, days_ago=days - 2)
        pay(books, order, bill, days_ago=days - 3)
        return order, out, bill

    def tell(key: str, order: Order, sentence: str) -> None:
        books.tell(f"contradiction.{key}", order.name, sentence)

    order, out, bill = shipped(23, 16)
    one = {order.lines[0]: 1}
    give_back(books, order, out, days_ago=6, quantities=one, state="assigned")
    pay(books, order, credit(books, order, bill, days_ago=5, quantities=one), days_ago=4)
    tell("refunded_before_received", order, "refunded, but the goods are not back")

    order, out, _ = shipped(24, 34)
    give_back(books, order, out, days_ago=20, quantities={order.lines[0]: 1}, state="assigned")
    tell("return_overdue", order, "announced three weeks ago and not arrived")

    order, out, _ = shipped(0, 26)
    give_back(books, order, out, days_ago=12, quantities={order.lines[0]: 1})
    tell("received_not_credited", order, "back for twelve days and nothing credited")

    order, out, bill = shipped(1, 24)
    back = give_back(books, order, out, days_ago=9, quantities={order.lines[0]: 2})
    receive(books, back, 1.0)
    pay(books, order, credit(books, order, bill, days_ago=8, quantities={order.lines[0]: 1}), days_ago=7)
    tell("received_short", order, "two were announced and one arrived")

    if books.serie >= 19:
        return  # the add-on for return authorizations does not exist there
    for key, with_credit, words in (
        ("refunded_but_refused", True, "sent back to the customer as refused, and credited all the same"),
        ("refunded_but_refused.near_miss", False, "sent back to the customer as refused, and not credited"),
    ):
        order, out, bill = shipped(2, 40)
        (move,) = (i for i, m in books.rows["stock.move"].items() if m["picking_id"] == out)
        add_rma(books, order, out, move, bill, "returned")
        if with_credit:
            note = credit(books, order, bill, days_ago=8, quantities={order.lines[0]: 1.0}, mode="unlinked")
            newest = max(books.rows["rma"])
            books.get("rma", newest)["refund_id"] = note
        tell(key, order, words)


def receive(books: Books, picking: int, quantity: float) -> None:
    """Fewer than announced, without a backorder."""
    for model in ("stock.move", "stock.move.line"):
        for row in books.rows[model].values():
            if row["picking_id"] == picking:
                row["quantity"] = quantity
