"""Carries the time a page may still spend, so that every layer below stops in time and none starts in vain."""

from __future__ import annotations

import time
from dataclasses import dataclass

PAGE_S = 2.5
# Longer than a person is kept waiting: the page is sent while its reading waits on, and a turn that comes late still
# leaves a call of usual length its time. Only for reading; whatever else has no use for a late turn asks for less.
QUEUE_S = 1.2
CALL_S = 2.0
PROBE_S = 30.0
WRITE_S = 20.0
LEAST_TO_START_S = 0.15
HARD_LIMIT_S = 15.0  # how long a call nobody waits for any more may go on


@dataclass(frozen=True, slots=True)
class Budget:
    """A deadline on this process's monotonic clock, and how much of it waiting and calling may take."""

    deadline: float
    queue_s: float = QUEUE_S
    call_s: float = CALL_S

    @classmethod
    def of(cls, seconds: float, *, queue_s: float = QUEUE_S, call_s: float | None = None) -> Budget:
        """``seconds`` from now; without ``call_s`` one call may take all of them."""
        return cls(
            deadline=time.monotonic() + seconds,
            queue_s=queue_s,
            call_s=seconds if call_s is None else call_s,
        )

    @classmethod
    def page(cls) -> Budget:
        """What one page load may spend on Odoo."""
        return cls.of(PAGE_S, call_s=CALL_S)

    @classmethod
    def probe(cls) -> Budget:
        """Discovery and probing: nobody looks at a page meanwhile."""
        return cls.of(PROBE_S, queue_s=5.0, call_s=10.0)

    @classmethod
    def write(cls) -> Budget:
        """One write and its wait for a slot: nobody's page waits, and a second attempt costs a look-up first."""
        return cls.of(WRITE_S, queue_s=5.0)

    def remaining_s(self) -> float:
        return max(0.0, self.deadline - time.monotonic())

    def is_enough_to_start(self) -> bool:
        return self.remaining_s() >= LEAST_TO_START_S

    def for_call_s(self) -> float:
        return min(self.call_s, self.remaining_s())
