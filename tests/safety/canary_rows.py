"""One order as Odoo stores it, with a token of its own in every field that must not be seen by everybody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests.safety.expected import FORMS, Sight
from tests.safety.tokens import Mint, pieces

Row = dict[str, Any]


@dataclass
class Book:
    """Which piece belongs to which field, and how much of the field one must see for it: a part or the whole."""

    mint: Mint
    needed: dict[str, tuple[str, Sight]] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)  # what the field holds, as canonical text
    forbidden: set[str] = field(default_factory=set)  # for nobody's eyes

    def note(self, path: str, *, part: str = "", whole: str = "") -> None:
        for text, sight in ((part, Sight.PART), (whole, Sight.WHOLE)):
            for piece in pieces(text):
                self.needed[piece] = (path, sight)

    def allowed_to(self, sights: Mapping[str, Sight]) -> set[str]:
        """The pieces that somebody with these sights may find."""
        rank = (Sight.NONE, Sight.PART, Sight.WHOLE)
        return {
            piece
            for piece, (path, need) in self.needed.items()
            if rank.index(sights[path]) >= rank.index(need)
        }

    def secret(self) -> str:
        """A text that may come out nowhere."""
        made = self.mint.text()
        self.forbidden |= pieces(made)
        return made

    def all_pieces(self) -> set[str]:
        return set(self.needed) | self.forbidden

    # One maker per way in which a part is shown.

    def text(self, path: str) -> str:
        assert FORMS[path] == "-"
        made = self.mint.text()
        self.note(path, whole=made)
        return self._kept(path, made)

    def place(self, path: str) -> str:
        made = self.mint.text()
        self.note(path, part=made)
        return self._kept(path, made)

    def name(self, path: str) -> str:
        first, last = self.mint.text().title(), self.mint.text().title()
        self.note(path, part=first.casefold(), whole=last.casefold())
        return self._kept(path, f"{first} {last}")

    def email(self, path: str) -> str:
        local, domain = self.mint.text(), self.mint.text()
        self.note(path, part=domain, whole=local)
        return self._kept(path, f"{local}@{domain}.example")

    def phone(self, path: str) -> str:
        middle = self.mint.figure(3)
        self.note(path, whole=middle)
        return self._kept(path, f"+49 {middle[:3]} {middle[3:6]} {middle[6:]} 57")

    def last_four(self, path: str) -> str:
        head, tail = self.mint.head(), self.mint.tail()
        self.note(path, part=tail, whole=head)
        return self._kept(path, head + tail)

    def amount(self, path: str, first: int = 4) -> float:
        """Seven digits before the point, two behind it, the last of them odd so that no float loses it."""
        digits = self.mint.figure(first)[:8] + "7"
        self.note(path, whole=digits)
        return float(self._kept(path, f"{digits[:7]}.{digits[7:]}"))

    def figure(self, path: str, first: int = 4) -> float:
        digits = self.mint.figure(first)
        self.note(path, whole=digits)
        return float(self._kept(path, digits))

    def derived(self, path: str, value: float) -> None:
        text = f"{value:.2f}" if value % 1 else f"{value:.0f}"
        self._kept(path, text)
        self.note(path, whole=text)

    def _kept(self, path: str, value: str) -> str:
        self.values.setdefault(path, value)
        return value


def _ids() -> Callable[[], int]:
    counter = iter(range(101, 10_000))
    return lambda: next(counter)


def canary_order(book: Book, *, name: str, company: int, shift: int = 0) -> tuple[Row, list[Row]]:
    """The order's row with all it relates to, and the loyalty cards that a question by its number finds."""
    new_id = _ids()
    currency = {"id": 1, "display_name": "EUR", "name": "EUR", "decimal_places": 2}
    unit = {"id": 1, "display_name": "Units", "factor": 1.0}
    own = {"id": 1 + shift, "display_name": "North house"}
    partner = _partner(book, "customer.address", 41 + shift)
    account = {"id": 40 + shift, "display_name": book.name("customer.account")}
    customer = {
        **partner,
        "name": book.name("customer.name"),
        "email": book.email("customer.email"),
        "phone": book.phone("customer.phone"),
        "mobile": book.phone("customer.mobile"),
        "lang": "en_US",
        "vat": book.last_four("customer.tax_id"),
        "is_company": False,
        "total_invoiced": book.amount("customer.total_invoiced", 2),
        "credit": book.amount("customer.credit", 3),
        "sale_order_count": 3,
        "is_blacklisted": True,
        "phone_blacklisted": False,
        "sale_warn": "warning",
        "sale_warn_msg": book.text("customer.warnings"),
        "property_account_position_id": {"id": 1, "display_name": "Domestic"},
        "commercial_partner_id": account,
    }
    book.values["customer.address.name"] = str(customer["name"])  # the contact's own address bears its name
    order_line_id = 11 + shift
    product = {
        "id": 7,
        "display_name": "[CAN-1] Canary cage",
        "default_code": "CAN-1",
        "active": True,
        "type": "consu",
        "standard_price": book.amount("order.lines.unit_cost", 5),
        "uom_id": unit,
        "stock_quant_ids": [
            _stock(book, new_id(), own),
            _stock(book, new_id(), {"id": 2, "display_name": "South"}),
        ],
    }
    _available_here(book, product)
    line = {
        "id": order_line_id,
        "name": "[CAN-1] Canary cage",
        "display_type": False,
        "product_uom_qty": 2.0,
        "qty_delivered": 2.0,
        "qty_invoiced": 2.0,
        "price_unit": 10.0,
        "discount": 0.0,
        "price_total": 20.0,
        "is_delivery": False,
        "is_reward_line": False,
        "is_downpayment": False,
        "sequence": 1,
        "product_uom": unit,
        "product_uom_id": unit,
        "product_id": product,
    }
    note, note_line = _document(
        book, "credit_notes", 61 + shift, "out_refund", currency, order_line_id, first=1
    )
    invoice, invoice_line = _document(
        book, "invoices", 51 + shift, "out_invoice", currency, order_line_id, first=8
    )
    invoice["ref"] = book.secret()  # what a supplier or customer wrote on an invoice is no field of ours
    note["ref"] = book.text("credit_notes.reason")
    note["reversed_entry_id"] = {"id": invoice["id"], "name": invoice["name"]}
    invoice["reversal_move_ids"] = [note]
    invoice["reversal_move_id"] = [note]
    invoice["invoice_payments_widget"] = {
        "title": "Less Payment",
        "outstanding": False,
        "content": [
            {
                "amount": book.amount("payments.amount", 6),
                "ref": book.last_four("payments.ref"),
                "journal_name": book.text("payments.provider"),
                "payment_method_name": book.text("payments.method"),
                "name": book.secret(),
                "date": "2026-09-08",
                "account_payment_id": 71 + shift,
                "partial_id": 72 + shift,
                "move_id": 73 + shift,
                "is_exchange": False,
            }
        ],
    }
    left = _cents(invoice["amount_total"]) - _cents(note["amount_total"])
    book.derived("order.refundable", left / 100)
    line_left = _cents(invoice_line["price_total"]) - _cents(note_line["price_total"])
    book.derived("order.lines.refundable", min(left, line_left) / 100)
    row = {
        "id": 1 + shift,
        "name": name,
        "client_order_ref": f"SHOP-{name}",
        "origin": False,
        "state": "sale",
        "date_order": "2026-09-06 11:17:39",
        "commitment_date": "2026-09-20 11:17:39",
        "invoice_status": "invoiced",
        "delivery_status": "full",
        "amount_untaxed": 16.81,
        "amount_tax": 3.19,
        "amount_total": 20.0,
        "currency_id": currency,
        "company_id": {"id": company, "display_name": f"Company {company}", "currency_id": currency},
        "warehouse_id": own,
        "team_id": {"id": 5, "display_name": book.text("order.origin.sales_team")},
        "website_id": {"id": 6, "display_name": "Main shop"},
        "fiscal_position_id": False,
        "partner_id": customer,
        "partner_shipping_id": _delivery_address(book, 42 + shift),
        "partner_invoice_id": _partner(book, "customer.invoice_address", 43 + shift),
        "order_line": [line],
        "picking_ids": _pickings(own, unit, order_line_id, shift),
        "invoice_ids": [invoice],
        "transaction_ids": [_transaction(book, 81 + shift, currency)],
        "rma_ids": [],
        "message_ids": [_message(book, 91 + shift, "comment"), _message(book, 92 + shift, "notification")],
    }
    return row, [_card(book, 31 + shift, customer["id"]), _strangers_card(book, 32 + shift)]


