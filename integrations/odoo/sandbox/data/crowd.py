"""The many ordinary orders around the stories."""

from __future__ import annotations

from .billing import credit, invoice
from .books import Books
from .paying import pay, transact
from .people import Customer
from .returning import give_back
from .selling import item, sell
from .shipping import ship

ORDINARY_ORDERS = 270
SHAPES = (
    ("paid", 38),
    ("unpaid", 10),
    ("to_ship", 10),
    ("waiting", 8),
    ("quotation", 8),
    ("sent", 5),
    ("cancelled", 6),
    ("returned", 8),
    ("partial", 7),
)


def write(books: Books, customers: list[Customer]) -> None:
    kinds = [kind for kind, weight in SHAPES for _ in range(weight)]
    for number in range(ORDINARY_ORDERS):
        add_ordinary(books, customers[books.rng.randrange(len(customers))], books.rng.choice(kinds), number)


def add_ordinary(books: Books, customer: Customer, kind: str, number: int) -> None:
    rng = books.rng
    days = 5 + rng.random() * 85 if kind not in ("to_ship", "quotation", "sent") else 1 + rng.random() * 6
    wishes = [item(f"good{n}", rng.randint(1, 4)) for n in rng.sample(range(40), rng.randint(1, 5))]
    if rng.random() < 0.15:
        wishes.append(item("giftwrap"))
    state = {"quotation": "draft", "sent": "sent", "cancelled": "cancel"}.get(kind, "sale")
    carrier = rng.choice(("swift", "swift", "post", "freight"))
    order = sell(books, customer, wishes, days_ago=days, state=state, carrier=carrier)
    if state != "sale":
        return
    tracking = f"{carrier[:2].upper()}{rng.randrange(10**9, 10**10)}"
    if kind in ("to_ship", "waiting"):
        ship(books, order, days_ago=days - 0.5, state="assigned" if kind == "to_ship" else "confirmed")
        if number % 3 == 0:
            transact(books, order, days_ago=days)
        return
    if kind == "partial":
        first_line = order.lines[0]
        ship(books, order, days_ago=days - 1, quantities={first_line: 1.0}, tracking=tracking)
        rest = {
            line: books.get("sale.order.line", line)["product_uom_qty"]
            for line in order.lines[1 : len(wishes)]
        }
        rest = {line: quantity for line, quantity in rest.items() if is_goods(books, line)}
        left = books.get("sale.order.line", first_line)["product_uom_qty"] - 1.0
        if left > 0:
            rest[first_line] = left
        if rest:
            ship(
                books,
                order,
                days_ago=days - 1,
                quantities=rest,
                state="confirmed",
                backorder_of=order.pickings[-1],
            )
        return
    out = ship(books, order, days_ago=days - 2, tracking=tracking)
    bill = invoice(books, order, days_ago=days - 2)
    if kind == "unpaid":
        return
    done = transact(books, order, days_ago=days, invoice_id=bill) if number % 2 else 0
    pay(books, order, bill, days_ago=days - 3, transaction=done)
    if kind == "returned":
        line = order.lines[0]
        give_back(books, order, out, days_ago=max(0.2, days - 12), quantities={line: 1.0})
        if number % 2:
            credit(books, order, bill, days_ago=max(0.1, days - 13), quantities={line: 1.0})


def is_goods(books: Books, line: int) -> bool:
    return bool(books.get("sale.order.line", line)["qty_delivered_method"] == "stock_move")
