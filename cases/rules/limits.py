"""How much one person may ask for within a day, and one customer may get within some days.

Pure: no Django.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated

from cases.rules.fields import Amount, PerKey, Unit, Whole
from cases.rules.people import MOST_MONEY, WORKING


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentDay:
    """In one currency, over all brands; a role without a limit asks for nothing."""

    limits: Annotated[Mapping[str, Decimal], PerKey(WORKING, Amount(Decimal(0), MOST_MONEY, Unit.MONEY))] = (
        field(
            default_factory=lambda: {
                "agent": Decimal(1500),
                "senior_agent": Decimal(3000),
                "supervisor": Decimal(10_000),
                "finance": Decimal(50_000),
            }
        )
    )

    def limit(self, roles: Iterable[str]) -> Decimal:
        return max((self.limits[role] for role in roles if role in self.limits), default=Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerLimit:
    up_to: Annotated[Decimal, Amount(Decimal(0), MOST_MONEY, Unit.MONEY)] = Decimal(1000)
    days: Annotated[int, Whole(1, 90, Unit.DAYS)] = 30
