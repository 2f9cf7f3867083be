"""Keeps who and what caused how many calls to each Odoo: a small table of the last hours, written every few seconds.

A person is a number here. It is for those who answer for the load on Odoo, and is forgotten after two hours.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

import psycopg
import structlog

from integrations import database
from integrations.event_loop import LoopScope, current_scope, spawn

logger = structlog.get_logger(__name__)

WRITTEN_EVERY_S = 10.0
BUCKET_MINUTES = 5
KEPT_MINUTES = 120

_ADD = """
WITH moment AS MATERIALIZED (
    SELECT floor(extract(epoch FROM clock_timestamp()) / 60)::bigint AS minute
), trimmed AS (
    DELETE FROM integrations_odooload l USING moment WHERE l.minute < moment.minute - %(kept)s
)
INSERT INTO integrations_odooload AS l
       (connection_id, minute, workflow, person_id, calls, failed, turned_away, busy_ms)
SELECT n.connection, moment.minute - moment.minute %% %(bucket)s, n.workflow, n.person, n.calls, n.failed, n.away, n.ms
  FROM moment, unnest(%(connections)s::bigint[], %(workflows)s::text[], %(persons)s::bigint[], %(calls)s::int[],
                      %(failed)s::int[], %(away)s::int[], %(ms)s::bigint[])
            AS n(connection, workflow, person, calls, failed, away, ms)
ON CONFLICT (connection_id, minute, workflow, person_id) DO UPDATE
   SET calls = l.calls + excluded.calls, failed = l.failed + excluded.failed,
       turned_away = l.turned_away + excluded.turned_away, busy_ms = l.busy_ms + excluded.busy_ms
"""

_LAST_HOUR = """
SELECT c.slug, l.workflow, l.person_id, sum(l.calls)::bigint, sum(l.failed)::bigint, sum(l.turned_away)::bigint,
       sum(l.busy_ms)::bigint
  FROM integrations_odooload l JOIN integrations_odooconnection c ON c.id = l.connection_id
 WHERE l.minute > floor(extract(epoch FROM clock_timestamp()) / 60)::bigint - 60
 GROUP BY 1, 2, 3
 ORDER BY 4 DESC, 1, 2, 3
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What one person's work of one kind asked of one connection within the last hour."""

    connection: str
    workflow: str
    person_id: int  # 0: nobody in particular
    calls: int
    failed: int
    turned_away: int
    busy_ms: int  # of Odoo's time, as far as we waited for it


@dataclass(slots=True)
class _Tally:
    calls: int = 0
    failed: int = 0
    turned_away: int = 0
    busy_ms: float = 0.0


_Key = tuple[int, str, int]


class _Tallies:
    """Of one event loop, because that is where they can be written down before it ends."""

    def __init__(self, scope: LoopScope) -> None:
        self.tallies: dict[_Key, _Tally] = {}
        self.is_due = False
        scope.finishers.append(partial(_write, self))


def note(
    connection_id: int,
    workflow: str,
    person_id: int,
    *,
    has_failed: bool = False,
    was_turned_away: bool = False,
    busy_ms: float = 0.0,
) -> None:
    """Count one call in this process; the table hears of it within seconds."""
    scope = current_scope()
    kept: _Tallies | None = scope.resources.get("load")
    if kept is None:
        kept = scope.resources["load"] = _Tallies(scope)
    tally = kept.tallies.setdefault((connection_id, workflow, person_id), _Tally())
    tally.calls += not was_turned_away
    tally.failed += has_failed
    tally.turned_away += was_turned_away
    tally.busy_ms += busy_ms
    if not kept.is_due:
        kept.is_due = True
        asyncio.get_running_loop().call_later(WRITTEN_EVERY_S, _write_soon, kept)


def _write_soon(kept: _Tallies) -> None:
    spawn(_write(kept), name="odoo-load")


async def write_now() -> None:
    """Have the table know what this loop knows."""
    kept: _Tallies | None = current_scope().resources.get("load")
    if kept is not None:
        await _write(kept)


async def _write(kept: _Tallies) -> None:
    tallies, kept.tallies, kept.is_due = kept.tallies, {}, False
    if not tallies:
        return
    try:
        await database.rows(_ADD, _columns(tallies.items()))
    except psycopg.Error as error:
        logger.warning("odoo_load_not_written", rows=len(tallies), sqlstate=error.sqlstate)


def _columns(tallies: Iterable[tuple[_Key, _Tally]]) -> dict[str, object]:
    rows = list(tallies)
    return {
        "kept": KEPT_MINUTES,
        "bucket": BUCKET_MINUTES,
        "connections": [connection_id for (connection_id, _, _), _ in rows],
        "workflows": [workflow for (_, workflow, _), _ in rows],
        "persons": [person_id for (_, _, person_id), _ in rows],
        "calls": [tally.calls for _, tally in rows],
        "failed": [tally.failed for _, tally in rows],
        "away": [tally.turned_away for _, tally in rows],
        "ms": [round(tally.busy_ms) for _, tally in rows],
    }


async def last_hour() -> tuple[Load, ...]:
    """Heaviest first; what this very process saw in the last seconds included."""
    await write_now()
    return tuple(
        Load(
            connection=slug,
            workflow=workflow,
            person_id=person_id,
            calls=calls,
            failed=failed,
            turned_away=away,
            busy_ms=busy_ms,
        )
        for slug, workflow, person_id, calls, failed, away, busy_ms in await database.rows(_LAST_HOUR, {})
    )
