"""Tells the trail what was asked for and what the rules said, whether or not it was allowed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cases import audit
from cases.actions.hashing import plain
from cases.actions.judged import Judged
from cases.actions.verdicts import Verdict
from cases.models import Action
from cases.people.viewer import Viewer
from integrations.canonical import OrderRecord


def tell_proposal(viewer: Viewer, action: Action, judged: Judged, at: datetime) -> None:
    audit.record(
        actor=viewer.actor,
        action=audit.Action.ACTION_PROPOSED,
        object_kind="action",
        object_ref=action.reference,
        connection_slug=action.connection,
        company_id=action.company_id,
        details={
            "action": str(action.pk),
            "kind": action.kind,
            "order": action.order_ref,
            "case": action.case_id or 0,
            "amount": plain(judged.total.amount),
            "currency": action.currency,
            "reason": action.reason,
            "content": action.content_hash,
            "payload": action.payload_hash,
            **_verdict_told(judged.verdict),
            **audit.channel(viewer),
        },
        at=at,
    )


def tell_refusal(viewer: Viewer, case_id: int, record: OrderRecord, judged: Judged, at: datetime) -> None:
    order = record.order
    audit.record_alone(
        actor=viewer.actor,
        action=audit.Action.ACTION_REFUSED,
        object_kind="order",
        object_ref=order.ref,
        connection_slug=order.connection,
        company_id=order.company.id,
        decision=audit.Decision.DENIED,
        details={
            "kind": judged.kind,
            "case": case_id,
            **_verdict_told(judged.verdict),
            **audit.channel(viewer),
        },
        at=at,
    )


def _verdict_told(verdict: Verdict) -> Mapping[str, Any]:
    return {"outcomes": verdict.outcomes, "policy": verdict.rules[0].version}
