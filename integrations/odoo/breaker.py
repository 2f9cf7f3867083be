"""Stops calling an Odoo that fails, for all processes at once, and lets a few calls find out when it is back.

Opens at half of at least twenty calls failed within ten seconds, for fifteen seconds; then up to three calls may try,
and the first success closes it. A refusal by Odoo's own rules is an answer, never a failure.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import psycopg
import structlog

from integrations import database
from integrations.errors import (
    BreakerOpen,
    GatewayError,
    NotSent,
    OutcomeUnknown,
    TooLarge,
    Unavailable,
    Unreachable,
)

logger = structlog.get_logger(__name__)

WINDOW_S = 10
LEAST_CALLS = 20
FAILED_SHARE = 0.5
OPEN_S = 15
MOST_PROBES = 3
PROBE_LEASE_S = 17
FLUSH_S = 1.0
KNOWN_OPEN_S = 1.0

_RECORD = """
WITH moment AS MATERIALIZED (
    SELECT floor(extract(epoch FROM clock_timestamp()))::bigint AS second
), added AS (
    INSERT INTO integrations_odooutcome AS o (connection_id, second, succeeded, failed)
    SELECT %(connection)s, second, %(succeeded)s, %(failed)s FROM moment
    ON CONFLICT (connection_id, second) DO UPDATE
       SET succeeded = o.succeeded + excluded.succeeded, failed = o.failed + excluded.failed
), trimmed AS (
    DELETE FROM integrations_odooutcome o USING moment
     WHERE o.connection_id = %(connection)s AND o.second <= moment.second - %(window)s
), counted AS (
    SELECT coalesce(sum(o.succeeded), 0) + %(succeeded)s AS succeeded,
           coalesce(sum(o.failed), 0) + %(failed)s AS failed
      FROM integrations_odooutcome o, moment
     WHERE o.connection_id = %(connection)s AND o.second > moment.second - %(window)s
)
INSERT INTO integrations_odoobreaker AS b (connection_id, open_until)
SELECT %(connection)s, clock_timestamp() + %(open)s * interval '1 second'
  FROM counted
 WHERE %(failed)s > 0
   AND succeeded + failed >= %(least)s
   AND failed >= %(share)s * (succeeded + failed)
ON CONFLICT (connection_id) DO NOTHING
RETURNING 1
"""

_CLAIM_PROBE = """
UPDATE integrations_odoobreaker
   SET probes = CASE WHEN probes_until < clock_timestamp() THEN 1 ELSE probes + 1 END,
       probes_until = clock_timestamp() + %(lease)s * interval '1 second'
 WHERE connection_id = %(connection)s
   AND open_until <= clock_timestamp()
   AND (probes < %(most)s OR probes_until < clock_timestamp())
RETURNING probes
"""

_REOPEN = """
UPDATE integrations_odoobreaker
   SET open_until = clock_timestamp() + %(open)s * interval '1 second', probes = 0, probes_until = '-infinity'
 WHERE connection_id = %(connection)s AND open_until <= clock_timestamp()
"""

_CLOSE = """
WITH closed AS (DELETE FROM integrations_odoobreaker WHERE connection_id = %(connection)s)
DELETE FROM integrations_odooutcome WHERE connection_id = %(connection)s
"""


@dataclass(slots=True)
class _Tally:
    succeeded: int = 0
    failed: int = 0
    since: float = 0.0


_tallies: dict[int, _Tally] = {}
_known_open_until: dict[int, tuple[float, float]] = {}  # believed until, open until


def counts_as_failure(outcome: object) -> bool:
    """Whether an outcome speaks against the server: no answer, no connection or a fault of its own."""
    if isinstance(outcome, NotSent):
        return isinstance(outcome, Unreachable)
    return isinstance(outcome, OutcomeUnknown | Unavailable) and not isinstance(outcome, TooLarge)


def counts_as_success(outcome: object) -> bool:
    """An answer, also one that says no, shows that the server works."""
    return not isinstance(outcome, NotSent) and not counts_as_failure(outcome)


def count(connection_id: int, outcome: object) -> None:
    """Note an outcome in this process; ``flush`` tells the others."""
    failed, succeeded = counts_as_failure(outcome), counts_as_success(outcome)
    if not failed and not succeeded:
        return
    tally = _tallies.get(connection_id)
    if tally is None:
        tally = _tallies[connection_id] = _Tally(since=time.monotonic())
    tally.failed += failed
    tally.succeeded += succeeded


async def flush() -> None:
    """Tell the other processes: failures at once, successes at most once a second."""
    now = time.monotonic()
    due = [
        connection_id
        for connection_id, tally in _tallies.items()
        if tally.failed or now - tally.since >= FLUSH_S
    ]
    for connection_id in due:
        tally = _tallies.pop(connection_id, None)
        if tally is None:
            continue  # another loop's thread was faster
        if now - tally.since > WINDOW_S and not tally.failed:
            continue  # successes older than the window say nothing about now
        await _record(connection_id, tally)


async def _record(connection_id: int, tally: _Tally) -> None:
    parameters = {
        "connection": connection_id,
        "succeeded": tally.succeeded,
        "failed": tally.failed,
        "window": WINDOW_S,
        "open": OPEN_S,
        "least": LEAST_CALLS,
        "share": FAILED_SHARE,
    }
    try:
        if await database.rows(_RECORD, parameters):
            logger.warning("odoo_breaker_opened", connection_id=connection_id, open_s=OPEN_S)
    except psycopg.Error as error:
        logger.warning("odoo_outcomes_not_counted", connection_id=connection_id, sqlstate=error.sqlstate)


async def claim_probe(connection_id: int) -> bool:
    """Whether the caller may try a half open connection."""
    rows = await database.rows(
        _CLAIM_PROBE, {"connection": connection_id, "lease": PROBE_LEASE_S, "most": MOST_PROBES}
    )
    return bool(rows)


async def settle_probe(connection_id: int, outcome: object) -> None:
    """What a probe found out: closed at its success, open again at its failure."""
    try:
        if counts_as_success(outcome):
            _known_open_until.pop(connection_id, None)
            _tallies.pop(connection_id, None)
            await database.rows(_CLOSE, {"connection": connection_id})
            logger.info("odoo_breaker_closed", connection_id=connection_id)
        elif counts_as_failure(outcome):
            await database.rows(_REOPEN, {"connection": connection_id, "open": OPEN_S})
    except psycopg.Error as error:
        logger.warning("odoo_probe_not_settled", connection_id=connection_id, sqlstate=error.sqlstate)


def open_for(connection_id: int, seconds: float) -> GatewayError:
    """The error for an open breaker; this process believes it for a moment without asking again."""
    now = time.monotonic()
    _known_open_until[connection_id] = (now + min(seconds, KNOWN_OPEN_S), now + seconds)
    return BreakerOpen("the server failed too often, so it is left alone", retry_after_s=round(seconds, 1))


def refuse_while_known_open(connection_id: int) -> None:
    known = _known_open_until.get(connection_id)
    if known is None:
        return
    believed_until, open_until = known
    now = time.monotonic()
    if now < believed_until:
        raise BreakerOpen(
            "the server failed too often, so it is left alone", retry_after_s=round(open_until - now, 1)
        )
    _known_open_until.pop(connection_id, None)
