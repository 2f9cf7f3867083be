"""Holds the calls in flight at one Odoo below its cap, over all processes, and keeps the lanes apart.

Slots are numbered rows with a lease on the database's clock. A lane owns a range of numbers; ``interactive`` may also
take a ``sync`` slot that nobody has used for a second. A killed process's slots come back when their lease ends, and
so do those of a call that was given up: Odoo works on after a client hangs up.
"""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial

import psycopg
import structlog

from integrations import database
from integrations.errors import BreakerOpen, Busy
from integrations.event_loop import LoopScope, current_scope, spawn
from integrations.odoo import breaker
from integrations.odoo.budget import HARD_LIMIT_S

logger = structlog.get_logger(__name__)

LEASE_S = HARD_LIMIT_S + 2.0
RENEW_AFTER_S = 1.0  # so that a call that starts now ends before the lease does
POLL_S = (0.015, 0.045)
RELEASE_AFTER_S = 0.002  # releases of one moment travel together
BUSY_RETRY_AFTER_S = 1.0

_TAKE = """
WITH gate AS MATERIALIZED (
    SELECT c.max_in_flight AS cap, b.open_until
      FROM integrations_odooconnection c
      LEFT JOIN integrations_odoobreaker b ON b.connection_id = c.id
     WHERE c.id = %(connection)s
), free AS (
    SELECT s.number
      FROM integrations_odooslot s, gate
     WHERE s.connection_id = %(connection)s
       AND s.number <= gate.cap
       AND s.expires_at < clock_timestamp()
       AND (gate.open_until IS NULL OR %(probing)s)
       AND (s.number BETWEEN %(own_first)s AND %(own_last)s
            OR (s.number BETWEEN %(lent_first)s AND %(lent_last)s
                AND s.freed_at < clock_timestamp() - interval '1 second'))
     ORDER BY s.number BETWEEN %(own_first)s AND %(own_last)s DESC, s.number
     LIMIT %(wanted)s
       FOR UPDATE OF s SKIP LOCKED
), taken AS (
    UPDATE integrations_odooslot s
       SET holder = %(holder)s, expires_at = clock_timestamp() + %(lease)s * interval '1 second'
      FROM free
     WHERE s.connection_id = %(connection)s AND s.number = free.number
    RETURNING s.number
)
SELECT gate.cap,
       extract(epoch FROM gate.open_until - clock_timestamp())::float8,
       ARRAY(SELECT number FROM taken ORDER BY number),
       (SELECT count(*) FROM integrations_odooslot s WHERE s.connection_id = %(connection)s)
  FROM gate
"""

_MAKE = """
INSERT INTO integrations_odooslot (connection_id, number)
SELECT %(connection)s, number FROM generate_series(1, %(cap)s) AS number
ON CONFLICT DO NOTHING
"""

_RENEW = """
UPDATE integrations_odooslot
   SET expires_at = clock_timestamp() + %(lease)s * interval '1 second'
 WHERE connection_id = %(connection)s AND number = %(number)s AND holder = %(holder)s
   AND expires_at > clock_timestamp()
RETURNING number
"""

_GIVE_BACK = """
UPDATE integrations_odooslot s
   SET holder = NULL, expires_at = '-infinity', freed_at = clock_timestamp()
  FROM unnest(%(connections)s::bigint[], %(numbers)s::smallint[], %(holders)s::uuid[]) AS r(connection, number, holder)
 WHERE s.connection_id = r.connection AND s.number = r.number AND s.holder = r.holder
"""


class Lane(StrEnum):
    INTERACTIVE = "interactive"  # 60 %: a person waits
    WRITEBACK = "writeback"  # 25 %: approved actions
    SYNC = "sync"  # 15 %: polling and discovery


@dataclass(frozen=True, slots=True)
class Range:
    """Slot numbers from ``first`` to ``last``; empty where ``last`` is smaller."""

    first: int
    last: int


NOTHING = Range(1, 0)


def lane_ranges(lane: Lane, cap: int) -> tuple[Range, Range]:
    """The numbers a lane owns, and those it may use while their owner does not."""
    if cap == 1:
        return Range(1, 1), NOTHING  # nothing to divide
    if cap == 2:
        return (Range(1, 1), Range(2, 2)) if lane is Lane.INTERACTIVE else (Range(2, 2), NOTHING)
    sync = max(1, round(cap * 0.15))
    writeback = max(1, round(cap * 0.25))
    interactive = cap - sync - writeback
    match lane:
        case Lane.INTERACTIVE:
            return Range(1, interactive), Range(interactive + 1, interactive + sync)
        case Lane.SYNC:
            return Range(interactive + 1, interactive + sync), NOTHING
        case Lane.WRITEBACK:
            return Range(interactive + sync + 1, cap), NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Slots held by us until given back or until their lease ends."""

    connection_id: int
    holder: uuid.UUID
    numbers: tuple[int, ...]
    is_probe: bool = False  # the breaker is half open: what happens now decides


@dataclass(slots=True)
class _Waiting:
    """What this loop's callers share: first come first served, and a wake-up when one of them gives back."""

    turns: dict[tuple[int, Lane], asyncio.Lock] = field(default_factory=dict)
    freed: asyncio.Event = field(default_factory=asyncio.Event)
    returning: list[tuple[int, int, uuid.UUID]] = field(default_factory=list)
    is_release_due: bool = False


