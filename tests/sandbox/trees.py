"""The tree of an order as the sandbox's own tests read it."""

from __future__ import annotations

from typing import Any

from tests.sandbox.process import Sandbox

TREE: dict[str, Any] = {
    "name": {},
    "state": {},
    "origin": {},
    "amount_untaxed": {},
    "amount_tax": {},
    "amount_total": {},
    "delivery_status": {},
    "invoice_status": {},
    "order_line": {
        "fields": {
            "display_type": {},
            "product_uom_qty": {},
            "qty_delivered": {},
            "qty_invoiced": {},
            "price_subtotal": {},
            "price_total": {},
            "is_downpayment": {},
            "is_reward_line": {},
            "move_ids": {},
            "product_id": {"fields": {"type": {}, "active": {}}},
        }
    },
    "picking_ids": {
        "fields": {
            "state": {},
            "picking_type_code": {},
            "carrier_tracking_ref": {},
            "backorder_id": {},
            "return_id": {},
            "location_id": {"fields": {"usage": {}}},
            "location_dest_id": {"fields": {"usage": {}}},
            "move_ids": {
                "fields": {
                    "state": {},
                    "quantity": {},
                    "sale_line_id": {},
                    "origin_returned_move_id": {},
                    "to_refund": {},
                    "bom_line_id": {},
                    "lot_ids": {"fields": {"name": {}}},
                    "product_uom": {"fields": {"name": {}}},
                }
            },
        },
        "order": "id",
    },
    "invoice_ids": {
        "fields": {
            "name": {},
            "move_type": {},
            "state": {},
            "payment_state": {},
            "amount_total": {},
            "amount_residual": {},
            "reversed_entry_id": {},
            "invoice_payments_widget": {},
            "invoice_line_ids": {"fields": {"price_total": {}, "sale_line_ids": {}}},
        },
        "order": "id",
    },
    "transaction_ids": {"fields": {"state": {}, "amount": {}}},
}


_trees: dict[int, list[Any]] = {}


def read_all(odoo: Sandbox) -> list[Any]:
    """Every order's tree, read once for all tests that look at all of them."""
    if odoo.port not in _trees:
        _trees[odoo.port] = odoo.call("sale.order", "web_search_read", [], TREE)["records"]
    return _trees[odoo.port]


def read_story(odoo: Sandbox, key: str) -> Any:
    domain = [["name", "=", odoo.order_name(key)]]
    return odoo.call("sale.order", "web_search_read", domain, TREE)["records"][0]
