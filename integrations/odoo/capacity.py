"""Holds the calls in flight at one Odoo below its cap, over all processes, and lets everybody wait for a fair while.

Callers of one process wait in one line per connection and lane, first come first served, and one statement asks for
all of them. Processes take turns by the place they have in the table (see ``slots``). A call that was given up keeps
its slot until it ends: Odoo works on after a client hangs up.
"""

from __future__ import annotations

import asyncio
import random
import uuid
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

import psycopg
import structlog

from integrations.errors import BreakerOpen, Busy, GatewayError
from integrations.event_loop import LoopScope, current_scope, spawn
from integrations.odoo import breaker, pauses, slots
from integrations.odoo.budget import HARD_LIMIT_S
from integrations.odoo.lanes import Lane, lane_ranges
from integrations.odoo.slots import Found, Held, Question

__all__ = ["Grant", "Lane", "give_back", "lane_ranges", "renew", "take_slots"]

logger = structlog.get_logger(__name__)

LEASE_S = HARD_LIMIT_S + 2.0
RENEW_AFTER_S = 1.0  # so that a call that starts now ends before the lease does
POLL_S = (0.015, 0.045)
LONGEST_POLL_S = 0.15  # a place in the line has to be kept warm
RELEASE_AFTER_S = 0.002  # releases of one moment travel together
BUSY_RETRY_AFTER_S = 1.0
MOST_WAITING = 50  # in one line of one process; whoever comes then is told at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Slots held by us until given back or until their lease ends."""

    connection_id: int
    holder: uuid.UUID
    numbers: tuple[int, ...]
    is_probe: bool = False  # the breaker is half open: what happens now decides

    def slot(self, number: int) -> Held:
        return Held(connection_id=self.connection_id, number=number, holder=self.holder)


@dataclass(slots=True, eq=False)
class _Caller:
    wanted: int
    granted: asyncio.Future[Grant]
    was_considered: bool = False  # the table has said no at least once


@dataclass(slots=True, eq=False)
class _Line:
    """Who waits in one lane of one connection, on this loop; at its head somebody asks for all."""

    connection_id: int
    lane: Lane
    cap: int
    process: uuid.UUID
    freed: asyncio.Event = field(default_factory=asyncio.Event)
    callers: deque[_Caller] = field(default_factory=deque)
    is_served: bool = False
    is_probing: bool = False
    is_in_table: bool = False

    def refuse_all(self, error: GatewayError) -> None:
        while self.callers:
            caller = self.callers.popleft()
            if not caller.granted.done():
                caller.granted.set_exception(error.with_traceback(None))


@dataclass(slots=True)
class _Shared:
    """What this loop's callers share."""

    process: uuid.UUID = field(default_factory=uuid.uuid4)
    lines: dict[tuple[int, Lane], _Line] = field(default_factory=dict)
    returning: list[Held] = field(default_factory=list)
    is_release_due: bool = False


def _shared(scope: LoopScope) -> _Shared:
    shared: _Shared | None = scope.resources.get("slots")
    if shared is None:
        shared = scope.resources["slots"] = _Shared()
        scope.finishers.append(partial(_return_now, shared))
    return shared


async def take_slots(*, connection_id: int, cap: int, lane: Lane, wanted: int, queue_s: float) -> Grant:
    """Take one to ``wanted`` slots, waiting for the first one at most ``queue_s``; raises ``Busy``."""
    pauses.refuse_while_asked_to_wait(connection_id)
    breaker.refuse_while_known_open(connection_id)
    shared = _shared(current_scope())
    line = shared.lines.get((connection_id, lane))
    if line is None:
        line = _Line(connection_id, lane, cap, shared.process)
        shared.lines[connection_id, lane] = line
    if len(line.callers) >= MOST_WAITING:
        raise _busy(lane)
    caller = _Caller(wanted=wanted, granted=asyncio.get_running_loop().create_future())
    line.callers.append(caller)
    if not line.is_served:
        line.is_served = True
        spawn(_serve(line), name="odoo-line")
    return await _granted(caller, lane, queue_s)


async def _granted(caller: _Caller, lane: Lane, queue_s: float) -> Grant:
    try:
        await asyncio.wait({caller.granted}, timeout=queue_s)
        if not caller.granted.done() and not caller.was_considered:
            # Not the others are slow but the table: whoever asked for this has a limit for that.
            await asyncio.wait({caller.granted})
    except asyncio.CancelledError:
        if not caller.granted.cancel() and caller.granted.exception() is None:
            give_back(caller.granted.result(), caller.granted.result().numbers)
        raise
    if caller.granted.done():
        return caller.granted.result()
    caller.granted.cancel()
    raise _busy(lane)


async def _serve(line: _Line) -> None:
    """Ask for everybody in the line until nobody is left."""
    try:
        while _still_waiting(line):
            pause_s = await _ask_once(line)
            if pause_s is not None and _still_waiting(line):
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause_s):
                        await line.freed.wait()
    except psycopg.Error:
        line.refuse_all(Busy("the table of slots cannot be reached", retry_after_s=BUSY_RETRY_AFTER_S))
    finally:
        line.is_served = False
        line.refuse_all(Busy("the process ends"))


