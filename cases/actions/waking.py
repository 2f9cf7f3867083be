"""Wakes whoever carries out actions: a bell through the queue, and a sweep that needs no bell.

A lost bell costs seconds, never an action: everything that is due is found in the table itself.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Q
from django_q.tasks import async_task

from cases.actions import journal, ticket_notes
from cases.actions.claiming import database_now
from cases.actions.states import ActionState
from cases.actions.switches import obstacle_for
from cases.models import Action

MOST_AT_ONCE = 200
BELL = "cases.tasks.run_action"


def queue(action: Action) -> None:
    """Let an approved action begin, and ring for it, inside the caller's transaction."""
    now = database_now()
    Action.objects.filter(pk=action.pk, state=ActionState.APPROVED).update(
        state=ActionState.QUEUED, next_try_at=now, queued_at=now, cause=""
    )
    journal.tell_move(action, ActionState.QUEUED)
    ring(action)


def ring(action: Action) -> None:
    """Wake a worker as soon as the caller's transaction is committed; who misses it sweeps."""
    async_task(BELL, str(action.pk))


def queue_what_may_go() -> int:
    """Actions that were approved while a switch held them back."""
    queued = 0
    for action in Action.objects.filter(state=ActionState.APPROVED).order_by("requested_at")[:MOST_AT_ONCE]:
        if obstacle_for(action) is not None:
            continue
        with transaction.atomic():
            locked = Action.objects.select_for_update(skip_locked=True).filter(
                pk=action.pk, state=ActionState.APPROVED
            )
            found = locked.first()
            if found is not None:
                queue(found)
                queued += 1
    return queued


def expire_what_waited() -> int:
    """Requests that nobody decided about in time; approvals that a switch held back too long."""
    now, expired = database_now(), 0
    waiting = Q(state__in=[ActionState.DRAFT, ActionState.AWAITING_APPROVAL, ActionState.APPROVED])
    for action_id in Action.objects.filter(waiting, expires_at__lt=now).values_list("pk", flat=True)[
        :MOST_AT_ONCE
    ]:
        with transaction.atomic():
            action = (
                Action.objects.select_for_update(skip_locked=True)
                .filter(waiting, pk=action_id, expires_at__lt=now)
                .first()
            )
            if action is None:
                continue
            Action.objects.filter(pk=action.pk).update(
                state=ActionState.EXPIRED, finished_at=now, cause="expired"
            )
            journal.tell_move(action, ActionState.EXPIRED, cause="expired")
            ticket_notes.write(action, about="expired")
            expired += 1
    return expired


def oldest_due() -> timedelta | None:
    """How long the longest due action has been waiting; None where nothing is due."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT clock_timestamp() - min(next_try_at) FROM cases_action"
            " WHERE state IN ('queued', 'running', 'unknown') AND next_try_at <= clock_timestamp()"
            " AND (lease_until IS NULL OR lease_until < clock_timestamp())"
        )
        found: timedelta | None = cursor.fetchone()[0]
    return found


__all__ = ["expire_what_waited", "oldest_due", "queue", "queue_what_may_go", "ring"]
