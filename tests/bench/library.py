"""Another peer: the same order through odoorpc, call by call, as scripts and small integrations read it.

Each record is asked for when it is reached, one after the other. Like the flat reader it reads less than the page.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import odoorpc

Row = dict[str, Any]

PATIENCE_S = 60.0

_ORDER = ["name", "state", "date_order", "amount_total", "company_id", "warehouse_id", "partner_id",
          "partner_shipping_id", "order_line", "picking_ids", "invoice_ids"]  # fmt: skip
_LINE = ["name", "product_id", "product_uom_qty", "qty_delivered", "qty_invoiced", "price_unit", "discount"]
_PICKING = ["name", "state", "scheduled_date", "date_done", "carrier_tracking_ref", "move_ids"]
_MOVE = ["product_id", "product_uom_qty", "quantity", "state"]
_INVOICE = ["name", "move_type", "state", "payment_state", "amount_total", "amount_residual"]
_PARTNER = ["name", "email", "phone", "street", "zip", "city", "country_id"]


class LibraryReader:
    """Signed in with an API key, which the library's own sign-in form does not take."""

    def __init__(self, url: str, database: str, login: str, key: str) -> None:
        parts = urlsplit(url)
        safe = parts.scheme == "https"
        self._odoo = odoorpc.ODOO(
            parts.hostname or "",
            protocol="jsonrpc+ssl" if safe else "jsonrpc",
            port=parts.port or (443 if safe else 80),
            timeout=PATIENCE_S,
            version="18.0",
        )
        self._database, self._key = database, key
        self._uid = self._ask("common", "authenticate", [database, login, key, {}])
        self.calls = 0

    def read(self, number: str, company: int) -> float:
        """One order with all that hangs on it; answers the milliseconds it took."""
        began, self.calls = time.perf_counter(), 0
        found = self._call("sale.order", "search", [[["name", "=", number], ["company_id", "=", company]]])
        (order,) = self._one_by_one("sale.order", found, _ORDER)
        lines = self._one_by_one("sale.order.line", order["order_line"], _LINE)
        products = sorted({line["product_id"][0] for line in lines if line["product_id"]})
        self._one_by_one("product.product", products, ["display_name", "default_code", "type"])
        for product in products:
            self._call(
                "stock.quant",
                "search_read",
                [[["product_id", "=", product], ["location_id.usage", "=", "internal"]]],
                {"fields": ["location_id", "quantity", "reserved_quantity"]},
            )
        for picking in self._one_by_one("stock.picking", order["picking_ids"], _PICKING):
            self._call("stock.move", "read", [picking["move_ids"], _MOVE])
        self._one_by_one("account.move", order["invoice_ids"], _INVOICE)
        self._one_by_one(
            "res.partner",
            sorted({order[name][0] for name in ("partner_id", "partner_shipping_id")}),
            _PARTNER,
        )
        return (time.perf_counter() - began) * 1000

    def _one_by_one(self, model: str, ids: Iterable[int], fields: list[str]) -> list[Row]:
        return [self._call(model, "read", [[number], fields])[0] for number in ids]

    def _call(self, model: str, method: str, positional: list[Any], named: Row | None = None) -> Any:
        self.calls += 1
        return self._ask(
            "object",
            "execute_kw",
            [self._database, self._uid, self._key, model, method, positional, named or {}],
        )

    def _ask(self, service: str, method: str, arguments: list[Any]) -> Any:
        return self._odoo.json("/jsonrpc", {"service": service, "method": method, "args": arguments})[
            "result"
        ]
