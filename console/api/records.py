"""Masked records as the contract's JSON: cells become values, hidden ones null and named under ``masked``."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from cases.masking import Cell, MaskedRecord, Mode
from cases.orders.eligibility import REMEDIES
from cases.orders.workspace import OpenedOrder


def order_json(opened: OpenedOrder, *, at: datetime) -> dict[str, Any]:
    """The order record of the contract. ``problems`` names the parts that could not be read, and why."""
    record = opened.record
    age_s = opened.age_s(at)
    order = record_json(record.order)
    company = order.pop("company")
    for line in order["lines"]:
        verdicts = opened.eligibility.get(line["id"], {})
        line["eligibility"] = {
            remedy.value: record_json(verdicts[remedy]) if remedy in verdicts else None for remedy in REMEDIES
        }
    return {
        "order": {**order, "company": company["id"], "company_name": company["name"]},
        "customer": _customer(opened),
        **{name: _plain(record[name]) for name in _LISTS},
        "timeline": _plain(opened.timeline),
        "contradictions": _plain(opened.contradictions),
        "masked": sorted(_masked_paths(record, *opened.timeline, *opened.contradictions, *opened.holds)),
        "problems": {
            panel.value: (state.problem or state.incomplete or "")
            for panel, state in opened.panels.items()
            if state.problem or state.incomplete
        },
        "freshness": {
            "source": opened.source.value,
            "fetched_at": opened.fetched_at,
            "age_s": age_s,
            "stale": opened.stale,
            "problem": opened.problem or None,
        },
        "odoo_calls": opened.odoo_calls,
    }


_LISTS = ("shipments", "preparations", "returns", "invoices", "credit_notes", "payments", "messages")


def _customer(opened: OpenedOrder) -> dict[str, Any] | None:
    customer = opened.record.customer
    return None if customer is None else {**record_json(customer), "holds": _plain(opened.holds)}


def _masked_paths(*records: MaskedRecord) -> set[str]:
    return {path for record in records for path in record.masked_paths}


def record_json(record: MaskedRecord) -> dict[str, Any]:
    return {name: _plain(value) for name, value in record.items()}


def cell_json(cell: Cell) -> Any:
    """One value by itself."""
    return _plain(cell)


def _plain(value: Any) -> Any:
    if isinstance(value, Cell):
        return None if value.mode is Mode.HIDE else _plain(value.value)
    if isinstance(value, MaskedRecord):
        return record_json(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime | date):
        return value.isoformat()
    if hasattr(value, "currency"):
        return {"amount": format(value.amount, "f"), "currency": value.currency}
    return value
