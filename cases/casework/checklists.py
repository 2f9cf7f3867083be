"""What has to be looked at before a billing dispute is decided; ticked steps stand on the case.

Pure: no Django.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class DisputeStep(StrEnum):
    """In the order in which they are worked through."""

    CUSTOMER_IDENTIFIED = "customer_identified"
    CHARGES_COMPARED = "charges_compared"
    PAYMENTS_FOUND = "payments_found"
    CREDITS_CHECKED = "credits_checked"
    FINANCE_ASKED = "finance_asked"
    CUSTOMER_TOLD = "customer_told"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    step: DisputeStep
    user_id: int | None  # None: not ticked
    at: datetime | None


def read_checklist(stored: Mapping[str, Any]) -> tuple[Tick, ...]:
    """Every step with who ticked it; steps of earlier versions that no longer exist are passed over."""
    return tuple(_tick(step, stored.get(step.value)) for step in DisputeStep)


def _tick(step: DisputeStep, stored: Any) -> Tick:
    if not isinstance(stored, Mapping):
        return Tick(step=step, user_id=None, at=None)
    return Tick(step=step, user_id=int(stored["by"]), at=datetime.fromisoformat(str(stored["at"])))


def set_tick(
    stored: Mapping[str, Any], step: DisputeStep, *, done: bool, user_id: int, at: datetime
) -> dict[str, Any]:
    """The checklist after one step was ticked or taken back."""
    left = {name: value for name, value in stored.items() if name != step.value}
    return {**left, step.value: {"by": user_id, "at": at.isoformat()}} if done else left
