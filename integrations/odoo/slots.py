"""The table of slots as statements: a place per call that may be at an Odoo, and the line of those who wait for one.

Slots are numbered rows with a lease on the database's clock, so that a killed process's slots come back. The line
has one place per process, connection and lane; a place that is not kept warm is passed over after ``PLACE_S``.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from integrations import database
from integrations.odoo.lanes import Lane, lane_ranges

MOST_REMEMBERED = 500
PLACE_S = 0.25  # how long a process that says nothing any more keeps its place in the line

_TAKE = """
WITH gate AS MATERIALIZED (
    SELECT c.max_in_flight AS most,
           least(c.max_in_flight, coalesce(l.cap, c.max_in_flight)) AS cap,
           b.open_until, l.paused_until,
           (b.open_until IS NULL OR %(probing)s)
           AND coalesce(l.paused_until, '-infinity') <= clock_timestamp() AS is_open
      FROM integrations_odooconnection c
      LEFT JOIN integrations_odoobreaker b ON b.connection_id = c.id
      LEFT JOIN integrations_odoolimit l ON l.connection_id = c.id
     WHERE c.id = %(connection)s
), line AS MATERIALIZED (
    SELECT count(*) AS others,
           count(*) FILTER (WHERE w.arrived_at < coalesce(mine.arrived_at, 'infinity')) AS ahead,
           NOT EXISTS (SELECT FROM integrations_odoowaiter o
                        WHERE o.connection_id = %(connection)s AND o.lane <> %(lane)s
                          AND o.until > clock_timestamp()) AS may_borrow
      FROM integrations_odoowaiter w
      LEFT JOIN integrations_odoowaiter mine
        ON mine.connection_id = w.connection_id AND mine.lane = w.lane AND mine.process = %(process)s
     WHERE w.connection_id = %(connection)s AND w.lane = %(lane)s
       AND w.process <> %(process)s AND w.until > clock_timestamp()
), room AS MATERIALIZED (
    SELECT count(*) AS made,
           count(*) FILTER (WHERE s.expires_at >= clock_timestamp()) AS held,
           count(*) FILTER (WHERE s.number <= gate.cap AND s.expires_at < clock_timestamp()
                              AND (s.number BETWEEN %(own_first)s AND %(own_last)s
                                   OR (s.number BETWEEN %(lent_first)s AND %(lent_last)s AND line.may_borrow
                                       AND s.idle_since < clock_timestamp() - interval '1 second'))) AS free
      FROM gate, line, integrations_odooslot s
     WHERE s.connection_id = %(connection)s
), share AS MATERIALIZED (
    -- Whoever came before gets one each; of what is then left nobody takes more than the others could have.
    SELECT CASE WHEN gate.is_open
                THEN greatest(0, least(%(wanted)s, room.free - line.ahead, gate.cap - room.held,
                                       ceil(room.free / (line.others + 1.0))::bigint))
                ELSE 0 END AS allowed
      FROM gate, line, room
), free AS (
    SELECT s.number
      FROM gate, line, integrations_odooslot s
     WHERE s.connection_id = %(connection)s
       AND s.number <= gate.cap
       AND s.expires_at < clock_timestamp()
       AND (s.number BETWEEN %(own_first)s AND %(own_last)s
            OR (s.number BETWEEN %(lent_first)s AND %(lent_last)s AND line.may_borrow
                AND s.idle_since < clock_timestamp() - interval '1 second'))
     ORDER BY s.number BETWEEN %(own_first)s AND %(own_last)s DESC, s.number
     LIMIT (SELECT allowed FROM share)
       FOR UPDATE OF s SKIP LOCKED
), taken AS (
    UPDATE integrations_odooslot s
       SET holder = %(holder)s, expires_at = clock_timestamp() + %(lease)s * interval '1 second',
           -- Only a use by the lane that owns it keeps others from borrowing it.
           idle_since = CASE WHEN s.number BETWEEN %(own_first)s AND %(own_last)s
                             THEN clock_timestamp() + %(lease)s * interval '1 second' ELSE s.idle_since END
      FROM free
     WHERE s.connection_id = %(connection)s AND s.number = free.number
    RETURNING s.number
), waiting AS (
    INSERT INTO integrations_odoowaiter AS w (connection_id, lane, process, arrived_at, until)
    SELECT %(connection)s, %(lane)s, %(process)s, clock_timestamp(),
           clock_timestamp() + %(place)s * interval '1 second'
      FROM gate
     WHERE gate.is_open AND (SELECT count(*) FROM taken) < %(needed)s
    ON CONFLICT (connection_id, lane, process) DO UPDATE
       SET until = excluded.until,
           arrived_at = CASE WHEN (SELECT count(*) FROM taken) > 0 THEN excluded.arrived_at ELSE w.arrived_at END
), gone AS (
    DELETE FROM integrations_odoowaiter w
     WHERE %(in_line)s AND w.connection_id = %(connection)s AND w.lane = %(lane)s
       AND CASE WHEN w.process = %(process)s THEN (SELECT count(*) FROM taken) >= %(needed)s
                ELSE w.until < clock_timestamp() - interval '1 minute' END
)
SELECT gate.cap,
       extract(epoch FROM gate.open_until - clock_timestamp())::float8,
       coalesce(extract(epoch FROM gate.paused_until - clock_timestamp())::float8, 0),
       ARRAY(SELECT number FROM taken ORDER BY number),
       room.made >= gate.most,
       line.ahead
  FROM gate, room, line
