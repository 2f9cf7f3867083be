"""Ties clients and background work to the event loop they belong to, so that nothing outlives its loop.

The web server has one loop for its whole life; ``async_to_sync`` makes one per call. Both end their loop by
cancelling its tasks: a guard task waits for that moment, lets running work finish and closes what was opened.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

Result = TypeVar("Result")
Closer = Callable[[], Awaitable[None]]

GRACE_S = 2.0


class LoopScope:
    """What was opened on one event loop."""

    __slots__ = ("_guard", "_loop", "closers", "finishers", "resources", "tasks")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.resources: dict[str, Any] = {}
        self.finishers: list[Closer] = []  # last words, while everything is still open
        self.closers: list[Closer] = []
        self.tasks: set[asyncio.Task[Any]] = set()
        self._guard = loop.create_task(self._wait_for_the_end(), name="loop-guard")

    async def _wait_for_the_end(self) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await self._close()

    async def _close(self) -> None:
        running = {task for task in self.tasks if not task.done()}
        if running:
            await asyncio.wait(running, timeout=GRACE_S)
        for closer in (*self.finishers, *reversed(self.closers)):
            with suppress(Exception):  # one that fails must not keep the others open
                await closer()
        _scopes.pop(id(self._loop), None)

    async def close(self) -> None:
        self._guard.cancel()
        with suppress(asyncio.CancelledError):
            await self._guard


# By identity and removed by the guard: a weak dictionary would never let go, as every task refers to its loop.
_scopes: dict[int, LoopScope] = {}


def current_scope() -> LoopScope:
    loop = asyncio.get_running_loop()
    scope = _scopes.get(id(loop))
    if scope is None or scope._loop is not loop:
        scope = _scopes[id(loop)] = LoopScope(loop)
    return scope


def spawn(work: Coroutine[Any, Any, Result], *, name: str) -> asyncio.Task[Result]:
    """Run ``work`` beside the caller; it ends with the loop, not with the caller."""
    scope = current_scope()
    task = asyncio.get_running_loop().create_task(work, name=name)
    scope.tasks.add(task)
    task.add_done_callback(scope.tasks.discard)
    return task


async def close_current_scope() -> None:
    scope = _scopes.get(id(asyncio.get_running_loop()))
    if scope is not None:
        await scope.close()
