"""Orders that show what can happen between shelf and doorstep."""

from __future__ import annotations

from .billing import credit, invoice
from .books import Books
from .paying import pay
from .people import Customer
from .places import EU, HUB, OUTLET, US
from .returning import give_back
from .selling import item, remark, section, sell
from .shipping import ship


def pick(customers: list[Customer], company: int, number: int) -> Customer:
    mine = [c for c in customers if c.company == company]
    return mine[number % len(mine)]


def write(books: Books, customers: list[Customer]) -> None:
    everyday(books, customers)
    split_deliveries(books, customers)
    special_goods(books, customers)
    returns(books, customers)
    stuck(books, customers)


def everyday(books: Books, customers: list[Customer]) -> None:
    order = sell(
        books,
        pick(customers, US, 1),
        [item("good0"), item("good4", 2), item("giftwrap")],
        days_ago=20,
        carrier="swift",
    )
    ship(books, order, days_ago=18, tracking="SW8800412207")
    pay(books, order, invoice(books, order, days_ago=18), days_ago=17)
    books.tell("delivered_and_paid", order.name, "delivered in full, invoiced and paid")

    order = sell(
        books, pick(customers, EU, 1), [item("good2"), item("good9", 3)], days_ago=12, carrier="post"
    )
    ship(books, order, days_ago=9, tracking="KF55201NL")
    pay(books, order, invoice(books, order, days_ago=9), days_ago=8)
    books.tell("three_step_delivery", order.name, "picked, packed and shipped in three steps")

    order = sell(books, pick(customers, EU, 2), [item("good7")], days_ago=3, carrier="post")
    ship(books, order, days_ago=2, state="waiting")
    books.tell("three_step_open", order.name, "three-step delivery that waits for its pick")

    order = sell(books, pick(customers, EU, 16), [item("good11", 3)], days_ago=4, carrier="post")
    ship(books, order, days_ago=2, state="picked")
    books.tell("three_step_packing", order.name, "picked, waiting to be packed: started, nothing delivered")

    order = sell(books, pick(customers, US, 2), [item("good12", 6)], days_ago=2, carrier="swift")
    ship(books, order, days_ago=1, state="assigned")
    books.tell("ready_to_ship", order.name, "reserved, not shipped yet")


def split_deliveries(books: Books, customers: list[Customer]) -> None:
    order = sell(
        books, pick(customers, US, 3), [item("good3", 5), item("good11", 2)], days_ago=15, carrier="swift"
    )
    first = ship(
        books, order, days_ago=13, quantities={order.lines[0]: 3, order.lines[1]: 1}, tracking="SW8800519901"
    )
    ship(
        books,
        order,
        days_ago=13,
        quantities={order.lines[0]: 2, order.lines[1]: 1},
        state="confirmed",
        backorder_of=first,
    )
    invoice(books, order, days_ago=13, quantities={order.lines[0]: 3, order.lines[1]: 1})
    books.tell(
        "partial_delivery_backorder",
        order.name,
        "3 of 5 shipped, the rest waits as a backorder without stock",
    )

    order = sell(
        books, pick(customers, US, 4), [item("good21"), item("good22", 4)], days_ago=16, carrier="freight"
    )
    first = ship(books, order, days_ago=14, quantities={order.lines[0]: 1}, tracking="IB-20311-A")
    ship(books, order, days_ago=12, quantities={order.lines[1]: 4}, tracking="IB-20311-B", backorder_of=first)
    pay(books, order, invoice(books, order, days_ago=12), days_ago=10)
    books.tell("several_pickings_tracked", order.name, "two deliveries, each with its own tracking number")

    order = sell(
        books, pick(customers, US, 5), [item("good33", 2), item("good34")], days_ago=11, carrier="swift"
    )
    ship(books, order, days_ago=10, tracking="SW8800611111,SW8800611112, SW8800611113")
    pay(books, order, invoice(books, order, days_ago=10), days_ago=10)
    books.tell("comma_joined_tracking", order.name, "one delivery with three tracking numbers in one field")

    order = sell(
        books, pick(customers, US, 6), [item("good13", 2)], days_ago=25, carrier="swift", warehouse=OUTLET
    )
    ship(books, order, days_ago=24, tracking="SW8800490909", quantities={order.lines[0]: 2})
    invoice(books, order, days_ago=24)
    books.tell(
        "tracking_silent", order.name, "shipped weeks ago from the outlet, the parcel has been silent since"
    )


