"""Decides whether a failed read may be repeated, so that repeats never become the load that keeps a server down."""

from __future__ import annotations

import random

from integrations.errors import (
    GatewayError,
    NotSent,
    OutcomeUnknown,
    Overloaded,
    TooLarge,
    Unavailable,
    Unreachable,
)
from integrations.http import CertificateRefused
from integrations.odoo.budget import LEAST_TO_START_S, Budget

SHARE = 0.1  # of the traffic
MOST_SAVED = 10.0
LONGEST_PAUSE_S = 0.1


class RetryBudget:
    """A bucket that every call fills a little and every repeat empties by one."""

    __slots__ = ("_saved",)

    def __init__(self, saved: float = 3.0) -> None:
        self._saved = saved

    def earn(self) -> None:
        self._saved = min(MOST_SAVED, self._saved + SHARE)

    def spend(self) -> bool:
        if self._saved < 1.0:
            return False
        self._saved -= 1.0
        return True


_budgets: dict[int, RetryBudget] = {}


def retry_budget(connection_id: int) -> RetryBudget:
    """One per connection in this process."""
    return _budgets.setdefault(connection_id, RetryBudget())


def pause_before_repeat(error: GatewayError, *, budget: Budget, saved: RetryBudget) -> float | None:
    """Seconds to wait before the one repeat of a read, or ``None`` where there is to be none."""
    if isinstance(error, TooLarge | CertificateRefused):
        return None
    if isinstance(error, NotSent):
        return 0.0 if isinstance(error, Unreachable) and budget.is_enough_to_start() else None
    if not isinstance(error, OutcomeUnknown | Unavailable):
        return None
    if isinstance(error, Overloaded) and error.retry_after_s:
        return None  # all wait then, and nobody holds a slot meanwhile
    pause = random.uniform(0, LONGEST_PAUSE_S) + (error.retry_after_s or 0.0)  # noqa: S311  # nosec B311
    if budget.remaining_s() < pause + LEAST_TO_START_S:
        return None
    return pause if saved.spend() else None
