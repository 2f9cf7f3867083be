"""A request for a refund as it was stored, in the words rules use; what older requests did not store is unknown.

Pure: no Django.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from cases.rules.book import RuleBook
from cases.rules.matter import Item, Matter, Nature
from cases.rules.outcomes import money
from cases.rules.past import spent, times
from cases.rules.reasons import codes_of_kind


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLine:
    """One line of a credit note and the product behind it."""

    item: Item
    name: str
    is_goods: bool
    quantity: Decimal | None
    total: Decimal
    goods_back: bool


class Asked:
    """Payload and facts of one request, with the rules of its brand."""

    def __init__(self, payload: Mapping[str, Any], facts: Mapping[str, Any], book: RuleBook) -> None:
        self.payload, self.facts = payload, facts
        self.about: Mapping[str, Any] = facts.get("about", {})
        self.book = book.for_brand(str(self.about.get("brand", "")))
        self.total = Decimal(payload["total"])
        self.currency = str(payload["currency"])

    def knows(self, fact: str) -> bool:
        """Whether the request stored what a newer rule rests on."""
        return fact in self.facts

    def money(self, amount: Decimal) -> str:
        return money(amount, self.currency)

    @cached_property
    def matter(self) -> Matter:
        return Matter(
            at=datetime.fromisoformat(self.facts["at"]),
            placed_at=_moment(self.facts["placed_at"]),
            shipped_at=_moment(self.facts["shipped_at"]),
            region=str(self.about.get("region", "")),
            country=str(self.about.get("country", "")),
            team=str(self.about.get("team", "")),
            is_consumer=self.about.get("is_consumer"),
            is_counter_sale=bool(self.about.get("is_counter_sale", False)),
            nature=self.nature,
        )

    @property
    def nature(self) -> Nature:
        """By the version that judges: another version may see a reason differently. Older requests: nothing special."""
        if not self.about:
            return Nature.OTHER
        codes = codes_of_kind(str(self.payload.get("kind", "refund")))
        return self.book.reasons.nature(codes, str(self.payload.get("reason", "")))

    @cached_property
    def lines(self) -> tuple[AskedLine, ...]:
        return tuple(
            AskedLine(
                item=Item(sku=line["sku"], category=line["category"], left_at=_moment(line["left_at"])),
                name=line["name"],
                is_goods=line["is_goods"],
                quantity=None if line["quantity"] is None else Decimal(line["quantity"]),
                total=Decimal(line["total"]),
                goods_back=line["goods_back"],
            )
            for line in self.about.get("lines", ())
        )

    @property
    def items(self) -> tuple[Item, ...]:
        """The goods money is asked for; without lines of goods the order as a whole."""
        return tuple(line.item for line in self.lines if line.is_goods) or (Item(),)

    # --- what was asked for before

    @property
    def order_before(self) -> Decimal:
        return self._past("order", self.book.split.days, "order_before")

    @property
    def customer_before(self) -> Decimal:
        return self._past("customer", self.book.customer_limit.days, "customer_before")

    @property
    def parts_before(self) -> int:
        """How many requests for the same order count as parts of this one."""
        return times(self.facts["past"]["order"], self.book.split.days)

    @property
    def exposure(self) -> Decimal:
        """With what was asked for of the same order before: a refund in parts is one refund."""
        return self.total + self.order_before

    def _past(self, of: str, days: int, older: str) -> Decimal:
        if "past" not in self.facts:
            return Decimal(self.facts[older])
        return spent(self.facts["past"][of], days)


def _moment(stored: str) -> datetime | None:
    return datetime.fromisoformat(stored) if stored else None