def special_goods(books: Books, customers: list[Customer]) -> None:
    order = sell(
        books, pick(customers, EU, 3), [item("dropped"), item("good5", 2)], days_ago=18, carrier="freight"
    )
    ship(books, order, days_ago=15, quantities={order.lines[0]: 1}, dropship=True, tracking="MGR-77120")
    ship(books, order, days_ago=16, quantities={order.lines[1]: 2}, tracking="IB-20400")
    pay(books, order, invoice(books, order, days_ago=15), days_ago=13)
    books.tell("drop_ship", order.name, "one line comes straight from the supplier")

    order = sell(
        books, pick(customers, US, 7), [item("good20"), item("install", 2)], days_ago=10, carrier="swift"
    )
    ship(books, order, days_ago=8, tracking="SW8800700701")
    books.get("sale.order.line", order.lines[1])["sandbox_delivered"] = 1.0
    invoice(books, order, days_ago=8, quantities={order.lines[0]: 1, order.lines[1]: 1})
    books.tell(
        "service_line", order.name, "goods and an installation service of which one of two hours is done"
    )

    order = sell(books, pick(customers, US, 8), [item("kit", 2), item("good8")], days_ago=14, carrier="swift")
    ship(books, order, days_ago=12, tracking="SW8800712120")
    pay(books, order, invoice(books, order, days_ago=12), days_ago=11)
    books.tell("kit", order.name, "two sets that ship as their parts")

    order = sell(
        books, pick(customers, EU, 4), [item("serial", 2), item("lot", 10)], days_ago=13, carrier="post"
    )
    ship(books, order, days_ago=10, tracking="KF77001NL")
    pay(books, order, invoice(books, order, days_ago=10), days_ago=9)
    books.tell("lots_and_serials", order.name, "serial numbers and a lot")

    order = sell(
        books,
        pick(customers, EU, 5),
        [item("egg", 3, uom="dozen"), item("good37", 6)],
        days_ago=9,
        carrier="post",
    )
    ship(books, order, days_ago=7, tracking="KF77177NL")
    pay(books, order, invoice(books, order, days_ago=7), days_ago=6)
    books.tell("dozen_and_units", order.name, "sold by the dozen, moved in units")

    wishes = [section("Ground floor")] + [item(f"good{n % 40}", 1 + n % 3) for n in range(28)]
    wishes += [section("Terrace"), remark("Deliver to the back entrance")] + [
        item(f"good{(n * 3) % 40}", 2) for n in range(29)
    ]
    order = sell(books, pick(customers, EU, 21), wishes, days_ago=30, carrier="freight")
    ship(books, order, days_ago=26, tracking="IB-30000")
    invoice(books, order, days_ago=26)
    books.tell("sixty_lines", order.name, "sixty lines with sections and a note")

    order = sell(
        books, pick(customers, US, 9), [item("archived"), item("good1", 2)], days_ago=200, carrier="swift"
    )
    ship(books, order, days_ago=197, tracking="SW8700000404")
    pay(
        books,
        order,
        invoice(books, order, days_ago=197, quantities={order.lines[0]: 1, order.lines[1]: 2}),
        days_ago=196,
    )
    books.tell("archived_product", order.name, "contains a product that is archived today")


def returns(books: Books, customers: list[Customer]) -> None:
    order = sell(
        books, pick(customers, US, 10), [item("good14", 3), item("good15")], days_ago=28, carrier="swift"
    )
    out = ship(books, order, days_ago=26, tracking="SW8800801010")
    bill = invoice(books, order, days_ago=26)
    pay(books, order, bill, days_ago=25)
    give_back(books, order, out, days_ago=3, quantities={order.lines[0]: 1}, state="assigned")
    books.tell("return_waiting", order.name, "a return is announced and not received")

    order = sell(
        books, pick(customers, US, 11), [item("good16", 2), item("good17")], days_ago=40, carrier="swift"
    )
    out = ship(books, order, days_ago=38, tracking="SW8800802020")
    bill = invoice(books, order, days_ago=38)
    pay(books, order, bill, days_ago=37)
    give_back(books, order, out, days_ago=20, quantities={order.lines[0]: 1}, to="Returns Bench")
    pay(books, order, credit(books, order, bill, days_ago=19, quantities={order.lines[0]: 1}), days_ago=18)
    books.tell("return_received_and_refunded", order.name, "returned, credited and paid out")

    order = sell(books, pick(customers, EU, 6), [item("good18", 2)], days_ago=35, carrier="post")
    out = ship(books, order, days_ago=33, tracking="KF80808NL")
    pay(books, order, invoice(books, order, days_ago=33), days_ago=32)
    back = give_back(books, order, out, days_ago=20)
    give_back(books, order, back, days_ago=15, quantities={order.lines[0]: 1})
    books.tell("return_of_a_return", order.name, "both came back, one was sent out again")

    order = sell(books, pick(customers, US, 12), [item("good19", 2)], days_ago=33, carrier="swift")
    out = ship(books, order, days_ago=31, tracking="SW8800803030")
    pay(books, order, invoice(books, order, days_ago=31), days_ago=30)
    give_back(books, order, out, days_ago=12, quantities={order.lines[0]: 3})
    books.tell("over_return", order.name, "more came back than was sent")

    order = sell(
        books, pick(customers, US, 13), [item("good23"), item("good24")], days_ago=22, carrier="swift"
    )
    out = ship(books, order, days_ago=20, tracking="SW8800804040")
    pay(books, order, invoice(books, order, days_ago=20), days_ago=19)
    give_back(books, order, out, days_ago=10, quantities={order.lines[0]: 1})
    ship(books, order, days_ago=9, quantities={order.lines[0]: 1}, tracking="SW8800804041")
    books.tell("exchange", order.name, "returned and sent again on the same order")


def stuck(books: Books, customers: list[Customer]) -> None:
    order = sell(books, pick(customers, US, 14), [item("good6", 2)], days_ago=21, carrier="swift")
    ship(books, order, days_ago=20, state="confirmed")
    pay(books, order, invoice(books, order, days_ago=20), days_ago=20)
    books.tell("paid_and_out_of_stock", order.name, "paid weeks ago, the goods are not there")

    order = sell(
        books, pick(customers, EU, 7), [item("good26", 4)], days_ago=6, carrier="post", warehouse=HUB
    )
    ship(books, order, days_ago=5, tracking="KF90909NL")
    books.tell("delivered_not_invoiced", order.name, "delivered, no invoice yet")
