"""Takes an action that is due, for a while: whoever holds the newest fence works on it, everybody else is late.

Only the database's clock counts. An attempt is counted when it begins, so that one that kills its worker counts too.
"""

from __future__ import annotations

import os
import socket
import threading
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from cases.actions.pace import Pace

# Also where a worker died: its lease is over. What is in doubt stays so until Odoo was asked.
_CLAIM = """
    WITH due AS (
        SELECT a.id FROM cases_action a
        WHERE a.state IN ('queued', 'running', 'unknown')
            AND a.next_try_at <= clock_timestamp()
            AND (a.lease_until IS NULL OR a.lease_until < clock_timestamp())
            AND (%(wanted)s::uuid IS NULL OR a.id = %(wanted)s::uuid)
            AND (a.state <> 'queued' OR NOT EXISTS (
                SELECT 1 FROM cases_action o
                WHERE o.connection = a.connection AND o.order_id = a.order_id
                    AND o.state IN ('running', 'unknown', 'compensating')))
            AND NOT EXISTS (
                SELECT 1 FROM cases_actionswitch s
                WHERE s.connection = a.connection AND s.kind = a.kind AND s.company_id IS NULL AND NOT s.is_on)
            AND coalesce((
                SELECT s.is_on FROM cases_actionswitch s
                WHERE s.connection = a.connection AND s.kind = a.kind AND s.company_id = a.company_id
                    AND s.brand IN ('', a.brand)
                ORDER BY s.brand DESC LIMIT 1), false)
        ORDER BY a.next_try_at, a.id
        FOR UPDATE OF a SKIP LOCKED LIMIT 1
    )
    UPDATE cases_action a SET
        state = CASE WHEN a.state <> 'queued' AND EXISTS (
            SELECT 1 FROM cases_actionstep s WHERE s.action_id = a.id AND s.state IN ('intended', 'unknown')
                AND NOT EXISTS (
                    SELECT 1 FROM cases_actionstep d
                    WHERE d.action_id = a.id AND d.number = s.number AND d.attempt > s.attempt
                        AND d.state IN ('done', 'refused'))
                AND NOT EXISTS (
                    SELECT 1 FROM cases_actionstep d
                    WHERE d.action_id = a.id AND d.number = s.number AND d.state = 'done')
            ) THEN 'unknown' ELSE 'running' END,
        lease_holder = %(holder)s,
        lease_until = clock_timestamp() + %(lease)s * interval '1 second',
        fence = a.fence + 1,
        attempts = a.attempts + 1
    FROM due WHERE a.id = due.id
    RETURNING a.id, a.fence
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to work on one action until the lease ends or somebody takes the next fence."""

    action_id: UUID
    fence: int


class LeaseLost(Exception):
    """Somebody else works on it now, or the lease is over: nothing may be written any more."""


def this_worker() -> str:
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{threading.get_native_id()}"


def claim_due(*, pace: Pace, action_id: UUID | None = None) -> Claim | None:
    """The longest due action that nobody works on, or a certain one if it is due; None where there is none."""
    if not settings.ODOO_WRITES:
        return None
    wanted = str(action_id) if action_id else None
    values = {"wanted": wanted, "holder": this_worker(), "lease": pace.lease_s}
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_CLAIM, values)
            row = cursor.fetchone()
    except IntegrityError as refused:
        if "action_one_at_work_per_order" not in str(refused):
            raise
        return None  # somebody took another action on the same order in the same moment
    return Claim(action_id=row[0], fence=row[1]) if row else None


def renew(claim: Claim, *, pace: Pace) -> None:
    """Start the lease anew before something slow; raises ``LeaseLost``."""
    write_as_holder(claim, "lease_until = clock_timestamp() + %s * interval '1 second'", [pace.lease_s])


def write_as_holder(claim: Claim, assignments: str, values: list[Any]) -> None:
    """Change the action's row as whoever holds it, inside the caller's transaction; raises ``LeaseLost``.

    ``assignments`` are constants of this package, never something that came in.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE cases_action SET {assignments}"  # noqa: S608  # nosec B608 - see above
            " WHERE id = %s AND fence = %s AND lease_until > clock_timestamp()"
            " AND state IN ('running', 'unknown', 'compensating')",
            [*values, str(claim.action_id), claim.fence],
        )
        if cursor.rowcount != 1:
            raise LeaseLost


def database_now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now