"""

# Slots of a connection that had some before were lost in a crash of the database, and calls of before may still be
# at Odoo: our own keep their slots, and for those of other processes the cap starts low.
_MAKE = """
WITH known AS MATERIALIZED (
    SELECT c.max_in_flight, c.slots_made_at,
           NOT EXISTS (SELECT FROM integrations_odooslot s WHERE s.connection_id = c.id) AS is_empty
      FROM integrations_odooconnection c WHERE c.id = %(connection)s
), made AS (
    INSERT INTO integrations_odooslot (connection_id, number, holder, expires_at)
    SELECT %(connection)s, n.number, h.holder,
           coalesce(clock_timestamp() + h.left_s * interval '1 second', '-infinity')
      FROM known, generate_series(1, known.max_in_flight) AS n(number)
      LEFT JOIN unnest(%(numbers)s::smallint[], %(holders)s::uuid[], %(left_s)s::float8[])
             AS h(number, holder, left_s) ON h.number = n.number
    ON CONFLICT DO NOTHING
), lowered AS (
    INSERT INTO integrations_odoolimit (connection_id, cap, cause, changed_at)
    SELECT %(connection)s, greatest(least(2, max_in_flight), max_in_flight / 2), 'restart', clock_timestamp()
      FROM known WHERE is_empty AND slots_made_at IS NOT NULL
    ON CONFLICT DO NOTHING
)
UPDATE integrations_odooconnection c SET slots_made_at = clock_timestamp()
  FROM known WHERE c.id = %(connection)s AND known.is_empty
"""

_RENEW = """
UPDATE integrations_odooslot
   SET expires_at = clock_timestamp() + %(lease)s * interval '1 second',
       idle_since = CASE WHEN idle_since > clock_timestamp()
                         THEN clock_timestamp() + %(lease)s * interval '1 second' ELSE idle_since END
 WHERE connection_id = %(connection)s AND number = %(number)s AND holder = %(holder)s
   AND expires_at > clock_timestamp()
RETURNING number
"""

_GIVE_BACK = """
UPDATE integrations_odooslot s
   SET holder = NULL, expires_at = '-infinity', idle_since = least(idle_since, clock_timestamp())
  FROM unnest(%(connections)s::bigint[], %(numbers)s::smallint[], %(holders)s::uuid[]) AS r(connection, number, holder)
 WHERE s.connection_id = r.connection AND s.number = r.number AND s.holder = r.holder
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One slot of ours."""

    connection_id: int
    number: int
    holder: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What one process wants for everybody who waits in one of its lanes."""

    connection_id: int
    lane: Lane
    process: uuid.UUID
    cap: int  # as far as is known
    wanted: int
    needed: int  # with fewer, somebody goes on waiting
    is_probing: bool
    is_in_line: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    cap: int
    open_for_s: float | None  # of the breaker; None where it is closed
    paused_for_s: float
    holder: uuid.UUID
    numbers: tuple[int, ...]
    are_all_made: bool
    ahead: int


# Ours as far as this process knows, with the moment their lease ends: what the table forgets in a crash.
_held: dict[Held, float] = {}


async def take(asked: Question, *, lease_s: float) -> Found | None:
    """Take what may be taken now, or stand in line for it; ``None`` where the connection is gone."""
    own, lent = lane_ranges(asked.lane, asked.cap)
    holder = uuid.uuid4()
    rows = await database.rows(
        _TAKE,
        {
            "connection": asked.connection_id,
            "lane": asked.lane.value,
            "process": asked.process,
            "holder": holder,
            "wanted": asked.wanted,
            "needed": asked.needed,
            "lease": lease_s,
            "place": PLACE_S,
            "probing": asked.is_probing,
            "in_line": asked.is_in_line,
            "own_first": own.first,
            "own_last": own.last,
            "lent_first": lent.first,
            "lent_last": lent.last,
        },
    )
    if not rows:
        return None
    cap, open_for_s, paused_for_s, numbers, are_all_made, ahead = rows[0]
    for number in numbers:
        _remember(Held(connection_id=asked.connection_id, number=number, holder=holder), lease_s)
    return Found(
        cap=cap,
        open_for_s=open_for_s,
        paused_for_s=paused_for_s,
        holder=holder,
        numbers=tuple(numbers),
        are_all_made=are_all_made,
        ahead=ahead,
    )


async def make(connection_id: int) -> None:
    """Make the slots that are missing, ours as taken as they are."""
    now = time.monotonic()
    ours = [
        (held, ends_at)
        for held, ends_at in list(_held.items())
        if held.connection_id == connection_id and ends_at > now
    ]
    await database.rows(
        _MAKE,
        {
            "connection": connection_id,
            "numbers": [held.number for held, _ in ours],
            "holders": [held.holder for held, _ in ours],
            "left_s": [ends_at - now for _, ends_at in ours],
        },
    )


async def renew(held: Held, *, lease_s: float) -> bool:
    """Start the lease of one slot again; whether it is still ours."""
    parameters = {
        "connection": held.connection_id,
        "number": held.number,
        "holder": held.holder,
        "lease": lease_s,
    }
    if not await database.rows(_RENEW, parameters):
        return False
    _remember(held, lease_s)
    return True


def _remember(held: Held, lease_s: float) -> None:
    now = time.monotonic()
    if len(_held) >= MOST_REMEMBERED:
        for lost in [known for known, ends_at in list(_held.items()) if ends_at < now]:
            _held.pop(lost, None)
    _held[held] = now + lease_s


def forget(slots: Iterable[Held]) -> None:
    """These are on their way back, or lost."""
    for held in slots:
        _held.pop(held, None)


async def give_back(slots: Sequence[Held]) -> None:
    await database.rows(
        _GIVE_BACK,
        {
            "connections": [held.connection_id for held in slots],
            "numbers": [held.number for held in slots],
            "holders": [held.holder for held in slots],
        },
    )
