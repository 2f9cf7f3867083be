"""By how many people, and up to which amount by whom, a request has to be agreed to.

Pure: no Django. Amounts are in the order's own currency. A role without a limit approves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated

from cases.rules.fields import Amount, PerKey, Unit, Whole, Wrong
from cases.rules.people import MOST_MONEY, WORKING

_MONEY = Amount(Decimal(0), MOST_MONEY, Unit.MONEY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    no_approval_up_to: Annotated[Decimal, _MONEY] = Decimal(0)
    second_approval_above: Annotated[Decimal, _MONEY] = Decimal(500)

    def objections(self) -> Mapping[str, Wrong]:
        if self.no_approval_up_to > self.second_approval_above:
            return {"no_approval_up_to": Wrong("above_second")}
        return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalLimits:
    limits: Annotated[Mapping[str, Decimal], PerKey(WORKING, _MONEY)] = field(
        default_factory=lambda: {
            "senior_agent": Decimal(100),
            "supervisor": Decimal(2000),
            "finance": Decimal(1_000_000),
        }
    )
    expires_after_h: Annotated[int, Whole(1, 720, Unit.HOURS)] = 72

    def objections(self) -> Mapping[str, Wrong]:
        """Somebody has to be able to approve."""
        return {} if any(self.limits.values()) else {"limits.supervisor": Wrong("nobody_approves")}
