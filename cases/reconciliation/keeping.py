"""Keeps differences as rows: one as long as it lasts, closed by the run that no longer finds it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from cases.models import FOR_INFORMATION, Finding, ReconciliationRun
from cases.reconciliation.difference import Difference


def keep(run: ReconciliationRun, differences: Iterable[Difference], *, at: datetime) -> None:
    with transaction.atomic():
        for one in differences:
            _keep(run, one, at)


def _keep(run: ReconciliationRun, found: Difference, at: datetime) -> None:
    identity = {
        "connection": run.connection,
        "company_id": found.company_id,
        "kind": found.kind,
        "action_id": found.action_id,
        "model": found.model,
        "document_id": found.document_id,
    }
    told = {
        "order_ref": found.order_ref[:100],
        "document_ref": found.document_ref[:100],
        "amount": found.amount,
        "expected": found.expected,
        "currency": found.currency,
        "last_seen_at": at,
        "last_run": run,
    }
    open_ = Finding.objects.filter(**identity, cleared_at__isnull=True)
    if open_.update(**told):
        return
    Finding.objects.create(
        **identity,
        **told,
        is_error=found.kind not in FOR_INFORMATION,
        brand=found.brand,
        region=found.region,
        case_id=found.case_id,
        reference=found.reference,
        first_seen_at=at,
    )


def close_what_is_gone(run: ReconciliationRun, *, at: datetime) -> int:
    """Findings that this run looked for and did not see again."""
    gone = Finding.objects.filter(connection=run.connection, cleared_at__isnull=True).exclude(last_run=run)
    return gone.update(cleared_at=at)
