"""Orders whose customer or whose words are what matters; loyalty cards, chatter and OCA returns."""

from __future__ import annotations

from datetime import timedelta

from .billing import credit, invoice
from .books import Books, day, stamp
from .paying import pay
from .people import Customer
from .places import EU, US
from .selling import Order, item, say, sell
from .shipping import add_move, add_picking, ship
from .stories_shipping import pick

CARD_WORDS = (
    "<p>Hello,</p><p>please take it from my card <b>4111 1111 1111 1111</b>, valid until 09/29, code 123, "
    "or from IBAN DE89 3704 0044 0532 0130 00.</p><p>You can call me at +1 503 555 0142.</p>"
)
HTML_WORDS = (
    '<p>Photo of the <em>crack</em>: <a href="https://photos.example/a?id=7&amp;x=1">here</a></p>'
    '<img src="https://photos.example/pixel.gif" alt="glass &lt;broken&gt;"/><script>alert("x")</script>'
    "<ul><li>left lamp</li><li>right lamp</li></ul>"
)


def write(books: Books, customers: list[Customer]) -> None:
    contacts(books, customers)
    chatter(books, customers)
    if books.serie < 19:
        merchandise_returns(books, customers)
    loyalty(books, customers)


def contacts(books: Books, customers: list[Customer]) -> None:
    firm = next(c for c in customers if c.company == US and books.get("res.partner", c.partner)["is_company"])
    order = sell(books, firm, [item("good33", 12), item("good38", 24)], days_ago=18, carrier="freight")
    ship(books, order, days_ago=15, tracking="IB-51001")
    invoice(books, order, days_ago=15)
    books.tell(
        "company_with_delivery_address", order.name, "a company that has a delivery address and a buyer"
    )

    for key, number, words in (
        ("customer_without_contact", 30, "a customer without e-mail and phone"),
        ("customer_with_two_addresses", 31, "two addresses in the e-mail field, so none is normalized"),
    ):
        order = sell(books, customers[number], [item("good36", 2)], days_ago=14, carrier="swift")
        ship(books, order, days_ago=12, tracking=f"SW89006000{number}")
        books.tell(key, order.name, words)

    blocked = pick(customers, EU, 17)
    partner = books.get("res.partner", blocked.partner)
    books.add("mail.blacklist", email=partner["email"].lower(), active=True)
    books.add("phone.blacklist", number="+" + "".join(filter(str.isdigit, partner["phone"])), active=True)
    order = sell(books, blocked, [item("good9", 2)], days_ago=12, carrier="post")
    ship(books, order, days_ago=10, tracking="KF61616NL")
    pay(books, order, invoice(books, order, days_ago=10), days_ago=9)
    books.tell("blacklisted_customer", order.name, "the customer's e-mail and phone are on the blacklists")

    warned = pick(customers, US, 16)
    warning = "Fraud check: three chargebacks in spring. Ask accounting before any refund."
    books.get("res.partner", warned.partner).update(
        sale_warn="warning",
        sale_warn_msg=warning,
        invoice_warn="warning",
        invoice_warn_msg="Refunds need a second look.",
        property_account_position_id=books.find("account.fiscal.position", "export1"),
    )
    order = sell(books, warned, [item("serial")], days_ago=9, carrier="swift")
    ship(books, order, days_ago=7, tracking="SW8900600001")
    pay(books, order, invoice(books, order, days_ago=7), days_ago=6)
    books.tell("sale_warning", order.name, "a warning is noted on the customer")

    foreign = next(
        c
        for c in customers
        if any(ord(letter) > 0x17F for letter in c.name) or "Ł" in c.name or "ł" in c.name or "Ö" in c.name
    )
    order = sell(books, foreign, [item("good20"), item("good6")], days_ago=13, carrier="post")
    ship(books, order, days_ago=11, tracking="KF71717NL")
    pay(books, order, invoice(books, order, days_ago=11), days_ago=10)
    books.tell("unicode_names", order.name, "letters beyond ASCII in names and products")


def chatter(books: Books, customers: list[Customer]) -> None:
    order = sell(
        books,
        pick(customers, US, 24),
        [item("good1", 2), item("giftwrap")],
        days_ago=11,
        carrier="swift",
        note="<p>Ring twice, the bell is <b>broken</b>.</p>",
    )
    ship(books, order, days_ago=9, tracking="SW8900700001")
    bill = invoice(books, order, days_ago=9)
    pay(books, order, bill, days_ago=8)
    customer = order.customer.partner
    say(books, "sale.order", order.id, books.ago(10), CARD_WORDS, author=customer, kind="email")
    say(books, "sale.order", order.id, books.ago(7), HTML_WORDS, author=customer, kind="email")
    say(
        books,
        "sale.order",
        order.id,
        books.ago(6),
        "<p>Called back, sends photos. Do not offer a refund yet.</p>",
        internal=True,
    )
    say(
        books,
        "stock.picking",
        order.pickings[-1],
        books.ago(9),
        "<p>Handed to the carrier.</p>",
        internal=True,
    )
    say(books, "account.move", bill, books.ago(8), "<p>Invoice paid</p>", kind="notification")
    books.tell(
        "awkward_messages", order.name, "messages with a card number, an IBAN, a phone number and raw HTML"
    )


