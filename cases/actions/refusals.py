"""Keeps what the rules refused, with what it was judged by, so that looser rules can be tried on it for a while."""

from __future__ import annotations

from datetime import datetime, timedelta

from cases.actions.judged import Judged
from cases.models import RefusedRequest
from cases.people.viewer import Viewer
from integrations.canonical import OrderRecord

KEPT_FOR = timedelta(days=90)


def keep_refusal(viewer: Viewer, record: OrderRecord, judged: Judged, at: datetime) -> None:
    order = record.order
    RefusedRequest.objects.create(
        connection=order.connection,
        company_id=order.company.id,
        brand=order.brand or "",
        region=order.region or "",
        order_ref=order.ref,
        requester_id=viewer.user_id,
        payload=judged.payload,
        facts=judged.facts,
        policy_version=judged.verdict.rules[0].version,
        verdict=judged.verdict.as_json(),
        amount=judged.total.amount,
        currency=judged.total.currency,
        requested_at=at,
    )


def forget_refusals(*, at: datetime) -> int:
    """Delete what was refused so long ago that no draft is tried on it any more."""
    return RefusedRequest.objects.filter(requested_at__lt=at - KEPT_FOR).delete()[0]
