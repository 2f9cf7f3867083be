"""Availability per warehouse from the stock rows of a product."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from integrations.canonical import StockLevel
from integrations.odoo.mapping.values import Row, decimal, quantity, related, rows, text, was_cut_short


def stock_levels(product: Row, *, size: Decimal) -> tuple[StockLevel, ...] | None:
    """Internal stock per warehouse in the line's unit, ``size`` product units each.

    None where it was not read, or where so many rows exist that the limit hid some: a sum of a part is no figure.
    """
    if "stock_quant_ids" not in product or was_cut_short(product, "stock_quant_ids"):
        return None
    on_hand: defaultdict[str, Decimal] = defaultdict(Decimal)
    reserved: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in rows(product, "stock_quant_ids"):
        location = related(row, "location_id") or {}
        warehouse = related(location, "warehouse_id")
        if location.get("usage") != "internal" or warehouse is None:
            continue
        name = text(warehouse.get("display_name")) or str(warehouse["id"])
        on_hand[name] += decimal(row.get("quantity"))
        reserved[name] += decimal(row.get("reserved_quantity"))
    return tuple(
        StockLevel(
            warehouse=name,
            on_hand=quantity(on_hand[name] / size),
            reserved=quantity(reserved[name] / size),
            available=quantity((on_hand[name] - reserved[name]) / size),
        )
        for name in sorted(on_hand)
    )


def available_in(levels: tuple[StockLevel, ...] | None, warehouse: str | None) -> Decimal | None:
    """What the order's own warehouse has free; nothing there is zero, not read is None."""
    if levels is None or warehouse is None:
        return None
    return next((level.available for level in levels if level.warehouse == warehouse), Decimal(0))
