"""How long to wait before a tool is asked once more. Pure."""

from __future__ import annotations

from datetime import timedelta

_FIRST_S, _LONGEST_S = 30, 3600
LONGEST_RETRY_AFTER_S = 86_400.0


def wait_after(attempts: int, retry_after_s: float | None = None, *, least_s: float = 0.0) -> timedelta:
    """Twice as long each time, up to an hour; never shorter than the tool asks for, within a day."""
    grown: float = min(_LONGEST_S, _FIRST_S * 2 ** (max(1, min(attempts, 20)) - 1))
    asked = min(retry_after_s or 0.0, LONGEST_RETRY_AFTER_S)
    return timedelta(seconds=max(grown, asked, least_s))
