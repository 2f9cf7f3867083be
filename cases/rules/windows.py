"""How long after the order, the shipment or the delivery a customer may come back, and for what.

Pure: no Django. The most exact row counts: of a category before one of all, then of a region before one of all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from cases.rules.fields import Choice, Rows, Text, Unit, Whole, Wrong
from cases.rules.matter import Item, Matter, Remedy, is_in_category


class Start(StrEnum):
    SHIPMENT = "shipment"
    DELIVERY = "delivery"
    ORDER = "order"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    remedy: Annotated[Remedy, Choice(Remedy)]
    category: Annotated[str, Text(120)] = ""  # empty: all
    region: Annotated[str, Text(100)] = ""
    counted_from: Annotated[Start, Choice(Start)] = Start.SHIPMENT
    days: Annotated[int, Whole(0, 3650, Unit.DAYS)] = 30

    def fits(self, item: Item, matter: Matter, remedy: Remedy) -> bool:
        return (
            self.remedy is remedy
            and (not self.category or is_in_category(item.category, self.category))
            and (not self.region or self.region.casefold() == matter.region.casefold())
        )

    @property
    def exactness(self) -> tuple[int, bool]:
        """Of two categories the one further down."""
        return len(self.category.split("/")) if self.category else 0, bool(self.region)


_DEFAULT = (
    Window(remedy=Remedy.REFUND, days=365),
    Window(remedy=Remedy.RETURN, days=30),
    Window(remedy=Remedy.REPLACE, days=365),
    Window(remedy=Remedy.EXCHANGE, days=30),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    rows: Annotated[tuple[Window, ...], Rows(Window, once=("remedy", "category", "region"))] = _DEFAULT
    # A carrier seldom says when something arrived: so many days after it left.
    transit_days: Annotated[int, Whole(0, 60, Unit.DAYS)] = 3

    def objections(self) -> Mapping[str, Wrong]:
        general = {row.remedy for row in self.rows if not row.category and not row.region}
        missing = [remedy.value for remedy in Remedy if remedy not in general]
        return {"rows": Wrong("no_general_window", remedy=missing[0])} if missing else {}

    def row_for(self, item: Item, matter: Matter, remedy: Remedy) -> Window | None:
        fitting = [row for row in self.rows if row.fits(item, matter, remedy)]
        return max(fitting, key=lambda row: row.exactness, default=None)

    def until(self, item: Item, matter: Matter, remedy: Remedy) -> datetime | None:
        """The last moment the shop grants; None where there is no window, or nobody knows since when it runs."""
        row = self.row_for(item, matter, remedy)
        since = self._start(row, item, matter) if row else None
        return since + timedelta(days=row.days) if row and since else None

    def _start(self, row: Window, item: Item, matter: Matter) -> datetime | None:
        if row.counted_from is Start.ORDER:
            return matter.placed_at
        left = matter.left_at(item)
        if left is None:
            return matter.placed_at
        return left + timedelta(days=self.transit_days) if row.counted_from is Start.DELIVERY else left
