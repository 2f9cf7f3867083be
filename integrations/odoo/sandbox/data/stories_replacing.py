"""Orders of which something is to be sent once more."""

from __future__ import annotations

from .billing import invoice
from .books import Books
from .paying import pay
from .people import Customer
from .places import US
from .selling import item, sell
from .shipping import ship
from .stories_shipping import pick


def write(books: Books, customers: list[Customer]) -> None:
    order = sell(books, pick(customers, US, 21), [item("lamp", 2)], days_ago=9, carrier="swift")
    ship(books, order, days_ago=7, tracking="SW8800970412")
    pay(books, order, invoice(books, order, days_ago=7), days_ago=6)
    books.tell("broken_lamp", order.name, "one of two lamps broke on the way, and only the outlet has more")
