"""Reads recorded exchanges and puts the sandbox's own ids, names and keys in the place of the recorded ones."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.sandbox.process import Answer, Sandbox

RECORDINGS = Path(__file__).parent / "recordings"
READ_FILES = ("02-order-read", "03-order-360-one-call", "04-availability", "05-partner-loyalty", "06-lookup")
SHOWN_ORDER = "return_received_and_refunded"
WRONG_KEY = "0123456789abcdef"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    serie: int
    file: str
    title: str
    request: Mapping[str, Any]
    response: Mapping[str, Any]

    @property
    def id(self) -> str:
        return f"{self.serie}-{self.file}-{self.title[:60]}"

    @property
    def is_json2(self) -> bool:
        return str(self.request["path"]).startswith("/json/2/")

    @property
    def model(self) -> str:
        if self.is_json2:
            return str(self.request["path"]).split("/")[3]
        body = self.request["body"]
        args = body["params"]["args"] if isinstance(body, dict) else []
        return str(args[3]) if len(args) > 3 else ""


def load(serie: int, file: str) -> list[Exchange]:
    path = RECORDINGS / str(serie) / f"{file}.json"
    return [Exchange(serie=serie, file=file, **entry) for entry in json.loads(path.read_text())]


def load_reads() -> list[Exchange]:
    found = []
    for serie in (17, 18, 19):
        for file in READ_FILES:
            found += load(serie, file)
            found += load(serie, f"{file}-json2") if serie == 19 else []
    return found


_known: dict[int, dict[str, Any]] = {}


def facts_of(odoo: Sandbox) -> dict[str, Any]:
    """What stands in this sandbox for the recorded order, customer, invoice and parcel."""
    if odoo.port not in _known:
        _known[odoo.port] = find_facts(odoo)
    return _known[odoo.port]


def find_facts(odoo: Sandbox) -> dict[str, Any]:
    name = odoo.order_name(SHOWN_ORDER)
    fields = ["client_order_ref", "partner_id", "invoice_ids", "picking_ids"]
    order = odoo.call("sale.order", "search_read", [["name", "=", name]], fields)[0]
    partner = odoo.call(
        "res.partner", "read", [order["partner_id"][0]], ["email_normalized", "phone_sanitized", "phone"]
    )[0]
    invoices = odoo.call("account.move", "read", order["invoice_ids"], ["name", "invoice_payments_widget"])
    pickings = odoo.call("stock.picking", "read", order["picking_ids"], ["carrier_tracking_ref"])
    cards = odoo.call("loyalty.card", "search_read", [["points", ">", 0]], ["partner_id"])
    entries = [e for i in invoices for e in i["invoice_payments_widget"]["content"]]
    return {
        "order_id": order["id"],
        "name": name,
        "reference": order["client_order_ref"],
        "partner": partner["id"],
        "email": partner["email_normalized"],
        "phone": partner["phone_sanitized"],
        "digits": partner["phone"][-6:],
        "invoices": order["invoice_ids"],
        "invoice_name": invoices[0]["name"],
        "payments": [entry["account_payment_id"] for entry in entries],
        "tracking": next(p["carrier_tracking_ref"] for p in pickings if p["carrier_tracking_ref"]),
        "loyal": cards[0]["partner_id"][0],
    }


def adapt_leaf(leaf: list[Any], model: str, here: Mapping[str, Any]) -> list[Any]:
    name, operator, value = leaf
    by_field = {
        "order_id": here["order_id"],
        "sale_id": here["order_id"],
        "picking_id.sale_id": here["order_id"],
        "client_order_ref": here["reference"],
        "partner_id.email": str(here["email"]).upper(),
        "email_normalized": here["email"],
        "phone_sanitized": here["phone"],
        "partner_id.phone_sanitized": here["phone"],
        "phone_mobile_search": here["digits"].replace(" ", ""),
        "carrier_tracking_ref": here["tracking"],
        "picking_ids.carrier_tracking_ref": here["tracking"],
        "invoice_ids.name": here["invoice_name"],
        "move_id": here["invoices"],
        "partner_id": here["loyal"],
    }
    if name == "id":
        return [name, operator, here["invoices"] if model == "account.move" else here["payments"]]
    if name == "name":
        return [name, operator, here["name"] if operator == "=" else here["reference"]]
    return [name, operator, by_field.get(name, value)]


def adapt_domain(domain: list[Any], model: str, here: Mapping[str, Any]) -> list[Any]:
    return [adapt_leaf(term, model, here) if isinstance(term, list) else term for term in domain]


def adapt_ids(ids: list[int], model: str, here: Mapping[str, Any]) -> list[int]:
    if max(ids) > 1_000_000:
        return ids
    if model == "sale.order":
        return [here["order_id"]]
    return [here["partner"]] if model == "res.partner" else ids


def role_of(exchange: Exchange) -> str:
    if "stock user" in exchange.title:
        return "no_invoicing"
    if "sales user" in exchange.title:
        return "sales"
    return "company2" if "record rule" in exchange.title else "integration"


def send(odoo: Sandbox, exchange: Exchange) -> Answer:
    """Sends the recorded request to the sandbox, adapted."""
    return send_json2(odoo, exchange) if exchange.is_json2 else send_jsonrpc(odoo, exchange)


def send_json2(odoo: Sandbox, exchange: Exchange) -> Answer:
    request, here = exchange.request, facts_of(odoo)
    headers = dict(request["headers"])
    if "Authorization" in headers:
        key = WRONG_KEY if exchange.title == "wrong API key" else odoo.keys[role_of(exchange)]["key"]
        headers["Authorization"] = f"bearer {key}"
    if headers.get("X-Odoo-Database", "").startswith("odoo"):
        headers["X-Odoo-Database"] = odoo.database
    body = request.get("body")
    if isinstance(body, dict):
        body = dict(body)
        if "domain" in body:
            body["domain"] = adapt_domain(body["domain"], exchange.model, here)
        if "ids" in body:
            body["ids"] = adapt_ids(body["ids"], exchange.model, here)
    payload = body.encode() if isinstance(body, str) else body
    return odoo.send(request["method"], request["path"], payload, headers)


def send_jsonrpc(odoo: Sandbox, exchange: Exchange) -> Answer:
    request, here = exchange.request, facts_of(odoo)
    body = request["body"]
    if not isinstance(body, dict):
        payload = body.encode() if body else None
        return odoo.send(request["method"], request["path"], payload, request["headers"])
    params = body["params"]
    args = list(params.get("args", []))
    role = role_of(exchange)
    if params.get("method") == "authenticate":
        key = args[2] if args[2] == "wrong-key" else odoo.keys[role]["key"]
        args = [odoo.database, odoo.keys[role]["login"], key, {}]
    elif len(args) > 4:
        model, method, positional, named = args[3], args[4], args[5], dict(args[6])
        if positional and isinstance(positional[0], list) and all(isinstance(i, int) for i in positional[0]):
            positional = [adapt_ids(positional[0], model, here), *positional[1:]]
        if model == "res.users":
            positional = [[odoo.user_id(role)]]
        if "domain" in named:
            named["domain"] = adapt_domain(named["domain"], model, here)
        key = args[2] if args[2] != "REDACTED" else odoo.keys[role]["key"]
        database = odoo.database if args[0].startswith("odoo") else args[0]
        args = [database, odoo.user_id(role), key, model, method, positional, named]
    adapted = {**body, "params": {**params, "args": args}} if params else body
    return odoo.send(request["method"], request["path"], adapted, request["headers"])
