"""Shares one reading of Odoo among everybody who asks for the same order at the same moment, within a process.

A reading holds raw records: it never leaves ``cases``, every viewer masks it anew. What lasts longer, and what other
processes share, is in ``cases.snapshots``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic
from weakref import WeakKeyDictionary

from integrations.canonical import OrderReading, OriginCondition

KEPT_S = 0.5  # until what was read can be found as a snapshot


@dataclass(frozen=True, slots=True)
class ReadingKey:
    """Readings are shared only between viewers for whom the very same question would be sent."""

    connection: str
    ref: str
    companies: frozenset[int]
    payment_details: bool
    origins: frozenset[OriginCondition] | None = None


class _Readings:
    """Readings of one event loop."""

    def __init__(self) -> None:
        self._running: dict[ReadingKey, asyncio.Task[OrderReading]] = {}
        self._finished: dict[ReadingKey, tuple[float, asyncio.Task[OrderReading]]] = {}

    def running(self, key: ReadingKey) -> asyncio.Task[OrderReading] | None:
        return self._running.get(key)

    def finished(self, key: ReadingKey) -> asyncio.Task[OrderReading] | None:
        self._forget_old()
        kept = self._finished.get(key)
        return kept[1] if kept else None

    def start(
        self, key: ReadingKey, read: Callable[[], Awaitable[OrderReading]]
    ) -> asyncio.Task[OrderReading]:
        task: asyncio.Task[OrderReading] = asyncio.ensure_future(_awaited(read))
        self._running[key] = task
        task.add_done_callback(lambda done: self._finish(key, done))
        return task

    def forget(self, connection: str, ref: str) -> None:
        """What runs goes on for whoever waits; nobody else joins it."""
        for known in (self._running, self._finished):
            for key in [key for key in known if key.connection == connection and _is_same(key.ref, ref)]:
                del known[key]

    def _finish(self, key: ReadingKey, task: asyncio.Task[OrderReading]) -> None:
        found = not task.cancelled() and task.exception() is None and bool(task.result().records)
        if self._running.get(key) is task:
            del self._running[key]
            if found:
                self._finished[key] = (monotonic(), task)
        self._forget_old()

    def _forget_old(self) -> None:
        horizon = monotonic() - KEPT_S
        for key in [key for key, (at, _) in self._finished.items() if at < horizon]:
            del self._finished[key]


async def _awaited(read: Callable[[], Awaitable[OrderReading]]) -> OrderReading:
    return await read()


def _is_same(ref: str, other: str) -> bool:
    return ref.upper() == other.strip().upper()


_by_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, _Readings] = WeakKeyDictionary()


def share(key: ReadingKey, read: Callable[[], Awaitable[OrderReading]]) -> asyncio.Task[OrderReading]:
    """The running reading of this question, or a new one.

    Shield the task when waiting with a limit: others may be waiting for it as well.
    """
    readings = _of_this_loop()
    return readings.running(key) or readings.start(key, read)


def running(key: ReadingKey) -> asyncio.Task[OrderReading] | None:
    return _of_this_loop().running(key)


def finished(key: ReadingKey) -> asyncio.Task[OrderReading] | None:
    """A reading that ended well a moment ago."""
    return _of_this_loop().finished(key)


def forget(connection: str, ref: str) -> None:
    """Let nobody be shown what was read of an order before now."""
    _of_this_loop().forget(connection, ref)


def _of_this_loop() -> _Readings:
    return _by_loop.setdefault(asyncio.get_running_loop(), _Readings())