def _cents(amount: float) -> int:
    return int(Decimal(str(amount)) * 100)


def _partner(book: Book, path: str, number: int) -> Row:
    name = book.name(f"{path}.name") if path != "customer.address" else book.secret()
    return {
        "id": number,
        "display_name": name,
        "name": name,
        "street": book.text(f"{path}.street"),
        "street2": False,
        "zip": book.text(f"{path}.postcode"),
        "city": book.text(f"{path}.city"),
        "country_id": {"id": number, "display_name": book.place(f"{path}.country")},
    }


def _delivery_address(book: Book, number: int) -> Row:
    partner = _partner(book, "customer.delivery_address", number)
    partner["country_id"]["code"] = book.place("order.origin.country")
    return partner


def _stock(book: Book, number: int, warehouse: Row) -> Row:
    on_hand = book.figure("order.lines.stock.on_hand", 9)
    reserved = book.figure("order.lines.stock.reserved", 1)
    book.derived("order.lines.stock.available", on_hand - reserved)
    location = {"id": number, "usage": "internal", "warehouse_id": warehouse}
    return {"id": number, "quantity": on_hand, "reserved_quantity": reserved, "location_id": location}


def _available_here(book: Book, product: Row) -> None:
    """What the line has available is the level of the order's own warehouse: the first one."""
    here = product["stock_quant_ids"][0]
    book.derived("order.lines.available", here["quantity"] - here["reserved_quantity"])


