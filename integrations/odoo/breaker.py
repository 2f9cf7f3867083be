"""Stops calling an Odoo that fails, for all processes at once, and lets a few calls find out when it is back.

Opens at half of at least twenty calls failed within ten seconds, for fifteen seconds; then up to three calls may try,
and the first success closes it. A refusal by Odoo's own rules is an answer, never a failure.
"""

from __future__ import annotations

import time

import psycopg
import structlog

from integrations import database
from integrations.errors import (
    BreakerOpen,
    GatewayError,
    NotSent,
    OutcomeUnknown,
    Overloaded,
    TooLarge,
    Unavailable,
    Unreachable,
)
from integrations.odoo import latency, pauses
from integrations.odoo.outcome_record import OPEN_S, WINDOW_S, Tally, record

logger = structlog.get_logger(__name__)

MOST_PROBES = 3
PROBE_LEASE_S = 17
FLUSH_S = 1.0
KNOWN_OPEN_S = 1.0

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


_tallies: dict[int, Tally] = {}
_known_open_until: dict[int, tuple[float, float]] = {}  # believed until, open until


def counts_as_failure(outcome: object) -> bool:
    """Whether an outcome speaks against the server: no answer, no connection or a fault of its own."""
    if isinstance(outcome, NotSent):
        return isinstance(outcome, Unreachable)
    return isinstance(outcome, OutcomeUnknown | Unavailable) and not isinstance(outcome, TooLarge)


def counts_as_success(outcome: object) -> bool:
    """An answer, also one that says no, shows that the server works."""
    return not isinstance(outcome, NotSent) and not counts_as_failure(outcome)


def speaks_of_overload(outcome: object) -> bool:
    """Whether fewer calls at a time would have helped, as far as one can know."""
    return isinstance(outcome, OutcomeUnknown | Unreachable | Overloaded)


def count(connection_id: int, outcome: object) -> None:
    """Note an outcome in this process; ``flush`` tells the others."""
    failed, succeeded = counts_as_failure(outcome), counts_as_success(outcome)
    if not failed and not succeeded:
        return
    tally = _tally(connection_id)
    tally.failed += failed
    tally.succeeded += succeeded
    tally.overloaded += speaks_of_overload(outcome)
    pause_s = pauses.asked_for_s(outcome)
    if pause_s:
        tally.pause_s = max(tally.pause_s, pause_s)
        pauses.note(connection_id, pause_s)


def time_call(connection_id: int, reference: str, elapsed_ms: float) -> None:
    """Note how long Odoo itself took for an answer."""
    times, excess_ms = latency.compare(connection_id, reference, elapsed_ms)
    tally = _tally(connection_id)
    tally.timed += 1
    tally.times_usual += times
    tally.excess_ms += excess_ms


def _tally(connection_id: int) -> Tally:
    tally = _tallies.get(connection_id)
    if tally is None:
        tally = _tallies[connection_id] = Tally(since=time.monotonic())
    return tally


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


async def _record(connection_id: int, tally: Tally) -> None:
    try:
        found = await record(connection_id, tally)
    except psycopg.Error as error:
        logger.warning("odoo_outcomes_not_counted", connection_id=connection_id, sqlstate=error.sqlstate)
        return
    if found is None:
        return
    if found.has_opened:
        logger.warning("odoo_breaker_opened", connection_id=connection_id, open_s=OPEN_S)
    if found.cap != found.cap_before:
        logger.info(
            "odoo_cap_changed",
            connection_id=connection_id,
            cap=found.cap,
            before=found.cap_before,
            cause=tally.cause or "recovering",
        )


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
