"""Carries comparisons through, page by page, so that one that was interrupted goes on where it stopped."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django_q.tasks import async_task

from cases import audit
from cases.models import Finding, ReconciliationRun
from cases.people.viewer import Viewer
from cases.reconciliation.keeping import close_what_is_gone, keep
from cases.reconciliation.report import NotPermitted, may_ask
from cases.reconciliation.stages import (
    Page,
    page_of_actions,
    page_of_documents,
    page_of_orders,
    read_door,
)
from cases.reconciliation.where import connections_with_writing
from integrations.errors import GatewayError
from integrations.gateways import EvidenceDoor

logger = logging.getLogger(__name__)

LOOKS_BACK = timedelta(days=60)
EVERY = timedelta(hours=6)
GIVEN_UP_AFTER = timedelta(hours=24)
LEASE = timedelta(minutes=3)
AT_ONCE_S = 120.0  # of one task; what is left is for the next
TASK = "cases.tasks.reconcile"

_STAGES: Mapping[str, tuple[Callable[[ReconciliationRun, EvidenceDoor], Page], str]] = {
    "actions": (page_of_actions, "documents"),
    "documents": (page_of_documents, "orders"),
    "orders": (page_of_orders, "closing"),
}


def reconcile_all(*, at: datetime) -> None:
    """By the clock: go on with what was interrupted, and begin anew where the last one is some hours old."""
    for slug in connections_with_writing():
        run = _open_run(slug)
        if run is None and _is_due(slug, at):
            run = begin(slug, at=at)
        if run is not None:
            carry_on(run.pk)


def ask_for_run(*, viewer: Viewer, connection: str, at: datetime) -> ReconciliationRun:
    """By hand: a run that is under way already is the answer, too. Raises ``NotPermitted``."""
    if not may_ask(viewer, connection) or connection not in connections_with_writing():
        raise NotPermitted
    with transaction.atomic():
        run = _open_run(connection) or begin(connection, at=at, asked_by_id=viewer.user_id)
        audit.record(
            actor=viewer.actor,
            action=audit.Action.RECONCILIATION_ASKED,
            object_kind="reconciliation",
            object_ref=str(run.pk),
            connection_slug=connection,
            details=audit.channel(viewer),
            at=at,
        )
        async_task(TASK, run.pk)
    return run


def begin(connection: str, *, at: datetime, asked_by_id: int | None = None) -> ReconciliationRun:
    try:
        with transaction.atomic():
            return ReconciliationRun.objects.create(
                connection=connection, asked_by_id=asked_by_id, started_at=at, changed_since=at - LOOKS_BACK
            )
    except IntegrityError:  # somebody else began in the same moment
        return ReconciliationRun.objects.get(connection=connection, finished_at__isnull=True)


def carry_on(run_id: int, *, seconds: float = AT_ONCE_S) -> bool:
    """Page after page while there is time; whether the run is at its end. Nobody else works on it meanwhile."""
    if not _take(run_id):
        return False
    run = ReconciliationRun.objects.get(pk=run_id)
    ends_at = time.monotonic() + seconds
    try:
        if timezone.now() - run.started_at > GIVEN_UP_AFTER:
            _end(run, problem="given_up")
            return True
        door = read_door(run.connection)
        while run.stage in _STAGES:
            _next_page(run, door)
            if time.monotonic() > ends_at:
                _let_go(run, problem="")
                return False
        _end(run, problem="")
    except (GatewayError, LookupError) as error:
        problem = error.reason if isinstance(error, GatewayError) else "switched_off"
        logger.warning("A reconciliation waits: %s", problem)
        _let_go(run, problem=problem)
        return False
    return True


def _take(run_id: int) -> bool:
    now = timezone.now()
    free = ReconciliationRun.objects.filter(
        Q(held_until__isnull=True) | Q(held_until__lt=now), pk=run_id, finished_at__isnull=True
    )
    return bool(free.update(held_until=now + LEASE))


def _next_page(run: ReconciliationRun, door: EvidenceDoor) -> None:
    read, following = _STAGES[run.stage]
    page = read(run, door)
    now = timezone.now()
    with transaction.atomic():
        keep(run, page.differences, at=now)
        run.stage = following if page.following is None else run.stage
        run.place = page.following or {}
        ReconciliationRun.objects.filter(pk=run.pk).update(
            stage=run.stage,
            place=run.place,
            held_until=now + LEASE,
            problem="",
            **{name: F(name) + count for name, count in page.counted.items()},
        )


def _end(run: ReconciliationRun, *, problem: str) -> None:
    now = timezone.now()
    with transaction.atomic():
        if not problem:
            close_what_is_gone(run, at=now)
        ReconciliationRun.objects.filter(pk=run.pk).update(
            finished_at=now, held_until=None, problem=problem, stage="closing", place={}
        )
    errors = Finding.objects.filter(
        connection=run.connection, cleared_at__isnull=True, accepted_at__isnull=True, is_error=True
    ).count()
    if errors:
        logger.error("Odoo and this installation differ on %s: %s findings", run.connection, errors)


def _let_go(run: ReconciliationRun, *, problem: str) -> None:
    ReconciliationRun.objects.filter(pk=run.pk).update(held_until=None, problem=problem)


def _open_run(connection: str) -> ReconciliationRun | None:
    return ReconciliationRun.objects.filter(connection=connection, finished_at__isnull=True).first()


def _is_due(connection: str, at: datetime) -> bool:
    return not ReconciliationRun.objects.filter(connection=connection, started_at__gt=at - EVERY).exists()
