"""A request for a return as it was stored, in the words rules use: every line with the reason it comes back for.

Pure: no Django.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from cases.rules.asked import Asked
from cases.rules.matter import Item, Matter
from cases.rules.reasons import CodeSet


@dataclass(frozen=True, slots=True, kw_only=True)
class BackOf:
    """What comes back of one delivery's line."""

    item: Item
    name: str
    quantity: Decimal
    returnable: Decimal  # before this, less what else is being asked back
    worth: Decimal  # tax included
    matter: Matter  # by the reason of this line


class AskedBack(Asked):
    """Payload and facts of one return, with the rules of its brand."""

    @cached_property
    def back(self) -> tuple[BackOf, ...]:
        return tuple(self._line(line) for line in self.about.get("lines", ()))

    def _line(self, line: Mapping[str, Any]) -> BackOf:
        nature = self.book.reasons.nature(CodeSet.CUSTOMER, str(line["reason"]))
        left_at = str(line["left_at"])
        return BackOf(
            item=Item(
                sku=line["sku"],
                category=line["category"],
                left_at=datetime.fromisoformat(left_at) if left_at else None,
            ),
            name=line["name"],
            quantity=Decimal(line["quantity"]),
            returnable=Decimal(line["returnable"]),
            worth=Decimal(line["total"]),
            matter=replace(self.matter, nature=nature),
        )