def merchandise_returns(books: Books, customers: list[Customer]) -> None:
    """One order with a return authorization of the OCA add-on in every state it can have."""
    for number, (name, receipt, refund) in enumerate(
        (
            ("Replace", "automatic_on_confirm", False),
            ("Repair", "automatic_on_confirm", False),
            ("Refund", "automatic_on_confirm", "manual_after_receipt"),
        )
    ):
        books.add(
            "rma.operation",
            key=name,
            name=name,
            active=True,
            color=number,
            action_create_receipt=receipt,
            action_create_delivery="manual_after_receipt" if not refund else False,
            action_create_refund=refund,
        )
    order = sell(
        books,
        pick(customers, US, 25),
        [item("good14"), item("good15"), item("good16"), item("good17"), item("good18"), item("good19")],
        days_ago=50,
        carrier="swift",
    )
    out = ship(books, order, days_ago=48, tracking="SW8900800001")
    bill = invoice(books, order, days_ago=48)
    pay(books, order, bill, days_ago=47)
    moves = {m["sale_line_id"]: i for i, m in books.rows["stock.move"].items() if m["picking_id"] == out}
    states = ("draft", "confirmed", "received", "waiting_replacement", "refunded", "cancelled")
    for line_id, state in zip(order.lines, states, strict=False):
        add_rma(books, order, out, moves[line_id], bill, state)
    books.tell("oca_rma", order.name, "return authorizations of the OCA add-on in six states")


def add_rma(books: Books, order: Order, out: int, move: int, bill: int, state: str) -> None:
    number = books.number("rma")
    when = books.ago(20 - number)
    goods = books.get("stock.move", move)
    operation = {"refunded": "Refund", "received": "Refund", "waiting_replacement": "Replace"}.get(
        state, "Repair"
    )
    reception: int | bool = False
    if state not in ("draft", "cancelled"):
        room = books.find("stock.location", f"{order.warehouse}.Returns Bench")
        picking = add_picking(
            books,
            order,
            when,
            f"{order.warehouse}.in",
            books.find("stock.location", "customers"),
            room,
            "assigned" if state == "confirmed" else "done",
            return_of=out,
            origin=f"RMA{number:04d} (Return of {books.get('stock.picking', out)['name']})",
        )
        reception = add_move(
            books,
            picking,
            goods["product_id"],
            1.0,
            when,
            sale_line_id=goods["sale_line_id"],
            origin_returned_move_id=move,
            to_refund=True,
        )
    note: int | bool = False
    if state == "refunded":
        note = credit(
            books,
            order,
            bill,
            days_ago=20 - number,
            quantities={goods["sale_line_id"]: 1.0},
            mode="unlinked",
            state="draft",
        )
        books.get("account.move", note).update(invoice_origin=f"RMA{number:04d}", ref=False)
    books.add(
        "rma",
        when=when,
        name=f"RMA{number:04d}",
        state=state,
        partner_id=order.customer.partner,
        partner_invoice_id=order.customer.partner,
        partner_shipping_id=order.customer.delivery,
        commercial_partner_id=books.get("res.partner", order.customer.partner)["commercial_partner_id"],
        order_id=order.id,
        picking_id=out,
        move_id=move,
        sale_line_id=goods["sale_line_id"],
        product_id=goods["product_id"],
        product_uom_qty=1.0,
        product_uom=goods["product_uom"],
        operation_id=books.find("rma.operation", operation),
        reception_move_id=reception,
        refund_id=note,
        company_id=order.company,
        warehouse_id=books.find("stock.warehouse", order.warehouse),
        location_id=books.find("stock.location", f"{order.warehouse}.Returns Bench"),
        date=stamp(when),
        origin=order.name,
        description="<p>torn seam</p>",
        priority="1",
        user_id=2,
        deadline=day(when + timedelta(days=14)),
    )


def loyalty(books: Books, customers: list[Customer]) -> None:
    points, wallet = books.find("loyalty.program", "points"), books.find("loyalty.program", "wallet")
    for number, customer in enumerate(customers):
        if number % 2:
            continue
        books.add(
            "loyalty.card",
            when=books.ago(200),
            program_id=points,
            partner_id=customer.partner,
            active=True,
            points=float(number * 137 % 2300),
            code=f"044{number:x}-{number * 7919 % 65536:04x}-4a9c",
            company_id=False,
            expiration_date=False,
        )
    card = books.add(
        "loyalty.card",
        when=books.ago(60),
        program_id=wallet,
        partner_id=customers[0].partner,
        active=True,
        points=25.0,
        code="0447-wallet-7c01",
        company_id=False,
        expiration_date=day(books.born_at + timedelta(days=300)),
    )
    if books.serie >= 18:
        books.add(
            "loyalty.history",
            when=books.ago(60),
            card_id=card,
            issued=25.0,
            used=0.0,
            description="Goodwill credit",
            order_model=False,
            order_id=False,
        )
