"""Puts words to what a replacement changes, and shows what leaves a shelf by who may see it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from cases.actions.record_shapes import StockRecord
from integrations.canonical import Money

FIGURES = frozenset({"replacement_order", "carrier", "no_charges", "promised", "sent_again"})


def sentences() -> dict[str, str]:
    return {
        "replacement_order": gettext("New order in place of %(order)s"),
        "customer_ref": gettext("The customer’s own reference"),
        "sent_again": gettext("%(quantity)s × %(line)s: price of one"),
        "warehouse": gettext("Warehouse"),
        "carrier": gettext("Carrier"),
        "no_charges": gettext("Delivery charge, loyalty points and promotions"),
        "promised": gettext("Promised date"),
    }


def figure(code: str, value: str, words: Mapping[str, str]) -> str:
    if code == "replacement_order" and value == "1":
        return gettext("confirmed; %(order)s and our reference stand in its origin") % words
    if code == "sent_again" and value.startswith("0.00 "):
        return gettext("%(price)s, by a discount of 100 %%") % {"price": value}
    if code == "no_charges":
        return gettext("none")
    if code == "promised":
        return gettext("Odoo’s own, once the order is confirmed")
    if code == "carrier" and value == "none":
        return gettext("none: the first order has none")
    if code == "carrier" and value == "charges":
        return gettext("none: %(carrier)s would put its costs on the new order") % words
    if code == "carrier" and value == "same":
        return words["carrier"]
    return value


def stock_records(facts: Mapping[str, Any]) -> tuple[StockRecord, ...]:
    """From what was stored when it was judged last."""
    return tuple(_record(row) for row in facts.get("stock", ()))


def _record(row: Mapping[str, Any]) -> StockRecord:
    needed = Decimal(row["needed"])
    free = None if row["free"] is None else Decimal(row["free"])
    return StockRecord(
        product=row["product"],
        warehouse=row["warehouse"],
        needed=needed,
        free_before=free,
        free_after=None if free is None else free - needed,
        cost=None if row["cost"] is None else Money(Decimal(row["cost"]), row["currency"]),
    )
