"""What is asked about documents that bear a reference of ours or hang on an order, and the answers in our words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from integrations.canonical import Money
from integrations.canonical.evidence import Evidence
from integrations.odoo.capabilities import Capabilities
from integrations.odoo.dialects import dialect_for
from integrations.odoo.effects_answers import standing
from integrations.odoo.mapping.documents import billing_lines, number
from integrations.odoo.mapping.values import (
    Currency,
    Row,
    decimal,
    moment,
    quantity,
    reference,
    related,
    rows,
    text,
)
from integrations.odoo.specification import Relation, Specification, cut_wish

# Where each kind of document keeps the reference that the bridge wrote into it.
MARKED_FIELDS = {
    "account.move": "ref",
    "stock.picking": "origin",
    "sale.order": "origin",
    "rma": "origin",
}
_MARK = re.compile(r"\b[A-Z]{1,3}-[0-9A-Z]{5}\b")


def _leaves(names: str) -> dict[str, Relation | None]:
    return dict.fromkeys(names.split())


_COMPANY = Relation("res.company", _leaves("display_name"))
_CURRENCY = Relation("res.currency", _leaves("name decimal_places"))
_NOTE: dict[str, Relation | None] = {
    **_leaves("name move_type state amount_total ref create_date"),
    "company_id": _COMPANY,
    "currency_id": _CURRENCY,
    "reversed_entry_id": Relation("account.move", _leaves("name")),
    "invoice_line_ids": Relation("account.move.line", _leaves("quantity display_type")),
}
_TRANSFER: dict[str, Relation | None] = {
    **_leaves("name state origin create_date backorder_id"),
    "company_id": _COMPANY,
    "move_ids": Relation("stock.move", _leaves("state product_uom_qty")),
}
_WISHES: dict[str, dict[str, Relation | None]] = {
    "account.move": _NOTE,
    "stock.picking": _TRANSFER,
    "sale.order": {
        **_leaves("name state origin amount_total create_date"),
        "company_id": _COMPANY,
        "currency_id": _CURRENCY,
        "order_line": Relation("sale.order.line", _leaves("product_uom_qty display_type")),
    },
    "rma": {**_leaves("name state origin create_date product_uom_qty"), "company_id": _COMPANY},
}


def specification_of(model: str, capabilities: Capabilities) -> Specification:
    return cut_wish(model, _WISHES[model], capabilities)


def order_specification(capabilities: Capabilities) -> Specification:
    """An order's credit notes, those that hang on its invoices only, and the transfers by which goods came back."""
    reversals = dialect_for(capabilities.version).reversals
    invoice = {**_NOTE, reversals: Relation("account.move", _NOTE)}
    back = Relation(
        "stock.move",
        {"picking_id": Relation("stock.picking", _TRANSFER), **_leaves("origin_returned_move_id")},
    )
    moves = {
        "picking_id": Relation("stock.picking", _TRANSFER),
        **_leaves("origin_returned_move_id"),
        "returned_move_ids": back,
    }
    wish: dict[str, Relation | None] = {
        **_leaves("name"),
        "invoice_ids": Relation("account.move", invoice),
        "order_line": Relation("sale.order.line", {"move_ids": Relation("stock.move", moves)}),
    }
    return cut_wish("sale.order", wish, capabilities)


def evidence_of(model: str, row: Row, *, company_id: int = 0, order_ref: str | None = None) -> Evidence:
    company = related(row, "company_id")
    return Evidence(
        model=model,
        id=int(row["id"]),
        company_id=int(company["id"]) if company else company_id,
        ref=number(row),
        state=standing(model, str(row["state"])),
        made_at=moment(row.get("create_date")),
        total=_total(row),
        quantities=tuple(sorted(_quantities(model, row))),
        marks=frozenset(_MARK.findall(text(row.get(MARKED_FIELDS[model])) or "")),
        is_rest=reference(row, "backorder_id") is not None,
        corrects=reference(row, "reversed_entry_id"),
        order_ref=order_ref,
    )


def made_on_order(order: Row, *, version: int, company_id: int) -> Iterator[Evidence]:
    """Each document once, also where several lines or invoices lead to it."""
    ref = str(order["name"])
    reversals = dialect_for(version).reversals
    notes: dict[int, Row] = {}
    for document in rows(order, "invoice_ids"):
        for found in (document, *rows(document, reversals)):
            if text(found.get("move_type")) == "out_refund":
                notes[found["id"]] = found
    transfers: dict[int, Row] = {}
    for line in rows(order, "order_line"):
        for move in rows(line, "move_ids"):
            for one in (move, *rows(move, "returned_move_ids")):
                picking = related(one, "picking_id")
                if picking is not None and (one is not move or reference(one, "origin_returned_move_id")):
                    transfers[picking["id"]] = picking
    for model, found_rows in (("account.move", notes), ("stock.picking", transfers)):
        for key in sorted(found_rows):
            yield evidence_of(model, found_rows[key], company_id=company_id, order_ref=ref)


def _total(row: Row) -> Money | None:
    if "amount_total" not in row:
        return None
    return Currency(related(row, "currency_id")).money(row["amount_total"])


def _quantities(model: str, row: Row) -> list[Decimal]:
    if model == "account.move":
        return [quantity(line.get("quantity")) for line in billing_lines(row)]
    if model == "sale.order":
        return [
            quantity(line.get("product_uom_qty"))
            for line in rows(row, "order_line")
            if not line.get("display_type")
        ]
    if model == "stock.picking":
        return [
            quantity(move.get("product_uom_qty"))
            for move in rows(row, "move_ids")
            if move.get("state") != "cancel" and decimal(move.get("product_uom_qty"))
        ]
    return [quantity(row.get("product_uom_qty"))]


__all__ = ["MARKED_FIELDS", "evidence_of", "made_on_order", "order_specification", "specification_of"]
