"""Divides the calls that may be at one Odoo at the same time, so that no kind of work can crowd out another."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Lane(StrEnum):
    INTERACTIVE = "interactive"  # 60 %: a person waits
    WRITEBACK = "writeback"  # 25 %: approved actions
    SYNC = "sync"  # 15 %: polling and discovery


@dataclass(frozen=True, slots=True)
class Range:
    """Slot numbers from ``first`` to ``last``; empty where ``last`` is smaller."""

    first: int
    last: int


NOTHING = Range(1, 0)


def lane_ranges(lane: Lane, cap: int) -> tuple[Range, Range]:
    """The numbers a lane owns, and those it may borrow while their owner has not used them for a second."""
    if cap == 1:
        return Range(1, 1), NOTHING  # nothing to divide
    if cap == 2:
        return (Range(1, 1), Range(2, 2)) if lane is Lane.INTERACTIVE else (Range(2, 2), NOTHING)
    sync = max(1, round(cap * 0.15))
    writeback = max(1, round(cap * 0.25))
    interactive = cap - sync - writeback
    match lane:
        case Lane.INTERACTIVE:
            return Range(1, interactive), Range(interactive + 1, interactive + sync)
        case Lane.SYNC:
            return Range(interactive + 1, interactive + sync), NOTHING
        case Lane.WRITEBACK:
            return Range(interactive + sync + 1, cap), NOTHING