def _document(
    book: Book, path: str, number: int, kind: str, currency: Row, order_line: int, *, first: int
) -> tuple[Row, Row]:
    line = {
        "id": number + 1000,
        "name": "Canary cage",
        "quantity": 1.0,
        "price_total": book.amount(f"{path}.lines.total", first),
        "display_type": "product",
        "sale_line_ids": [order_line],
        "product_id": {"id": 7, "display_name": "[CAN-1] Canary cage"},
    }
    document = {
        "id": number,
        "name": f"{'R' if kind == 'out_refund' else ''}INV/2026/{number:05}",
        "move_type": kind,
        "state": "posted",
        "payment_state": "partial",
        "invoice_date": "2026-09-07",
        "invoice_date_due": "2026-10-07",
        "amount_total": book.amount(f"{path}.total", first),
        "amount_residual": book.amount(f"{path}.residual", first),
        "currency_id": currency,
        "invoice_payments_widget": False,
        "invoice_line_ids": [line],
        "reversed_entry_id": False,
        "reversal_move_ids": [],
        "reversal_move_id": [],
    }
    return document, line


def _transaction(book: Book, number: int, currency: Row) -> Row:
    return {
        "id": number,
        "state": "done",
        "amount": book.amount("payments.amount", 7),
        "last_state_change": "2026-09-06 11:18:00",
        "create_date": "2026-09-06 11:17:50",
        "operation": "online_redirect",
        "currency_id": currency,
        "reference": book.last_four("payments.ref"),
        "provider_reference": book.last_four("payments.provider_ref"),
        "provider_code": book.text("payments.provider"),
        "payment_method_id": {"id": 1, "display_name": book.text("payments.method")},
    }


def _message(book: Book, number: int, kind: str) -> Row:
    body = book.text("messages.body")
    return {
        "id": number,
        "date": "2026-09-06 12:00:00",
        "body": f"<p>Wrote: {body} &amp; <b>paid with 4111 1111 1111 1111, DE89 3704 0044 0532 0130 00</b></p>",
        "message_type": kind,
        "is_internal": kind == "comment",
        "author_id": {"id": number, "display_name": book.name("messages.author")},
    }


def _card(book: Book, number: int, partner: int) -> Row:
    return {
        "id": number,
        "points": book.amount("customer.loyalty.points", 2),
        "point_name": "Points",
        "expiration_date": "2027-01-31",
        "partner_id": partner,
        "program_id": {"id": 1, "display_name": "Loyalty"},
        "code": book.last_four("customer.loyalty.code"),
    }


def _strangers_card(book: Book, number: int) -> Row:
    """The number exists elsewhere, too, so the question also finds a card of somebody else."""
    return {
        "id": number,
        "points": 5.0,
        "point_name": book.secret(),
        "expiration_date": False,
        "partner_id": 9999,
        "program_id": {"id": 2, "display_name": book.secret()},
        "code": book.secret(),
    }


def _pickings(warehouse: Row, unit: Row, order_line: int, shift: int) -> list[Row]:
    def move(number: int, origin: int | None, usages: tuple[str, str]) -> Row:
        return {
            "id": number,
            "product_uom_qty": 1.0,
            "quantity": 1.0,
            "state": "done",
            "sale_line_id": order_line,
            "origin_returned_move_id": origin or False,
            "location_usage": usages[0],
            "location_dest_usage": usages[1],
            "product_id": {"id": 7, "display_name": "[CAN-1] Canary cage", "default_code": "CAN-1"},
            "product_uom": unit,
            "lot_ids": [{"id": number, "name": f"LOT-{number}"}],
        }

    def picking(number: int, code: str, moves: list[Row], back: Row | bool) -> Row:
        return {
            "id": number,
            "name": f"WH/{code.upper()}/{number:05}",
            "state": "done",
            "picking_type_code": code,
            "scheduled_date": "2026-09-07 08:00:00",
            "date_done": "2026-09-07 09:00:00",
            "create_date": "2026-09-06 11:18:00",
            "carrier_tracking_ref": f"TRACK{number}",
            "carrier_tracking_url": f"https://carrier.example/{number}",
            "carrier_id": {"id": 1, "display_name": "Carrier"},
            "picking_type_id": {"id": 1, "warehouse_id": warehouse},
            "location_dest_id": {"id": 1, "display_name": "WH/Stock"},
            "return_id": back,
            "backorder_id": False,
            "move_ids": moves,
        }

    out = picking(21 + shift, "outgoing", [move(201 + shift, None, ("internal", "customer"))], False)
    back_of = {"id": out["id"], "name": out["name"]}
    back = picking(
        22 + shift, "incoming", [move(202 + shift, 201 + shift, ("customer", "internal"))], back_of
    )
    return [out, back]
