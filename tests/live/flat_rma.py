"""Reads an order's OCA return authorizations flat: each is one product of one delivered move, with a state of its own.

Where the add-on is not there, or this user may not read it, there are none and its receptions are plain returns.
"""

from __future__ import annotations

from decimal import Decimal

from tests.live.flat_billing import Billing
from tests.live.flat_wire import FlatOdoo, Row, WireRefused, id_of, name_of
from tests.live.flat_words import moment

FIELDS = (
    "name state date picking_id move_id reception_move_id product_id product_uom_qty product_uom refund_id"
)
NOT_YET_HERE = ("draft", "confirmed")
REFUSED = ("waiting_return", "returned")
GRANTED = ("waiting_replacement", "refunded", "replaced")
LOOKED_AT = ("finished", "locked")


class Authorizations:
    """All authorizations of one order."""

    def __init__(self, odoo: FlatOdoo, order_id: int) -> None:
        self.rows: list[Row] = []
        if odoo.has("rma", "order_id"):
            try:
                self.rows = odoo.search("rma", [["order_id", "=", order_id]], FIELDS, order="id")
            except WireRefused:
                return

    @property
    def receptions(self) -> set[int]:
        return {id_of(row["reception_move_id"]) or 0 for row in self.rows} - {0}


def authorization_facts(row: Row, line: Row, billing: Billing) -> Row:
    """``line`` names the product and its quantity in the order line's unit."""
    state = row["state"]
    money = _money(row, billing)
    logistics = "cancelled" if state == "cancelled" else "awaiting" if state in NOT_YET_HERE else "received"
    facts = {
        "logistics": logistics,
        "decision": _decision(state),
        "money": money,
    }
    received = line["quantity"] if logistics == "received" else Decimal(0)
    return {
        "id": row["id"],
        "ref": row["name"],
        "source": "rma",
        "of_shipment": name_of(row["picking_id"]),
        "destination": None,
        "headline": _headline(state, money),
        **facts,
        "announced_at": moment(row["date"]),
        "received_at": None,
        "tracking_numbers": [],
        "lines": [{**line, "received": received, **facts}],
    }


def _decision(state: str) -> str:
    if state in ("draft", "cancelled"):
        return "requested"
    if state in REFUSED:
        return "rejected"
    if state in GRANTED:
        return "accepted"
    return "inspected" if state in LOOKED_AT else "authorized"


def _money(row: Row, billing: Billing) -> str:
    """How far the credit note that the authorization names has come."""
    note = next((note for note in billing.notes if note["id"] == id_of(row["refund_id"])), None)
    if note is None or note["state"] == "cancel":
        return "none"
    if note["state"] == "draft":
        return "credit_drafted"
    settled = {invoice["id"] for invoice in billing.invoices if invoice["payment_state"] == "reversed"}
    is_set_off = id_of(note["reversed_entry_id"]) in settled
    is_paid = note["payment_state"] in ("paid", "in_payment") and not is_set_off
    return "paid_out" if is_paid else "credit_posted"


def _headline(state: str, money: str) -> str:
    """Odoo calls an authorization refunded as soon as there is a credit note, even a draft."""
    if state == "refunded":
        return "refunded" if money == "paid_out" else "approved"
    words = {
        "draft": "requested",
        "confirmed": "authorized",
        "received": "received",
        "waiting_return": "inspected",
        "waiting_replacement": "approved",
        "replaced": "replaced",
    }
    return words.get(state, "closed")