def _still_waiting(line: _Line) -> bool:
    line.callers = deque(caller for caller in line.callers if not caller.granted.done())
    return bool(line.callers)


async def _ask_once(line: _Line) -> float | None:
    """One look at the table; returns how long to wait before the next one."""
    asked_for = list(line.callers)
    wants = [caller.wanted for caller in asked_for]
    line.freed.clear()
    found = await slots.take(
        Question(
            connection_id=line.connection_id,
            lane=line.lane,
            process=line.process,
            cap=line.cap,
            wanted=1 if line.is_probing else sum(wants),
            # The first callers get all they want, so the last one gets something from here on.
            needed=1 if line.is_probing else sum(wants[:-1]) + 1,
            is_probing=line.is_probing,
            is_in_line=line.is_in_table,
        ),
        lease_s=LEASE_S,
    )
    if found is None:
        line.refuse_all(Busy("the connection is not there any more"))
        return None
    line.is_in_table = len(found.numbers) < (1 if line.is_probing else sum(wants[:-1]) + 1)
    if found.numbers:
        await _hand_out(line, found)
        return None
    if found.paused_for_s > 0:
        line.refuse_all(pauses.asked_to_wait(line.connection_id, found.paused_for_s))
        return None
    if found.open_for_s is not None and found.open_for_s > 0:
        line.refuse_all(breaker.open_for(line.connection_id, found.open_for_s))
        return None
    if not found.are_all_made:
        await slots.make(line.connection_id)
        line.cap = found.cap
        return None
    if found.cap != line.cap or (found.open_for_s is not None) is not line.is_probing:
        line.cap, line.is_probing = found.cap, found.open_for_s is not None
        return None
    for caller in asked_for:
        caller.was_considered = True
    # Jitter, so that the processes do not ask in step; the further back, the longer.
    return min(random.uniform(*POLL_S) * (1 + found.ahead), LONGEST_POLL_S)  # noqa: S311  # nosec B311


async def _hand_out(line: _Line, found: Found) -> None:
    """Give the slots to those in front; what nobody waits for any more goes back."""
    left = deque(found.numbers)
    is_probe = found.open_for_s is not None
    if is_probe and not await breaker.claim_probe(line.connection_id):
        _return_unused(line, found, left)
        line.refuse_all(BreakerOpen("the breaker waits for its probes", retry_after_s=BUSY_RETRY_AFTER_S))
        return
    line.is_probing = is_probe
    line.cap = found.cap
    while left and line.callers:
        caller = line.callers.popleft()
        if caller.granted.done():
            continue
        numbers = tuple(left.popleft() for _ in range(min(caller.wanted, len(left))))
        caller.granted.set_result(
            Grant(connection_id=line.connection_id, holder=found.holder, numbers=numbers, is_probe=is_probe)
        )
    _return_unused(line, found, left)


def _return_unused(line: _Line, found: Found, numbers: Iterable[int]) -> None:
    unused = Grant(connection_id=line.connection_id, holder=found.holder, numbers=tuple(numbers))
    give_back(unused, unused.numbers)


async def renew(grant: Grant, number: int) -> bool:
    """Start the lease of one slot again; whether it is still ours."""
    try:
        return await slots.renew(grant.slot(number), lease_s=LEASE_S)
    except psycopg.Error:
        return False


def _busy(lane: Lane) -> Busy:
    return Busy(f"all slots of the lane {lane.value} are taken", retry_after_s=BUSY_RETRY_AFTER_S)


def give_back(grant: Grant, numbers: Iterable[int]) -> None:
    """Let others have these slots; sent in the background, together with others of the same moment."""
    shared = _shared(current_scope())
    back = [grant.slot(number) for number in numbers]
    slots.forget(back)
    shared.returning.extend(back)
    if not shared.is_release_due and shared.returning:
        shared.is_release_due = True
        spawn(_return_soon(shared), name="give-back-slots")


async def _return_soon(shared: _Shared) -> None:
    with suppress(asyncio.CancelledError):  # the loop ends: then at once
        await asyncio.sleep(RELEASE_AFTER_S)
    shared.is_release_due = False
    await _return_now(shared)
    await breaker.flush()


async def _return_now(shared: _Shared) -> None:
    returning, shared.returning = shared.returning, []
    if not returning:
        return
    try:
        await slots.give_back(returning)
    except asyncio.CancelledError:
        shared.returning[:0] = returning  # the loop ends in mid-statement: its last words say it again
        raise
    except psycopg.Error as error:
        logger.warning("slots_not_given_back", count=len(returning), sqlstate=error.sqlstate)
    freed = {held.connection_id for held in returning}
    for line in shared.lines.values():
        if line.connection_id in freed:
            line.freed.set()
