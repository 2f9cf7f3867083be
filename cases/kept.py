"""Keeps what every request needs at hand for a few seconds, so that none of them pays for reading it."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Generic, TypeGuard, TypeVar

from asgiref.sync import sync_to_async

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """A value of the database that may be ``for_s`` seconds old; every process has its own.

    On the event loop it is asked for once by ``aget`` and carried along: by the time it is needed again it may be
    too old, and ``get`` blocks on the database.
    """

    def __init__(self, read: Callable[[], Value], *, for_s: float) -> None:
        self._read = read
        self.for_s = for_s
        self._held: tuple[float, Value] | None = None

    def get(self) -> Value:
        held = self._held
        return held[1] if self._is_good(held) else self._renew()

    async def aget(self) -> Value:
        held = self._held
        return held[1] if self._is_good(held) else await sync_to_async(self._renew)()

    def forget(self) -> None:
        self._held = None

    def _is_good(self, held: tuple[float, Value] | None) -> TypeGuard[tuple[float, Value]]:
        return held is not None and monotonic() - held[0] < self.for_s

    def _renew(self) -> Value:
        asked_at = monotonic()
        value = self._read()
        self._held = (asked_at, value)
        return value
