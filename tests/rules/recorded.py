"""Answers of real Odoo servers, as they were recorded: transcripts of single calls, and orders read whole."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from integrations.canonical import Branch, OrderRecord
from integrations.odoo.capabilities import Capabilities, Protocol
from integrations.odoo.dialects import dialect_for
from integrations.odoo.mapping.order import order_record

RECORDINGS = Path(__file__).parent / "recordings"
VERSIONS = (17, 18, 19)
# Version and wire protocol of each transcript of the whole order.
WIRES = ((17, ""), (18, ""), (19, ""), (19, "-json2"))
EVERYTHING = frozenset(Branch)

Row = dict[str, Any]


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def exact(*values: Any) -> tuple[Any, ...]:
    """Figures side by side, to be compared with plain numbers."""
    return values


def answers(version: int, name: str, wire: str = "") -> dict[str, Any]:
    """Title of each recorded exchange to its result, the wrapping of the protocol taken off."""
    exchanges = json.loads(_text(RECORDINGS / str(version) / f"{name}{wire}.json"))
    return {entry["title"]: _result(entry["response"]["body"]) for entry in exchanges if "response" in entry}


def _result(body: Any) -> Any:
    return body.get("result", body) if isinstance(body, dict) and "jsonrpc" in body else body


def capabilities(version: int, *, without: frozenset[str] = frozenset()) -> Capabilities:
    """What the integration user of a real server saw; ``without`` takes the right to read some models away."""
    saved = json.loads(_text(RECORDINGS / str(version) / "fields.json"))
    return Capabilities(
        version=version,
        protocol=Protocol.JSONRPC,
        fields={model: frozenset(names.split()) for model, names in saved["fields"].items()},
        readable=frozenset(saved["readable"].split()) - without,
    )


def order_row(version: int, name: str) -> Row:
    """An order as a real server answered our own specification."""
    return next(row for row in _orders(version)["orders"] if row["name"] == name)


def loyalty_rows(version: int) -> list[Row]:
    cards: list[Row] = _orders(version)["loyalty"]
    return cards


def _orders(version: int) -> Any:
    return json.loads(_text(RECORDINGS / str(version) / "orders.json"))


def record_of(
    row: Row,
    version: int,
    cards: list[Row] | None = None,
    *,
    read: frozenset[Branch] = EVERYTHING,
    payment_details: bool = True,
) -> OrderRecord:
    return order_record(
        row,
        cards or [],
        connection="main",
        dialect=dialect_for(version),
        read=read,
        payment_details=payment_details,
    )


def recorded_order(version: int, name: str) -> OrderRecord:
    return record_of(order_row(version, name), version, loyalty_rows(version))


def whole_order(version: int, wire: str = "") -> Row:
    """S00010 from the transcript of the nested read.

    That specification asked for fewer fields than ours: what it left out is added from the flat answers recorded
    in the same session (due dates, line wordings), and directions from the transfer's type.
    """
    nested = answers(version, "03-order-360-one-call", wire)
    row: Row = nested["whole order tree in ONE call: web_search_read with a nested specification"]["records"][
        0
    ]
    flat = answers(version, "02-order-read", wire)
    invoices = {entry["id"]: entry for entry in flat["invoices and credit notes"]}
    invoice_lines = {entry["id"]: entry for entry in flat["invoice lines"]}
    for invoice in row["invoice_ids"]:
        invoice |= {"currency_id": row["currency_id"]}
        invoice["invoice_date_due"] = invoices[invoice["id"]]["invoice_date_due"]
        for line in invoice["invoice_line_ids"]:
            line["name"] = invoice_lines[line["id"]]["name"]
    for picking in row["picking_ids"]:
        set_directions(picking)
    return row


def set_directions(picking: Row) -> None:
    """``location_usage`` and its counterpart, which the transcripts did not ask for, by the kind of transfer."""
    back = picking["picking_type_code"] == "incoming"
    for move in picking["move_ids"]:
        move["location_usage"] = "customer" if back else "internal"
        move["location_dest_usage"] = "internal" if back else "customer"
