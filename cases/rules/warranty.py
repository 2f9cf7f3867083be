"""How long goods may be faulty at our cost, after which nobody gets anything for a fault.

Pure: no Django.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from cases.rules.fields import Rows, Text, Unit, Whole
from cases.rules.matter import Item, Matter, is_in_category


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    category: Annotated[str, Text(120)] = ""  # empty: all
    days: Annotated[int, Whole(0, 7300, Unit.DAYS)] = 730


@dataclass(frozen=True, slots=True, kw_only=True)
class Warranty:
    rows: Annotated[tuple[Cover, ...], Rows(Cover, once=("category",))] = (Cover(),)

    def until(self, item: Item, matter: Matter) -> datetime | None:
        fitting = [
            row for row in self.rows if not row.category or is_in_category(item.category, row.category)
        ]
        row = max(
            fitting, key=lambda found: len(found.category.split("/")) if found.category else 0, default=None
        )
        since = matter.left_at(item) or matter.placed_at
        return since + timedelta(days=row.days) if row and since else None

    def covers(self, item: Item, matter: Matter) -> bool:
        until = self.until(item, matter)
        return until is not None and matter.at <= until
