"""What agents do all day, as a weighted mix that is the same in every run."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from tests.load.browsers import Browser, Visit

SEED = 7
CONNECTION = "main"
PANELS = ("lines", "shipments", "invoices", "customer", "timeline", "loyalty")
# Of a hundred page loads.
WEIGHTS: Mapping[str, int] = {"order": 40, "panel": 20, "queue": 20, "search": 12, "open again": 8}


@dataclass(slots=True)
class Mix:
    """Chooses the next thing to do: a share of the orders was opened by nobody before, the rest are a busy few."""

    orders: Sequence[str]
    cold_share: float
    choice: random.Random
    _next_cold: int = 0
    _last: str = ""

    @classmethod
    def of(cls, orders: Sequence[str], *, cold_share: float) -> Mix:
        return cls(orders=orders, cold_share=cold_share, choice=random.Random(SEED))

    async def act(self, browser: Browser, *, due_at: float) -> Visit:
        kind = self.choice.choices(list(WEIGHTS), weights=list(WEIGHTS.values()))[0]
        if kind == "queue":
            return await browser.visit(kind, "/", due_at=due_at)
        if kind == "search":
            return await browser.visit(kind, "/search/", due_at=due_at, form={"q": self._number()})
        if kind == "panel":
            address = f"/orders/{CONNECTION}/{quote(self._last or self._number())}/?panel="
            return await browser.visit(kind, f"{address}{self.choice.choice(PANELS)}", due_at=due_at)
        number = self._last if kind == "open again" and self._last else self._number()
        self._last = number
        return await browser.visit("order", f"/orders/{CONNECTION}/{quote(number)}/", due_at=due_at)

    def cold(self) -> str:
        """An order that was opened longest ago, or never."""
        self._next_cold += 1
        return self.orders[-(self._next_cold % len(self.orders)) - 1]

    def _number(self) -> str:
        if self.choice.random() < self.cold_share:
            return self.cold()
        return self.orders[self.choice.randrange(min(20, len(self.orders)))]
