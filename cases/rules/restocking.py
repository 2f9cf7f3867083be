"""What the shop keeps back of goods that come back sound; the law and a fault leave nothing to keep.

Pure: no Django.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

from cases.rules.fields import Amount, Rows, Text, Unit
from cases.rules.matter import Item, Matter, Nature, is_in_category
from cases.rules.statutory import Statutory

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    category: Annotated[str, Text(120)] = ""  # empty: all
    percent: Annotated[Decimal, Amount(Decimal(0), Decimal(50), Unit.PERCENT)] = Decimal(10)
    at_most: Annotated[Decimal, Amount(Decimal(0), Decimal(100_000), Unit.MONEY)] = Decimal(50)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restocking:
    rows: Annotated[tuple[Fee, ...], Rows(Fee, once=("category",))] = ()

    def row_for(self, item: Item, matter: Matter, statutory: Statutory) -> Fee | None:
        if matter.nature is Nature.FAULT or statutory.covers(item, matter):
            return None
        fitting = [
            row for row in self.rows if not row.category or is_in_category(item.category, row.category)
        ]
        return max(
            fitting, key=lambda found: len(found.category.split("/")) if found.category else 0, default=None
        )

    def fee(self, item: Item, price: Decimal, matter: Matter, statutory: Statutory) -> Decimal:
        """Of the price of what comes back, tax included."""
        row = self.row_for(item, matter, statutory)
        if row is None or price <= 0:
            return Decimal(0)
        share = (price * row.percent / 100).quantize(_CENT, ROUND_HALF_UP)
        return min(share, row.at_most)
