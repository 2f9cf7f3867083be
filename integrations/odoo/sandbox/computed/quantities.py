"""Converts quantities between units of measure, whose factors mean different things per version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..environment import Environment


def contains(env: Environment, uom: int | bool) -> float:
    """How many reference units one of this unit is: 12 for a dozen."""
    if not uom:
        return 1.0
    factor = float(env.store.rows("uom.uom")[uom]["factor"])
    return factor if env.dialect.serie >= 19 else 1.0 / factor


def converted(env: Environment, quantity: float, source: int | bool, target: int | bool) -> float:
    if source == target:
        return quantity
    return quantity * contains(env, source) / contains(env, target)


def in_line_unit(env: Environment, line: Mapping[str, Any], quantity: float) -> float:
    """A quantity in the product's unit, in the order line's unit."""
    product = env.store.rows("product.product")[line["product_id"]]
    unit = env.store.rows("product.template")[product["product_tmpl_id"]]["uom_id"]
    return converted(env, quantity, unit, line.get("product_uom") or line.get("product_uom_id") or False)
