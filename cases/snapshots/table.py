"""The table of snapshots and the leases of readings, by single statements that need no thread and no transaction.

One statement finds what is known and takes the lease where it has to be read anew. A lease lasts less than a second:
whoever reads renews it, whoever is killed is replaced. Its outcome stays a moment, so that those who waited share it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection

from cases.snapshots.sealing import Sealed
from integrations import database

FRESH_S = 15.0
LEASE_S = 0.8
OUTCOME_S = 2.0
FORGOTTEN_S = 60.0  # longer than any reading takes

KEPT = "kept"
NOTHING_FOUND = "nothing_found"
NOT_KEPT = "not_kept"

# What counts as fresh is not read again. The lease is taken where nobody has it, again by its holder, and soon after
# a reading ended only by whoever has to read anew, or has nothing to show where that reading brought nothing.
_LOOK = """
WITH kept AS MATERIALIZED (
    SELECT s.fetched_at, s.encryption_key_id, s.content, s.is_whole,
           extract(epoch FROM clock_timestamp() - s.fetched_at)::float8 AS age_s
      FROM cases_snapshot s
     WHERE s.key = %(key)s
       AND s.fetched_at BETWEEN clock_timestamp() - %(days)s * interval '1 day' AND clock_timestamp()
), claimed AS (
    INSERT INTO cases_readinglease AS l (key, holder, expires_at)
    SELECT %(key)s, %(holder)s, clock_timestamp() + %(lease)s * interval '1 second'
     WHERE %(may_claim)s
       AND (%(anew)s OR NOT EXISTS (SELECT FROM kept WHERE age_s <= %(fresh)s AND is_whole))
    ON CONFLICT (key) DO UPDATE
       SET holder = excluded.holder, expires_at = excluded.expires_at, outcome = NULL, retry_after_s = NULL
     WHERE l.expires_at < clock_timestamp()
        OR (l.outcome IS NULL AND l.holder = excluded.holder)
        OR (l.outcome IS NOT NULL AND %(anew)s)
        OR (l.outcome <> 'kept' AND %(first)s AND NOT EXISTS (SELECT FROM kept))
    RETURNING l.key
)
SELECT k.fetched_at, k.age_s, k.is_whole, k.encryption_key_id,
       CASE WHEN k.fetched_at IS DISTINCT FROM %(known)s::timestamptz THEN k.content END,
       EXISTS (SELECT FROM claimed), l.key IS NOT NULL, l.outcome, l.retry_after_s
  FROM (VALUES (1)) AS one
  LEFT JOIN kept k ON true
  LEFT JOIN cases_readinglease l ON l.key = %(key)s AND l.expires_at > clock_timestamp()
"""

_RENEW = """
UPDATE cases_readinglease SET expires_at = clock_timestamp() + %(lease)s * interval '1 second'
 WHERE key = %(key)s AND holder = %(holder)s AND outcome IS NULL
"""

# One statement, so that nobody sees the reading ended and nothing kept. What was asked before the order was
# forgotten is not kept: it may be from before whatever happened to it.
_KEEP = """
WITH forgotten AS MATERIALIZED (
    SELECT 1 FROM cases_readinglease f
     WHERE f.key = %(order)s AND f.outcome = 'forgotten'
       AND f.expires_at - %(remembered)s * interval '1 second'
           > clock_timestamp() - %(began)s * interval '1 second'
), written AS (
    INSERT INTO cases_snapshot AS s
           (key, connection_id, order_key, content, encryption_key_id, size, is_whole, fetched_at)
    SELECT %(key)s, c.id, %(order)s, %(content)s, %(key_id)s, %(size)s, %(is_whole)s,
           clock_timestamp() - %(ended)s * interval '1 second'
      FROM integrations_odooconnection c WHERE c.id = %(connection)s AND NOT EXISTS (SELECT FROM forgotten)
    ON CONFLICT (key) DO UPDATE
       SET content = excluded.content, encryption_key_id = excluded.encryption_key_id, size = excluded.size,
           is_whole = excluded.is_whole, fetched_at = excluded.fetched_at
     WHERE s.fetched_at < excluded.fetched_at OR s.fetched_at > clock_timestamp()
    RETURNING s.fetched_at
), ended AS (
    UPDATE cases_readinglease
       SET outcome = CASE WHEN EXISTS (SELECT FROM forgotten) THEN 'not_kept' ELSE 'kept' END,
           expires_at = clock_timestamp() + %(stays)s * interval '1 second'
     WHERE key = %(key)s AND holder = %(holder)s
)
SELECT fetched_at FROM written
"""

_END = """
WITH gone AS (DELETE FROM cases_snapshot WHERE key = %(key)s AND %(outcome)s = 'nothing_found')
UPDATE cases_readinglease
   SET outcome = %(outcome)s, retry_after_s = %(retry_after)s,
       expires_at = clock_timestamp() + %(stays)s * interval '1 second'
 WHERE key = %(key)s AND holder = %(holder)s
