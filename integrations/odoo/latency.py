"""Tells whether Odoo has grown slow, each kind of call against its own usual time and without our own delays."""

from __future__ import annotations

import asyncio

FALLS_BY = 0.2
RISES_BY = 0.01  # what lasts for minutes is the new usual
TICK_S = 0.02
MOST_KNOWN = 500

_usual_ms: dict[tuple[int, str], float] = {}


def compare(connection_id: int, reference: str, elapsed_ms: float) -> tuple[float, float]:
    """How many times its usual duration a call took, and how much longer; the usual then moves a little towards it."""
    key = (connection_id, reference)
    usual = _usual_ms.get(key)
    if usual is None:
        if len(_usual_ms) >= MOST_KNOWN:
            _usual_ms.clear()
        _usual_ms[key] = elapsed_ms
        return 1.0, 0.0
    _usual_ms[key] = usual + (elapsed_ms - usual) * (FALLS_BY if elapsed_ms < usual else RISES_BY)
    return elapsed_ms / max(usual, 1.0), elapsed_ms - usual


def forget() -> None:
    _usual_ms.clear()


class OwnDelay:
    """How late this loop was during one call: a busy processor of ours must not be held against Odoo."""

    __slots__ = ("_due", "_handle", "_late_s", "_loop")

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._late_s = 0.0
        self._wait()

    def _wait(self) -> None:
        self._due = self._loop.time() + TICK_S
        self._handle = self._loop.call_at(self._due, self._tick)

    def _tick(self) -> None:
        self._late_s += max(0.0, self._loop.time() - self._due)
        self._wait()

    def end_ms(self) -> float:
        self._handle.cancel()
        return (self._late_s + max(0.0, self._loop.time() - self._due)) * 1000
