"""Puts a new verdict into an action because what it rested on changed; whatever was approved is void then."""

from __future__ import annotations

from datetime import datetime

from cases import audit
from cases.actions import ticket_notes
from cases.actions.claiming import database_now
from cases.actions.judged import Judged
from cases.actions.states import ActionState
from cases.models import Action, Approval


def revalue(action: Action, judged: Judged, *, cause: str, actor: str = "system:actions") -> None:
    """Inside the caller's transaction, which holds the row. What is no longer allowed is rejected."""
    now = database_now()
    void(action, cause=cause, at=now)
    allowed = judged.verdict.allowed
    Action.objects.filter(pk=action.pk).update(
        state=ActionState.AWAITING_APPROVAL if allowed else ActionState.REJECTED,
        cause=cause,
        **judged.columns(),
        approvals_needed=max(1, judged.verdict.needs_approval),
        round=judged.round,
        judged_at=now,
        finished_at=None if allowed else now,
        lease_holder="",
        lease_until=None,
    )
    audit.record(
        actor=actor,
        action=audit.Action.ACTION_JUDGED,
        object_kind="action",
        object_ref=action.reference,
        connection_slug=action.connection,
        company_id=action.company_id,
        decision=audit.Decision.ALLOWED if allowed else audit.Decision.DENIED,
        reason=cause,
        details={
            "outcomes": judged.verdict.outcomes,
            "policy": judged.verdict.rules[0].version,
            "content": judged.content_hash,
            "before": action.content_hash,
            "case": action.case_id or 0,
        },
    )
    if not allowed:
        ticket_notes.write(action, about="rejected")


def void(action: Action, *, cause: str, at: datetime) -> None:
    Approval.objects.filter(action=action, voided_at__isnull=True).update(voided_at=at, void_cause=cause[:40])
