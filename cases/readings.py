"""Shares one reading of Odoo among everybody who asks for the same order at the same moment, within a process.

A reading holds raw records: it never leaves ``cases``, every viewer masks it anew. It is kept a few seconds after
it ended, only for the panels of the page that started it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic
from weakref import WeakKeyDictionary

from integrations.canonical import OrderReading, OriginCondition

KEPT_S = 5.0


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

    def recent(self, key: ReadingKey) -> asyncio.Task[OrderReading] | None:
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

    def _finish(self, key: ReadingKey, task: asyncio.Task[OrderReading]) -> None:
        self._running.pop(key, None)
        if not task.cancelled() and task.exception() is None:
            self._finished[key] = (monotonic(), task)
        self._forget_old()

    def _forget_old(self) -> None:
        horizon = monotonic() - KEPT_S
        for key in [key for key, (at, _) in self._finished.items() if at < horizon]:
            del self._finished[key]


async def _awaited(read: Callable[[], Awaitable[OrderReading]]) -> OrderReading:
    return await read()


_by_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, _Readings] = WeakKeyDictionary()


def share(
    key: ReadingKey, read: Callable[[], Awaitable[OrderReading]], *, accept_recent: bool
) -> asyncio.Task[OrderReading]:
    """The running reading of this question, or a new one; a just finished one too with ``accept_recent``.

    Shield the task when waiting with a limit: others may be waiting for it as well.
    """
    readings = _by_loop.setdefault(asyncio.get_running_loop(), _Readings())
    shared = readings.running(key) or (readings.recent(key) if accept_recent else None)
    return shared or readings.start(key, read)
