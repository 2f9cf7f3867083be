"""Rows in the shape Odoo answers them, with the boring fields filled in."""

from __future__ import annotations

from itertools import count
from typing import Any

Row = dict[str, Any]

_ids = count(1000)

UNIT = {"id": 1, "display_name": "Units", "factor": 1.0}
_FEW_IN_ONE = {"id": 2, "display_name": "Dozens", "factor": 1 / 12}
_ONE_OF_MANY = {"id": 2, "display_name": "Dozens", "factor": 12.0}
# The same dozen: 17 and 18 say what part of it one unit is, 19 how many units it holds.
DOZEN = {17: _FEW_IN_ONE, 18: _FEW_IN_ONE, 19: _ONE_OF_MANY}
EUR = {"id": 1, "display_name": "EUR", "name": "EUR", "decimal_places": 2}
USD = {"id": 2, "display_name": "USD", "name": "USD", "decimal_places": 2}
JPY = {"id": 3, "display_name": "JPY", "name": "JPY", "decimal_places": 0}
BHD = {"id": 4, "display_name": "BHD", "name": "BHD", "decimal_places": 3}

SHOE = 5


def product(number: int = SHOE, **more: Any) -> Row:
    return {
        "id": number,
        "display_name": f"[P{number}] Product {number}",
        "default_code": f"P{number}",
        "active": True,
        "type": "consu",
        "standard_price": 4.0,
        "uom_id": UNIT,
        **more,
    }


def line(
    number: int = 1, *, version: int = 18, unit: Row | None = None, of: int | Row = SHOE, **more: Any
) -> Row:
    sold = of if isinstance(of, dict) else product(of)
    return {
        "id": number,
        "name": sold["display_name"],
        "display_type": False,
        "product_uom_qty": 3.0,
        "qty_delivered": 0.0,
        "qty_invoiced": 0.0,
        "price_unit": 10.0,
        "discount": 0.0,
        "price_total": 30.0,
        "product_uom_id" if version >= 19 else "product_uom": unit or UNIT,
        "product_id": sold,
        **more,
    }


def move(amount: float, *, line: int | None = 1, of: int = SHOE, state: str = "done", **more: Any) -> Row:
    """A move to the customer; done with its whole quantity unless told otherwise."""
    return {
        "id": next(_ids),
        "product_uom_qty": amount,
        "quantity": amount if state in ("done", "assigned") else 0.0,
        "state": state,
        "sale_line_id": line or False,
        "origin_returned_move_id": False,
        "location_usage": "internal",
        "location_dest_usage": "customer",
        "product_id": {"id": of, "display_name": f"[P{of}] Product {of}", "default_code": f"P{of}"},
        "product_uom": UNIT,
        "lot_ids": [],
        **more,
    }


def move_back(amount: float, **more: Any) -> Row:
    return move(amount, **{"location_usage": "customer", "location_dest_usage": "internal", **more})


def move_inside(amount: float, **more: Any) -> Row:
    return move(amount, **{"location_dest_usage": "internal", **more})


def picking(*moves: Row, state: str = "done", **more: Any) -> Row:
    number = next(_ids)
    return {
        "id": number,
        "name": f"WH/{number}",
        "state": state,
        "picking_type_code": "outgoing",
        "scheduled_date": "2026-11-01 08:00:00",
        "date_done": "2026-11-02 09:30:00" if state == "done" else False,
        "create_date": "2026-10-31 07:00:00",
        "carrier_tracking_ref": False,
        "carrier_tracking_url": False,
        "carrier_id": False,
        "picking_type_id": {"id": 2, "warehouse_id": {"id": 1, "display_name": "Portland DC"}},
        "location_dest_id": {"id": 8, "display_name": "WH/Stock"},
        "return_id": False,
        "backorder_id": False,
        "move_ids": list(moves),
        **more,
    }


def document_line(
    total: float, *lines: int, quantity: float = 1.0, of: int | None = SHOE, **more: Any
) -> Row:
    return {
        "id": next(_ids),
        "name": "a line",
        "quantity": quantity,
        "price_total": total,
        "display_type": "product",
        "sale_line_ids": list(lines),
        "product_id": {"id": of, "display_name": f"Product {of}"} if of else False,
        **more,
    }


def document(kind: str, *lines: Row, state: str = "posted", currency: Row | None = None, **more: Any) -> Row:
    number = next(_ids)
    total = round(sum(entry["price_total"] for entry in lines if entry["display_type"] == "product"), 3)
    return {
        "id": number,
        "name": f"DOC/{number}" if state == "posted" else False,
        "move_type": kind,
        "state": state,
        "payment_state": "not_paid",
        "invoice_date": "2026-11-03",
        "invoice_date_due": "2026-12-03",
        "amount_total": total,
        "amount_residual": total,
        "ref": False,
        "currency_id": currency or EUR,
        "reversed_entry_id": False,
        "invoice_payments_widget": False,
        "reversal_move_ids": [],
        "invoice_line_ids": list(lines),
        **more,
    }


def invoice(*lines: Row, **more: Any) -> Row:
    return document("out_invoice", *lines, **more)


def note(*lines: Row, **more: Any) -> Row:
    return document("out_refund", *lines, **more)


def paid(row: Row, amount: float, **entry: Any) -> Row:
    """The document with one more entry in its payments widget; by a payment unless told otherwise."""
    number = next(_ids)
    content = (row["invoice_payments_widget"] or {"content": []})["content"]
    match = {
        "amount": amount,
        "date": "2026-11-05",
        "partial_id": number,
        "account_payment_id": number,
        "move_id": number,
        "ref": f"PBNK1/{number}",
        "journal_name": "Bank",
        "payment_method_name": "Manual",
        "is_exchange": False,
        **entry,
    }
    return {**row, "invoice_payments_widget": {"content": [*content, match]}}


def rma(state: str, quantity: float = 1.0, *, of: int = SHOE, **more: Any) -> Row:
    return {
        "id": next(_ids),
        "name": "RMA0007",
        "state": state,
        "product_uom_qty": quantity,
        "date": "2026-11-06 10:00:00",
        "reception_move_id": False,
        "move_id": False,
        "product_id": {"id": of, "display_name": f"[P{of}] Product {of}", "default_code": f"P{of}"},
        "product_uom": UNIT,
        "picking_id": False,
        "refund_id": False,
        **more,
    }


def order(*lines: Row, **more: Any) -> Row:
    return {
        "id": 10,
        "name": "S00010",
        "client_order_ref": False,
        "origin": False,
        "state": "sale",
        "date_order": "2026-10-30 12:00:00",
        "commitment_date": False,
        "invoice_status": "to invoice",
        "delivery_status": "pending",
        "amount_untaxed": 25.0,
        "amount_tax": 5.0,
        "amount_total": 30.0,
        "currency_id": EUR,
        "company_id": {"id": 1, "display_name": "Meridian", "currency_id": EUR},
        "warehouse_id": {"id": 1, "display_name": "Portland DC"},
        "fiscal_position_id": False,
        "partner_id": {"id": 87, "display_name": "Hugo Lindqvist", "name": "Hugo Lindqvist"},
        "partner_shipping_id": False,
        "partner_invoice_id": False,
        "order_line": list(lines) or [line()],
        "picking_ids": [],
        "invoice_ids": [],
        "transaction_ids": [],
        "rma_ids": [],
        "message_ids": [],
        **more,
    }
