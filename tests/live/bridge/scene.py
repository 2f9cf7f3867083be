"""Orders of our own in a real Odoo, made, delivered and invoiced by its administrator, to be refunded by the tests."""

from __future__ import annotations

import json
import os
import secrets
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.live.flat_wire import PATIENCE_S, server_major


class OdooSays(Exception):
    """The error's own name and what it says first: the tests' own orders hold nothing personal."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message[:300]}")
        self.name, self.message = name, message


@dataclass(slots=True)
class Caller:
    """``/jsonrpc`` as one user; it knows a password as well as a key, and is there on 17, 18 and 19."""

    url: str
    database: str
    login: str
    key: str = field(repr=False)
    uid: int = 0

    def __post_init__(self) -> None:
        self.uid = self._ask("common", "authenticate", [self.database, self.login, self.key, {}])
        assert self.uid, f"{self.login} cannot sign in"

    def __call__(self, model: str, method: str, *args: Any, **named: Any) -> Any:
        arguments = [self.database, self.uid, self.key, model, method, list(args), named]
        return self._ask("object", "execute_kw", arguments)

    def create(self, model: str, values: dict[str, Any], **context: Any) -> int:
        made = self(model, "create", [values], context=context)
        return int(made[0])

    def _ask(self, service: str, method: str, arguments: list[Any]) -> Any:
        body = {"jsonrpc": "2.0", "method": "call", "id": 1}
        body["params"] = {"service": service, "method": method, "args": arguments}
        request = urllib.request.Request(
            f"{self.url}/jsonrpc", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=PATIENCE_S * 3) as answer:
            told = json.loads(answer.read())
        if "error" in told:
            data = told["error"].get("data") or {}
            raise OdooSays(str(data.get("name")), str(data.get("message")))
        return told.get("result")


def administrator() -> Caller:
    variables = os.environ
    return Caller(
        variables["ODOO_URL"],
        variables["ODOO_DB"],
        variables["ODOO_ADMIN_LOGIN"],
        variables["ODOO_ADMIN_API_KEY"],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    order_id: int
    order_ref: str
    invoice_id: int
    company_id: int


GOODS = ((19, 4, 33.33), (7, 2, 12.49))  # rate, quantity, price without tax
SHIPPING = (19, 1, 5.90)


class Scene:
    """One company of one Odoo, with two tax rates and something to sell at each."""

    def __init__(self) -> None:
        self.admin = administrator()
        self.major = server_major(self.admin.url)
        self.company = self._company()
        self.context = {"allowed_company_ids": [self.company], "tracking_disable": True}
        self.taxes = {rate: self._tax(rate) for rate in (19, 7)}
        self.products = {rate: self._product(f"goods at {rate}", rate) for rate in (19, 7)}
        self.shipping = self._product("shipping", 19, service=True)

    def _company(self) -> int:
        rows = self.admin(
            "res.users",
            "search_read",
            [["login", "=", os.environ["ODOO_LOGIN"]]],
            fields=["company_id", "partner_id"],
        )
        return int(rows[0]["company_id"][0])

    def _tax(self, rate: int) -> int:
        name = f"Deskglass test {rate}"
        domain = [["name", "=", name], ["company_id", "=", self.company]]
        found = self.admin("account.tax", "search", domain, context=self.context)
        if found:
            return int(found[0])
        values = {"name": name, "amount": rate, "type_tax_use": "sale", "company_id": self.company}
        return self.admin.create("account.tax", values, **self.context)

    def _product(self, name: str, rate: int, *, service: bool = False) -> int:
        code = f"DG-{name}"
        found = self.admin("product.product", "search", [["default_code", "=", code]], context=self.context)
        if found:
            return int(found[0])
        kind = "detailed_type" if self.major == 17 else "type"
        values = {
            "name": f"Deskglass {name}",
            "default_code": code,
            kind: "service" if service else "consu",
            "invoice_policy": "order" if service else "delivery",
            "taxes_id": [[6, 0, [self.taxes[rate]]]],
        }
        return self.admin.create("product.product", values, **self.context)

    def sold(self, goods: Sequence[tuple[int, int, float]] = GOODS, *, paid: bool = False) -> Sold:
        """An order, delivered whole, with one posted invoice."""
        tax = "tax_ids" if self.major >= 19 else "tax_id"
        lines = [
            {
                "product_id": self.products[rate],
                "product_uom_qty": quantity,
                "price_unit": price,
                tax: [[6, 0, [self.taxes[rate]]]],
            }
            for rate, quantity, price in goods
        ]
        rate, quantity, price = SHIPPING
        lines.append(
            {
                "product_id": self.shipping,
                "product_uom_qty": quantity,
                "price_unit": price,
                tax: [[6, 0, [self.taxes[rate]]]],
            }
        )
        partner = self.admin.create("res.partner", {"name": f"Deskglass test {secrets.token_hex(3)}"})
        values = {
            "partner_id": partner,
            "company_id": self.company,
            "order_line": [[0, 0, line] for line in lines],
        }
        order = self.admin.create("sale.order", values, **self.context)
        self.admin("sale.order", "action_confirm", [order], context=self.context)
        self._deliver(order)
        invoice = self._invoice(order)
        row = self.admin("sale.order", "read", [order], fields=["name"], context=self.context)[0]
        return Sold(order_id=order, order_ref=row["name"], invoice_id=invoice, company_id=self.company)

    def _deliver(self, order: int) -> None:
        while True:
            domain = [["sale_id", "=", order], ["state", "not in", ["done", "cancel"]]]
            pickings = self.admin(
                "stock.picking", "search_read", domain, fields=["move_ids"], order="id", context=self.context
            )
            if not pickings:
                return
            picking = pickings[0]
            moves = self.admin(
                "stock.move", "read", picking["move_ids"], fields=["product_uom_qty"], context=self.context
            )
            for move in moves:
                done = {"quantity": move["product_uom_qty"], "picked": True}
                self.admin("stock.move", "write", [move["id"]], done, context=self.context)
            context = {**self.context, "skip_sms": True, "skip_backorder": True}
            self.admin("stock.picking", "button_validate", [picking["id"]], context=context)

    def _invoice(self, order: int) -> int:
        context = {
            **self.context, "active_model": "sale.order", "active_id": order, "active_ids": [order],
        }  # fmt: skip
        wizard = self.admin.create(
            "sale.advance.payment.inv", {"advance_payment_method": "delivered"}, **context
        )
        self.admin("sale.advance.payment.inv", "create_invoices", [wizard], context=context)
        row = self.admin("sale.order", "read", [order], fields=["invoice_ids"], context=self.context)[0]
        (invoice,) = row["invoice_ids"]
        self.admin("account.move", "action_post", [invoice], context=self.context)
        return int(invoice)

    # -- what a person does beside us ----------------------------------------------------------------

    def draft_by_hand(self, sold: Sold) -> int:
        """A credit note of somebody else's, by Odoo's own wizard."""
        context = {**self.context, "active_model": "account.move", "active_ids": [sold.invoice_id]}
        journal = self.read("account.move", sold.invoice_id, "journal_id")["journal_id"][0]
        values = {"reason": "by hand", "journal_id": journal}
        wizard = self.admin.create("account.move.reversal", values, **context)
        answer = self.admin("account.move.reversal", "refund_moves", [wizard], context=context)
        return int(answer["res_id"])

    def read(self, model: str, number: int, fields: str) -> dict[str, Any]:
        rows = self.admin(model, "read", [number], fields=fields.split(), context=self.context)
        return dict(rows[0])

    def notes_of(self, sold: Sold) -> list[dict[str, Any]]:
        return list(
            self.admin(
                "account.move",
                "search_read",
                [["reversed_entry_id", "=", sold.invoice_id], ["state", "!=", "cancel"]],
                fields=["state", "amount_total", "amount_tax", "ref", "invoice_line_ids"],
                context=self.context,
            )
        )

    def user(self, name: str, *groups: str) -> Caller:
        """Somebody with exactly these groups, who signs in with a password made up here."""
        login, password = f"{name}-{secrets.token_hex(3)}@deskglass.example", secrets.token_hex(12)
        field_name = "group_ids" if self.major >= 19 else "groups_id"
        values = {
            "name": name,
            "login": login,
            "email": login,
            "password": password,
            "company_id": self.company,
            "company_ids": [[6, 0, [self.company]]],
            field_name: [[6, 0, [self.group(group) for group in groups]]],
        }
        self.admin.create("res.users", values)
        return Caller(self.admin.url, self.admin.database, login, password)

    def group(self, xmlid: str) -> int:
        module, name = xmlid.split(".")
        domain = [["module", "=", module], ["name", "=", name]]
        rows = self.admin("ir.model.data", "search_read", domain, fields=["res_id"])
        return int(rows[0]["res_id"])
