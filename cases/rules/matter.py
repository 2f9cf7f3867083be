"""What a rule may look at: the order it is about, one piece of it, and when and why somebody asks.

Pure: no Django. What is not known is None, and every rule says for itself what follows from that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Remedy(StrEnum):
    """What a customer may get."""

    REFUND = "refund"
    RETURN = "return"
    REPLACE = "replace"
    EXCHANGE = "exchange"


class Nature(StrEnum):
    """What a reason comes down to: rules differ for faults and for a change of mind."""

    FAULT = "fault"
    WITHDRAWAL = "withdrawal"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line's product and when the last of it left."""

    sku: str = ""
    category: str = ""
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    at: datetime
    placed_at: datetime | None = None
    shipped_at: datetime | None = None  # when the last goods of the order left
    region: str = ""
    country: str = ""  # ISO 3166, of where it is shipped
    team: str = ""  # the sales team
    is_consumer: bool | None = None
    is_counter_sale: bool = False
    nature: Nature = Nature.OTHER

    def left_at(self, item: Item) -> datetime | None:
        return item.left_at or self.shipped_at


def is_in_category(category: str, wanted: str) -> bool:
    """A category holds what is below it; "Lamps" names "All / Home / Lamps", too."""
    path = [part.strip().casefold() for part in category.split("/")]
    sought = [part.strip().casefold() for part in wanted.split("/")]
    if not category.strip():
        return False
    return any(path[start : start + len(sought)] == sought for start in range(len(path) - len(sought) + 1))


def is_named(item: Item, *, skus: tuple[str, ...], categories: tuple[str, ...]) -> bool:
    """Whether a list of products and categories names the item."""
    number = item.sku.casefold()
    return bool(number and any(sku.casefold() == number for sku in skus)) or any(
        is_in_category(item.category, wanted) for wanted in categories
    )