def _waiting(scope: LoopScope) -> _Waiting:
    waiting: _Waiting | None = scope.resources.get("slots")
    if waiting is None:
        waiting = scope.resources["slots"] = _Waiting()
        scope.finishers.append(partial(_return_now, waiting))
    return waiting


async def take_slots(*, connection_id: int, cap: int, lane: Lane, wanted: int, queue_s: float) -> Grant:
    """Take one to ``wanted`` slots, waiting for the first one at most ``queue_s``; raises ``Busy``."""
    breaker.refuse_while_known_open(connection_id)
    give_up_at = time.monotonic() + queue_s
    turn = _waiting(current_scope()).turns.setdefault((connection_id, lane), asyncio.Lock())
    if not await _wait_for_turn(turn, queue_s):
        raise _busy(lane)
    try:
        return await _take_in_turn(connection_id, cap, lane, wanted, give_up_at)
    except psycopg.Error:
        pass
    finally:
        turn.release()
    raise Busy("the table of slots cannot be reached", retry_after_s=BUSY_RETRY_AFTER_S)


async def _wait_for_turn(turn: asyncio.Lock, queue_s: float) -> bool:
    try:
        async with asyncio.timeout(queue_s):
            return await turn.acquire()
    except TimeoutError:
        return False


async def _take_in_turn(connection_id: int, cap: int, lane: Lane, wanted: int, give_up_at: float) -> Grant:
    freed = _waiting(current_scope()).freed
    holder = uuid.uuid4()
    is_probe = False
    while True:
        own, lent = lane_ranges(lane, cap)
        freed.clear()
        rows = await database.rows(
            _TAKE,
            {
                "connection": connection_id,
                "holder": holder,
                "wanted": 1 if is_probe else wanted,
                "lease": LEASE_S,
                "probing": is_probe,
                "own_first": own.first,
                "own_last": own.last,
                "lent_first": lent.first,
                "lent_last": lent.last,
            },
        )
        if not rows:
            raise Busy("the connection is not there any more")
        now_cap, open_for_s, numbers, made = rows[0]
        if numbers:
            grant = Grant(
                connection_id=connection_id,
                holder=holder,
                numbers=tuple(numbers),
                is_probe=open_for_s is not None,
            )
            if grant.is_probe and not await breaker.claim_probe(connection_id):
                give_back(grant, grant.numbers)
                raise BreakerOpen("the breaker waits for its probes", retry_after_s=BUSY_RETRY_AFTER_S)
            return grant
        if open_for_s is not None and open_for_s > 0:
            raise breaker.open_for(connection_id, open_for_s)
        if made < now_cap:
            await database.rows(_MAKE, {"connection": connection_id, "cap": now_cap})
            cap = now_cap
            continue
        if now_cap != cap or (open_for_s is not None) is not is_probe:
            cap, is_probe = now_cap, open_for_s is not None
            continue
        left_s = give_up_at - time.monotonic()
        if left_s <= 0:
            raise _busy(lane)
        with suppress(TimeoutError):
            # Jitter, so that the processes do not ask in step.
            async with asyncio.timeout(min(left_s, random.uniform(*POLL_S))):  # noqa: S311  # nosec B311
                await freed.wait()


async def renew(grant: Grant, number: int) -> bool:
    """Start the lease of one slot again; whether it is still ours."""
    parameters = {
        "connection": grant.connection_id,
        "number": number,
        "holder": grant.holder,
        "lease": LEASE_S,
    }
    try:
        return bool(await database.rows(_RENEW, parameters))
    except psycopg.Error:
        return False


def _busy(lane: Lane) -> Busy:
    return Busy(f"all slots of the lane {lane.value} are taken", retry_after_s=BUSY_RETRY_AFTER_S)


def give_back(grant: Grant, numbers: Iterable[int]) -> None:
    """Let others have these slots; sent in the background, together with others of the same moment."""
    waiting = _waiting(current_scope())
    waiting.returning.extend((grant.connection_id, number, grant.holder) for number in numbers)
    if not waiting.is_release_due and waiting.returning:
        waiting.is_release_due = True
        spawn(_return_soon(waiting), name="give-back-slots")


async def _return_soon(waiting: _Waiting) -> None:
    with suppress(asyncio.CancelledError):  # the loop ends: then at once
        await asyncio.sleep(RELEASE_AFTER_S)
    waiting.is_release_due = False
    await _return_now(waiting)
    await breaker.flush()


async def _return_now(waiting: _Waiting) -> None:
    returning, waiting.returning = waiting.returning, []
    if not returning:
        return
    try:
        await database.rows(
            _GIVE_BACK,
            {
                "connections": [connection_id for connection_id, _, _ in returning],
                "numbers": [number for _, number, _ in returning],
                "holders": [holder for _, _, holder in returning],
            },
        )
    except psycopg.Error as error:
        logger.warning("slots_not_given_back", count=len(returning), sqlstate=error.sqlstate)
    waiting.freed.set()
