"""The usual way to read an order, as a peer: eight plain reads, one after the other, each waiting for the last.

Shares no code with the product. It reads less than the page shows (no loyalty cards, provider transactions or
messages), so the comparison leans towards this reader.
"""

from __future__ import annotations

import http.client
import itertools
import json
import time
from typing import Any
from urllib.parse import urlsplit

Row = dict[str, Any]

READS = 8
PATIENCE_S = 30.0
_numbers = itertools.count(1)


class FlatReader:
    """Keeps its connection where the server does, and its login's number."""

    def __init__(self, url: str, database: str, login: str, key: str) -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(
            parts.hostname or "", parts.port or 80, timeout=PATIENCE_S
        )
        self._database, self._key = database, key
        self._uid = self._ask("common", "authenticate", [database, login, key, {}])
        if not self._uid:
            raise RuntimeError("Odoo refuses the login")
        # These names differ between versions; looked up once, outside of what is measured.
        lines = set(self.call("sale.order.line", "fields_get", attributes=["type"]))
        self._unit = "product_uom_id" if "product_uom_id" in lines else "product_uom"

    def version(self) -> str:
        return str(self._ask("common", "version", [])["server_version"])

    def companies(self) -> list[int]:
        return [row["id"] for row in self.call("res.company", "search_read", fields=["id"], order="id")]

    def orders(self, company: int) -> list[Row]:
        """All orders of a company whose number is theirs alone, oldest first."""
        rows: list[Row] = self.call(
            "sale.order", "search_read", domain=[["company_id", "=", company]], fields=["name", "state", "order_line"],
            order="id",
        )  # fmt: skip
        names = [row["name"] for row in rows]
        return [row for row in rows if names.count(row["name"]) == 1]

    def read(self, number: str, company: int) -> float:
        """Eight reads of one order; answers the milliseconds they took together."""
        began = time.perf_counter()
        context = {"allowed_company_ids": [company]}
        (order,) = self.call(
            "sale.order", "search_read", context=context,
            domain=[["name", "=", number], ["company_id", "=", company]],
            fields=["name", "client_order_ref", "state", "date_order", "amount_untaxed", "amount_tax", "amount_total",
                    "currency_id", "company_id", "warehouse_id", "partner_id", "partner_shipping_id",
                    "partner_invoice_id", "order_line", "picking_ids", "invoice_ids"],
        )  # fmt: skip
        lines = self.call(
            "sale.order.line", "read", context=context, ids=order["order_line"],
            fields=["name", "display_type", "product_id", "product_uom_qty", "qty_delivered", "qty_invoiced",
                    "price_unit", "discount", "price_total", self._unit],
        )  # fmt: skip
        products = sorted({line["product_id"][0] for line in lines if line["product_id"]})
        self.call(
            "product.product", "read", context=context, ids=products,
            fields=["display_name", "default_code", "active", "type", "uom_id"],
        )  # fmt: skip
        self.call(
            "stock.picking", "read", context=context, ids=order["picking_ids"],
            fields=["name", "state", "picking_type_code", "scheduled_date", "date_done", "carrier_tracking_ref",
                    "carrier_id", "location_dest_id", "backorder_id"],
        )  # fmt: skip
        self.call(
            "stock.move", "search_read", context=context, domain=[["picking_id", "in", order["picking_ids"]]],
            fields=["picking_id", "product_id", "product_uom_qty", "quantity", "state", "sale_line_id",
                    "origin_returned_move_id"],
        )  # fmt: skip
        self.call(
            "account.move", "read", context=context, ids=order["invoice_ids"],
            fields=["name", "move_type", "state", "payment_state", "invoice_date", "amount_total", "amount_residual",
                    "currency_id", "reversed_entry_id", "invoice_payments_widget"],
        )  # fmt: skip
        self.call(
            "stock.quant", "search_read", context=context,
            domain=[["product_id", "in", products], ["location_id.usage", "=", "internal"]],
            fields=["product_id", "location_id", "quantity", "reserved_quantity"],
        )  # fmt: skip
        people = {order[name][0] for name in ("partner_id", "partner_shipping_id", "partner_invoice_id")}
        self.call(
            "res.partner", "read", context=context, ids=sorted(people),
            fields=["name", "email", "phone", "street", "street2", "zip", "city", "country_id", "lang", "vat"],
        )  # fmt: skip
        return (time.perf_counter() - began) * 1000

    def call(self, model: str, method: str, *, ids: list[int] | None = None, **named: Any) -> Any:
        positional = [] if ids is None else [ids]
        return self._ask(
            "object", "execute_kw", [self._database, self._uid, self._key, model, method, positional, named]
        )

    def _ask(self, service: str, method: str, arguments: list[Any]) -> Any:
        question = {
            "jsonrpc": "2.0",
            "method": "call",
            "id": next(_numbers),
            "params": {"service": service, "method": method, "args": arguments},
        }
        self._connection.request(
            "POST", "/jsonrpc", json.dumps(question).encode(), {"Content-Type": "application/json"}
        )
        answer = json.loads(self._connection.getresponse().read())
        if "error" in answer:
            raise RuntimeError(f"Odoo refused: {(answer['error'].get('data') or {}).get('name')}")
        return answer.get("result")
