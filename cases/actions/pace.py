"""How long the engine waits for what, all of it stretched or squeezed by one factor for trials."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds unless said otherwise. A lease outlives any single call by far, so that a slow one keeps it."""

    lease_s: float = 75.0  # more than three times the time a writing call may take
    write_s: float = 20.0
    read_s: float = 10.0
    first_retry_s: float = 2.0
    longest_retry_s: float = 300.0
    sweep_s: float = 2.0
    most_attempts: int = 8
    give_up_after: timedelta = timedelta(hours=24)

    def retry_s(self, attempts: int) -> float:
        """Twice as long after every attempt."""
        return min(self.longest_retry_s, self.first_retry_s * 2.0 ** max(0, attempts - 1))

    def scaled(self, factor: float) -> Pace:
        return Pace(
            lease_s=self.lease_s * factor,
            write_s=self.write_s * factor,
            read_s=self.read_s * factor,
            first_retry_s=self.first_retry_s * factor,
            longest_retry_s=self.longest_retry_s * factor,
            sweep_s=self.sweep_s * factor,
            most_attempts=self.most_attempts,
            give_up_after=self.give_up_after,
        )


def current_pace() -> Pace:
    factor = float(getattr(settings, "ACTION_TIME_FACTOR", 1.0))
    return Pace() if factor == 1.0 else Pace().scaled(factor)
