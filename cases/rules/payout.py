"""By when money arrives, by the way it goes: a promise to the customer, never a payment by this desk.

Pure: no Django.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from cases.rules.fields import PerKey, Unit, Whole, Wrong

WAYS = ("original", "card", "bank", "store_credit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Payout:
    days: Annotated[Mapping[str, int], PerKey(WAYS, Whole(0, 60, Unit.DAYS))] = field(
        default_factory=lambda: {"card": 10, "bank": 5, "store_credit": 1, "original": 10}
    )

    def objections(self) -> Mapping[str, Wrong]:
        missing = [way for way in WAYS if way not in self.days]
        return {f"days.{missing[0]}": Wrong("missing")} if missing else {}
