"""Writes down how calls went, and draws the conclusions for all processes in the same statement: breaker and cap.

The cap follows Odoo's answers: one more after twenty good ones (or ten quiet seconds), a third less when calls time
out, connections break, the server says that it has too much to do, or answers take twice their usual time.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from integrations import database

WINDOW_S = 10
LEAST_CALLS = 20
FAILED_SHARE = 0.5
OPEN_S = 15

LEAST_CAP = 2
GOOD_FOR_ONE_MORE = 20
QUIET_FOR_ONE_MORE_S = 10
CUT_TO = 0.7
CUT_EVERY_S = 2.0  # calls of before the last cut still speak of the time before it
SLOW_TIMES = 2.0
SLOW_BY_MS = 50.0
LEAST_TIMED = 5

_RECORD = """
WITH moment AS MATERIALIZED (
    SELECT clock_timestamp() AS at, floor(extract(epoch FROM clock_timestamp()))::bigint AS second
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
), opened AS (
    INSERT INTO integrations_odoobreaker AS b (connection_id, open_until)
    SELECT %(connection)s, moment.at + %(open)s * interval '1 second'
      FROM counted, moment
     WHERE %(failed)s > 0
       AND succeeded + failed >= %(least)s
       AND failed >= %(share)s * (succeeded + failed)
    ON CONFLICT (connection_id) DO NOTHING
    RETURNING 1
), before AS MATERIALIZED (
    SELECT * FROM integrations_odoolimit WHERE connection_id = %(connection)s FOR UPDATE
), known AS MATERIALIZED (
    SELECT c.max_in_flight AS most, moment.at,
           least(c.max_in_flight, coalesce(before.cap, c.max_in_flight)) AS cap,
           coalesce(before.good, 0) + %(succeeded)s AS good,
           coalesce(before.changed_at, '-infinity') AS changed_at,
           coalesce(before.cut_at, '-infinity') AS cut_at,
           coalesce(before.cause, '') AS cause,
           greatest(before.paused_until,
                    CASE WHEN %(pause)s > 0 THEN moment.at + %(pause)s * interval '1 second' END,
                    '-infinity') AS paused_until
      FROM moment, integrations_odooconnection c
      LEFT JOIN before ON before.connection_id = c.id
     WHERE c.id = %(connection)s
), judged AS MATERIALIZED (
    SELECT known.*,
           %(cause)s <> '' AND known.cut_at < known.at - %(cut_every)s * interval '1 second' AS is_cut,
           %(cause)s = '' AND %(succeeded)s > 0 AND known.cap < known.most
           AND (known.good >= %(good_for_more)s
                OR known.changed_at < known.at - %(quiet)s * interval '1 second') AS is_raised
      FROM known
), decided AS (
    SELECT judged.*,
           CASE WHEN is_cut THEN greatest(least(%(least_cap)s, most), floor(cap * %(cut_to)s)::int)
                WHEN is_raised THEN least(most, cap + greatest(1, good / %(good_for_more)s))
                ELSE cap END AS next_cap
      FROM judged
), limited AS (
    INSERT INTO integrations_odoolimit AS l (connection_id, cap, good, cause, changed_at, cut_at, paused_until)
    SELECT %(connection)s, next_cap,
           CASE WHEN is_cut OR is_raised OR next_cap = most THEN 0 ELSE good END,
           CASE WHEN next_cap = most THEN '' WHEN is_cut THEN %(cause)s ELSE cause END,
           CASE WHEN is_cut OR is_raised THEN at ELSE changed_at END,
           CASE WHEN is_cut THEN at ELSE cut_at END, paused_until
      FROM decided
    ON CONFLICT (connection_id) DO UPDATE
       SET cap = excluded.cap, good = excluded.good, cause = excluded.cause, changed_at = excluded.changed_at,
           cut_at = excluded.cut_at, paused_until = greatest(l.paused_until, excluded.paused_until)
)
SELECT EXISTS (SELECT FROM opened), cap, next_cap FROM decided
"""


@dataclass(slots=True)
class Tally:
    """What one process has seen of one connection since it last told the others."""

    succeeded: int = 0
    failed: int = 0
    overloaded: int = 0
    timed: int = 0
    times_usual: float = 0.0  # summed over the timed ones
    excess_ms: float = 0.0
    pause_s: float = 0.0
    since: float = field(default=0.0)

    @property
    def cause(self) -> str:
        """Why the cap ought to fall, if it ought to."""
        if self.overloaded:
            return "failing"
        if (
            self.timed >= LEAST_TIMED
            and self.times_usual > SLOW_TIMES * self.timed
            and self.excess_ms > SLOW_BY_MS * self.timed
        ):
            return "slow"
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    has_opened: bool
    cap_before: int
    cap: int


async def record(connection_id: int, tally: Tally) -> Conclusion | None:
    """Add a tally to what all processes know; ``None`` where the connection is gone."""
    rows = await database.rows(
        _RECORD,
        {
            "connection": connection_id,
            "succeeded": tally.succeeded,
            "failed": tally.failed,
            "window": WINDOW_S,
            "open": OPEN_S,
            "least": LEAST_CALLS,
            "share": FAILED_SHARE,
            "pause": tally.pause_s,
            "cause": tally.cause,
            "cut_every": CUT_EVERY_S,
            "cut_to": CUT_TO,
            "least_cap": LEAST_CAP,
            "good_for_more": GOOD_FOR_ONE_MORE,
            "quiet": QUIET_FOR_ONE_MORE_S,
        },
    )
    if not rows:
        return None
    has_opened, before, cap = rows[0]
    return Conclusion(has_opened=has_opened, cap_before=before, cap=cap)