"""

# What a reading kept a moment ago is not there any more: nobody waits for it.
_FORGET = """
WITH marked AS (
    INSERT INTO cases_readinglease (key, holder, expires_at, outcome)
    VALUES (%(order)s, %(holder)s, clock_timestamp() + %(remembered)s * interval '1 second', 'forgotten')
    ON CONFLICT (key) DO UPDATE SET expires_at = excluded.expires_at
), dropped AS (
    DELETE FROM cases_snapshot WHERE order_key = %(order)s RETURNING key
)
UPDATE cases_readinglease l SET outcome = 'not_kept' FROM dropped WHERE l.key = dropped.key AND l.outcome = 'kept'
"""

_SWEEP = """
WITH leases AS (DELETE FROM cases_readinglease WHERE expires_at < clock_timestamp() - interval '1 minute')
DELETE FROM cases_snapshot WHERE fetched_at < clock_timestamp() - %(days)s * interval '1 day'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the answer to one question is kept."""

    key: uuid.UUID
    order_key: uuid.UUID
    connection_id: int

    @property
    def text(self) -> str:
        """What stored content is bound to."""
        return f"snapshot/{self.connection_id}/{self.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the tables say of one question at this moment."""

    fetched_at: datetime | None = None
    age_s: float = 0.0
    is_whole: bool = True
    key_id: str = ""
    content: bytes | None = None  # absent too where the caller knows this one
    is_ours: bool = False  # we hold the lease now: read
    is_running: bool = False  # somebody holds it
    outcome: str = ""  # of the reading that ended a moment ago
    retry_after_s: float | None = None

    @property
    def is_fresh(self) -> bool:
        return self.fetched_at is not None and self.age_s <= FRESH_S and self.is_whole

    @property
    def failure(self) -> str:
        """Why the last reading, a moment ago, brought nothing."""
        return "" if self.outcome in (KEPT, NOTHING_FOUND, NOT_KEPT) else self.outcome


async def look(
    place: Place,
    *,
    holder: uuid.UUID,
    known: datetime | None,
    may_claim: bool = True,
    anew: bool = False,
    first: bool = True,
) -> Look:
    """``anew``: whatever is kept. ``first`` is False for whoever waited for a reading and shares how it ended."""
    rows = await database.rows(
        _LOOK,
        {
            "key": place.key,
            "holder": holder,
            "days": settings.SNAPSHOT_DAYS,
            "lease": LEASE_S,
            "fresh": FRESH_S,
            "may_claim": may_claim,
            "anew": anew,
            "first": first,
            "known": known,
        },
    )
    fetched_at, age_s, is_whole, key_id, content, is_ours, is_held, outcome, retry_after_s = rows[0]
    return Look(
        fetched_at=fetched_at,
        age_s=age_s if age_s is not None else 0.0,
        is_whole=is_whole is not False,
        key_id=key_id or "",
        content=content,
        is_ours=is_ours,
        # A lease that was taken while we looked is there, though our statement does not see it.
        is_running=is_ours or (outcome is None and (is_held or may_claim)),
        outcome="" if is_ours else outcome or "",
        retry_after_s=retry_after_s,
    )


async def renew(place: Place, *, holder: uuid.UUID) -> None:
    await database.rows(_RENEW, {"key": place.key, "holder": holder, "lease": LEASE_S})


async def keep(
    place: Place,
    sealed: Sealed,
    *,
    holder: uuid.UUID,
    began_s: float,
    ended_s: float,
    is_whole: bool,
) -> datetime | None:
    """Store what was asked and answered that long ago; its time on the database's clock.

    None where a newer one is there, or where the order was forgotten meanwhile.
    """
    rows = await database.rows(
        _KEEP,
        {
            "key": place.key,
            "order": place.order_key,
            "connection": place.connection_id,
            "content": sealed.content,
            "key_id": sealed.key_id,
            "size": len(sealed.content),
            "is_whole": is_whole,
            "began": began_s,
            "ended": ended_s,
            "remembered": FORGOTTEN_S,
            "holder": holder,
            "stays": OUTCOME_S,
        },
    )
    return rows[0][0] if rows else None


async def end(place: Place, *, holder: uuid.UUID, outcome: str, retry_after_s: float | None = None) -> None:
    """The reading brought nothing to keep; what is known stays, unless there is no such order any more."""
    await database.rows(
        _END,
        {
            "key": place.key,
            "holder": holder,
            "outcome": outcome,
            "retry_after": retry_after_s,
            "stays": OUTCOME_S,
        },
    )


async def forget(order_key: uuid.UUID, *, holder: uuid.UUID) -> None:
    """Drop all that is known of an order, and what is being read of it now."""
    await database.rows(_FORGET, {"order": order_key, "holder": holder, "remembered": FORGOTTEN_S})


def sweep() -> int:
    """Delete what is older than the installation keeps snapshots; how many that were. Blocks on the database."""
    with connection.cursor() as cursor:
        cursor.execute(_SWEEP, {"days": settings.SNAPSHOT_DAYS})
        deleted: int = cursor.rowcount
    return deleted
