"""What was asked for before, by whole days ago: any span of days can be added up from it later.

Pure: no Django.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from cases.actions.hashing import plain

LONGEST_DAYS = 90  # no limit looks back further


def by_days_ago(found: Iterable[tuple[datetime, Decimal]], *, at: datetime) -> dict[str, list[Any]]:
    """Sum and number of what was asked for less than a day ago, than two, and so on."""
    days: dict[int, tuple[Decimal, int]] = {}
    for asked_at, amount in found:
        ago = max(0, (at - asked_at).days)
        total, number = days.get(ago, (Decimal(0), 0))
        days[ago] = (total + amount, number + 1)
    return {str(ago): [plain(total), number] for ago, (total, number) in sorted(days.items())}


def spent(past: Mapping[str, Any], days: int) -> Decimal:
    return sum((Decimal(found[0]) for ago, found in past.items() if int(ago) < days), Decimal(0))


def times(past: Mapping[str, Any], days: int) -> int:
    return sum(int(found[1]) for ago, found in past.items() if int(ago) < days)
