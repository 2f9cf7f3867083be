"""Availability per warehouse from the stock rows of a product."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from integrations.canonical import StockLevel
from integrations.odoo.mapping.values import Row, decimal, quantity, related, rows, text, was_cut_short


def stock_levels(product: Row, *, size: Decimal) -> dict[int, StockLevel] | None:
    """Internal stock per warehouse, by its id, in the line's unit, ``size`` product units each.

    None where it was not read, where Odoo keeps no stock of it (a kit's is that of its components), or where so
    many rows exist that the limit hid some: a sum of a part is no figure.
    """
    if not _is_counted(product):
        return None
    if "stock_quant_ids" not in product or was_cut_short(product, "stock_quant_ids"):
        return None
    names: dict[int, str] = {}
    on_hand: defaultdict[int, Decimal] = defaultdict(Decimal)
    reserved: defaultdict[int, Decimal] = defaultdict(Decimal)
    for row in rows(product, "stock_quant_ids"):
        location = related(row, "location_id") or {}
        warehouse = related(location, "warehouse_id")
        if location.get("usage") != "internal" or warehouse is None:
            continue
        # Not by name: every company may have its "Main warehouse".
        key = warehouse["id"]
        names[key] = text(warehouse.get("display_name")) or str(key)
        on_hand[key] += decimal(row.get("quantity"))
        reserved[key] += decimal(row.get("reserved_quantity"))
    return {
        key: StockLevel(
            warehouse=names[key],
            on_hand=quantity(on_hand[key] / size),
            reserved=quantity(reserved[key] / size),
            available=quantity((on_hand[key] - reserved[key]) / size),
        )
        for key in sorted(names, key=lambda key: (names[key], key))
    }


def _is_counted(product: Row) -> bool:
    """17 says it in the product's type, 18 and later in a mark of its own."""
    if "is_storable" in product:
        return bool(product["is_storable"])
    return str(product.get("detailed_type", "product")) == "product"


def available_in(levels: Mapping[int, StockLevel] | None, warehouse: int | None) -> Decimal | None:
    """What the order's own warehouse has free; nothing there is zero, not read is None."""
    if levels is None or warehouse is None:
        return None
    level = levels.get(warehouse)
    return level.available if level else Decimal(0)
