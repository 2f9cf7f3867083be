"""Lets the parts of one page of results wait for the same question to Odoo instead of asking it again.

Answers are raw: they never leave ``cases``, every viewer masks them anew. They are kept some seconds, in memory only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import monotonic
from weakref import WeakKeyDictionary

from cases.people.viewer import Grant
from integrations.canonical import FoundOrders, MatchReason
from integrations.errors import GatewayError

KEPT_S = 10.0

Answer = FoundOrders | GatewayError


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """Shared only between searches for which the very same question would be sent."""

    connection: str
    text: str = field(repr=False)
    kinds: frozenset[MatchReason]
    companies: frozenset[int]
    grants: frozenset[Grant] = frozenset()  # where they say more than companies


_Running = dict[AnswerKey, tuple[float, asyncio.Task[Answer]]]
_by_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, _Running] = WeakKeyDictionary()


def share(
    key: AnswerKey, ask: Callable[[], Awaitable[Answer]], *, accept_recent: bool
) -> asyncio.Task[Answer]:
    """The running question, or a new one; one that was just answered too with ``accept_recent``."""
    known = _by_loop.setdefault(asyncio.get_running_loop(), {})
    now = monotonic()
    for old in [key for key, (at, task) in known.items() if task.done() and at < now - KEPT_S]:
        del known[old]
    present = known.get(key)
    if present and (accept_recent or not present[1].done()):
        return present[1]
    task = asyncio.ensure_future(_awaited(ask))
    known[key] = (now, task)
    return task


async def _awaited(ask: Callable[[], Awaitable[Answer]]) -> Answer:
    return await ask()
