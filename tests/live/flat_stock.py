"""Asks Odoo for its own availability of products, warehouse by warehouse."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from tests.live.flat_wire import FlatOdoo, Row
from tests.live.flat_words import amount


class Stock:
    """What every warehouse in sight holds of some products, in the products' own units."""

    def __init__(self, odoo: FlatOdoo, major: int, products: Iterable[Row]) -> None:
        self._held: dict[int, dict[str, tuple[Decimal, Decimal]]] = defaultdict(dict)
        counted = [product["id"] for product in products if _is_counted(product)]
        if not counted:
            return
        for warehouse in odoo.search("stock.warehouse", [], "name", order="id"):
            # The other version's word for it is silently ignored and gives the sum over all warehouses.
            context = {"warehouse" if major <= 17 else "warehouse_id": warehouse["id"]}
            for key, row in odoo.read(
                "product.product", counted, "qty_available free_qty", **context
            ).items():
                self._held[key][warehouse["name"]] = amount(row["qty_available"]), amount(row["free_qty"])

    def of(self, product: int, size: Decimal) -> dict[str, Row] | None:
        """By warehouse, in units of ``size`` product units; None where Odoo does not count this product's stock."""
        if product not in self._held:
            return None
        return {
            warehouse: {
                "warehouse": warehouse,
                "on_hand": held / size,
                "reserved": (held - free) / size,
                "available": free / size,
            }
            for warehouse, (held, free) in self._held[product].items()
        }


def _is_counted(product: Row) -> bool:
    if "is_storable" in product:
        return bool(product["is_storable"])
    return bool(product.get("detailed_type", product.get("type")) == "product")
