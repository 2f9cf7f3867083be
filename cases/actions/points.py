"""Names the moments at which a worker can die with different consequences, so that trials can kill it exactly there.

Nobody listens in service.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class Point(StrEnum):
    CLAIMED = "claim"  # the action is ours, nothing was done
    INTENDED = "before_send"  # the intent is committed, nothing was sent
    ANSWERED = "before_journal"  # the answer is here, the journal does not know it


listeners: list[Callable[[Point], None]] = []


def reached(point: Point) -> None:
    for listener in listeners:
        listener(point)
