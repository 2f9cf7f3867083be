"""Decides about what somebody else asked for: by right, scope and limit, on exactly the content that was shown.

Before anything is approved the order is read again. What is not as it was is judged anew, and nobody has approved it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import transaction
from django.db.models import Q

from cases import audit
from cases.actions import ticket_notes, waking
from cases.actions.claiming import database_now
from cases.actions.journal import tell_move
from cases.actions.judged import Judged
from cases.actions.rejudging import rejudge
from cases.actions.revaluing import revalue, void
from cases.actions.sealing import seal
from cases.actions.states import CANCELLABLE, ActionState
from cases.actions.switches import obstacle_for
from cases.approvals.rights import Right, approval_limit, deciding_right, exposure_of, rights_of
from cases.masking.redaction import redact_payment_numbers
from cases.models import Action, Approval, Decision
from cases.people.grants import within_grants
from cases.people.viewer import Viewer
from cases.subjects import subject_of
from integrations import gateways

LONGEST_REASON = 500


class ActionNotVisible(Exception):
    """No such action within what the viewer may see; says nothing about whether it exists."""


class NotPermitted(Exception):
    """The action is there for the viewer, but this is not theirs to do; ``reason`` is a word for programs."""

    def __init__(self, reason: str = "permission_denied", **words: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.words = words


class StepUpRequired(Exception):
    """Money moves: who is there has to be proven again first."""


class Conflict(Exception):
    """Something happened meanwhile; ``reason`` is a word for programs, ``action`` the action as it is now."""

    def __init__(self, reason: str, action: Action) -> None:
        super().__init__(reason)
        self.reason = reason
        self.action = action


def find_action(viewer: Viewer, action_id: UUID, *, for_update: bool = False) -> Action:
    """The action of this id, locked where it is to change. Raises ``ActionNotVisible``."""
    found = (
        Action.objects.filter(within_grants(viewer), pk=action_id) if viewer.grants else Action.objects.none()
    )
    action = (
        found.select_for_update(of=("self",)).first()
        if for_update
        else found.select_related("requester").first()
    )
    if action is None or not viewer.may_see(
        action.connection, action.company_id, brand=action.brand or None, region=action.region or None
    ):
        raise ActionNotVisible
    return action


async def approve(
    *,
    viewer: Viewer,
    action_id: UUID,
    content_hash: str,
    stepped_up_at: datetime | None,
    correlation_id: str,
    at: datetime,
) -> Action:
    """Approve exactly this content.

    Raises ``ActionNotVisible``, ``NotPermitted``, ``StepUpRequired``, ``Conflict``, or a ``GatewayError`` when the
    order cannot be read now: then nothing is approved.
    """
    action = await sync_to_async(_approvable)(viewer, action_id, content_hash, stepped_up_at, at)
    try:
        door = await gateways.effect_door(action.connection)
        judged = await rejudge(action, door)
    except LookupError:
        raise ActionNotVisible from None
    return await sync_to_async(_keep_approval)(viewer, action_id, content_hash, judged, stepped_up_at, at)


def _approvable(
    viewer: Viewer, action_id: UUID, content_hash: str, stepped_up_at: datetime | None, at: datetime
) -> Action:
    action = find_action(viewer, action_id)
    _require_right(viewer, action, at)
    if stepped_up_at is None:
        raise StepUpRequired
    _require_waiting(action, content_hash, at)
    return action


def _require_right(viewer: Viewer, action: Action, at: datetime) -> Right:
    found = deciding_right(viewer, action, rights_of(viewer, at=at))
    if isinstance(found, str):
        with transaction.atomic():
            _tell(
                viewer,
                action,
                audit.Action.ACTION_APPROVED,
                at,
                decision=audit.Decision.DENIED,
                reason=found,
            )
        raise NotPermitted(found)
    return found


def _require_waiting(action: Action, content_hash: str, at: datetime) -> None:
    if action.state != ActionState.AWAITING_APPROVAL:
        raise Conflict("already_decided", action)
    if action.expires_at <= at:
        raise Conflict("expired", action)
    if action.content_hash != content_hash:
        raise Conflict("content_changed", action)


def _keep_approval(
    viewer: Viewer,
    action_id: UUID,
    content_hash: str,
    judged: Judged,
    stepped_up_at: datetime | None,
    at: datetime,
) -> Action:
    with transaction.atomic():
        action = find_action(viewer, action_id, for_update=True)
        _require_waiting(action, content_hash, at)
        what = _what_changed(action, judged)
        if what:
            revalue(action, judged, cause=what, actor=viewer.actor)
        else:
            found = deciding_right(viewer, action, rights_of(viewer, at=at))
            if isinstance(found, str):
                raise NotPermitted(found)  # taken back, or over, while the order was read
            _approve(viewer, action, found, stepped_up_at, at)
    action.refresh_from_db()
    if what:
        raise Conflict(what, action)
    return action


def _what_changed(action: Action, judged: Judged) -> str:
    if judged.facts_hash != action.facts_hash or judged.payload != action.payload:
        return "order_changed"
    if judged.verdict.rules[0].version != action.policy_version:
        return "policy_changed"
    if not judged.verdict.allowed or judged.verdict.needs_approval > action.approvals_needed:
        return "limits_changed"  # a hold, or other refunds meanwhile
    return ""


def _approve(
    viewer: Viewer, action: Action, right: Right, stepped_up_at: datetime | None, at: datetime
) -> None:
    given = Approval.objects.filter(action=action, voided_at__isnull=True)
    if given.filter(approver_id=viewer.user_id).exists():
        raise Conflict("already_decided", action)
    whose = right.on_behalf_of_id or viewer.user_id  # one right never stands for two approvals
    if given.filter(Q(on_behalf_of_id=whose) | Q(approver_id=whose, on_behalf_of_id__isnull=True)).exists():
        raise Conflict("already_decided", action)
    Approval.objects.create(
        action=action,
        approver_id=viewer.user_id,
        on_behalf_of_id=right.on_behalf_of_id,
        decision=Decision.APPROVED,
        content_hash=action.content_hash,
        at=at,
        stepped_up_at=stepped_up_at,
    )
    there = given.filter(decision=Decision.APPROVED, content_hash=action.content_hash).count()
    if there >= action.approvals_needed:
        Action.objects.filter(pk=action.pk).update(state=ActionState.APPROVED, cause="")
        action.state = ActionState.APPROVED.value
        obstacle = obstacle_for(action)
        if obstacle is None:
            waking.queue(action)
        else:
            Action.objects.filter(pk=action.pk).update(cause=obstacle.value)
    _tell(
        viewer,
        action,
        audit.Action.ACTION_APPROVED,
        at,
        given=there,
        needed=action.approvals_needed,
        exposure=format(exposure_of(action), "f"),
        **_in_place_of(right),
    )


def _in_place_of(right: Right) -> dict[str, Any]:
    return {"in_place_of": f"user:{right.on_behalf_of_id}"} if right.on_behalf_of_id else {}


def reject(*, viewer: Viewer, action_id: UUID, reason: str, at: datetime) -> Action:
    """Say no, and why. Raises ``ActionNotVisible``, ``NotPermitted``, ``Conflict``."""
    said = _said(reason)
    with transaction.atomic():
        action = find_action(viewer, action_id, for_update=True)
        if action.state != ActionState.AWAITING_APPROVAL:
            raise Conflict("already_decided", action)
        right = _right_to_reject(viewer, action, at)
        sealed, key_id = seal(
            said,
            place=reason_place(action.pk, viewer.user_id),
            subject=subject_of(action.connection, action.customer_id),
        )
        void(action, cause="rejected", at=database_now())
        Approval.objects.create(
            action=action,
            approver_id=viewer.user_id,
            on_behalf_of_id=right.on_behalf_of_id,
            decision=Decision.REJECTED,
            content_hash=action.content_hash,
            at=at,
            reason=sealed,
            reason_key_id=key_id,
        )
        _end(action, ActionState.REJECTED, "rejected")
        _tell(viewer, action, audit.Action.ACTION_REJECTED, at, **_in_place_of(right))
    action.refresh_from_db()
    return action


def _right_to_reject(viewer: Viewer, action: Action, at: datetime) -> Right:
    """Any right to decide, whatever the amount: saying no moves no money."""
    boundless = [replace(right, limit=Decimal("Infinity")) for right in rights_of(viewer, at=at)]
    found = deciding_right(viewer, action, boundless)
    if isinstance(found, str):
        raise NotPermitted(found)
    return found


def cancel(*, viewer: Viewer, action_id: UUID, at: datetime) -> Action:
    """Withdraw a request before anything is sent; a second time changes nothing.

    Whoever asked may, and whoever could approve. Raises ``ActionNotVisible``, ``NotPermitted``, ``Conflict``.
    """
    with transaction.atomic():
        action = find_action(viewer, action_id, for_update=True)
        if action.requester_id != viewer.user_id and approval_limit(viewer) is None:
            raise NotPermitted("no_right")
        if action.state == ActionState.CANCELLED:
            return action
        if action.state not in CANCELLABLE:
            raise Conflict("too_late", action)
        _end(action, ActionState.CANCELLED, "withdrawn")
        void(action, cause="withdrawn", at=database_now())
        _tell(viewer, action, audit.Action.ACTION_CANCELLED, at)
    action.refresh_from_db()
    return action


def _end(action: Action, state: ActionState, cause: str) -> None:
    Action.objects.filter(pk=action.pk).update(state=state, cause=cause, finished_at=database_now())
    tell_move(action, state, cause=cause)
    ticket_notes.write(action, about=state.value)


def _said(reason: str) -> str:
    said = redact_payment_numbers(" ".join(reason.replace("\0", "").split()))[:LONGEST_REASON]
    if not said:
        raise NotPermitted("no_reason")
    return said


def reason_place(action_id: Any, user_id: int) -> str:
    return f"action/{action_id}/decision/{user_id}"


def _tell(
    viewer: Viewer,
    action: Action,
    what: audit.Action,
    at: datetime,
    *,
    decision: audit.Decision = audit.Decision.ALLOWED,
    reason: str = "",
    **more: Any,
) -> None:
    audit.record(
        actor=viewer.actor,
        action=what,
        object_kind="action",
        object_ref=action.reference,
        on_behalf_of=f"user:{action.requester_id}",
        connection_slug=action.connection,
        company_id=action.company_id,
        decision=decision,
        reason=reason,
        details={
            "action": str(action.pk),
            "content": action.content_hash,
            "case": action.case_id or 0,
            **more,
            **audit.channel(viewer),
        },
        at=at,
    )


__all__ = [
    "ActionNotVisible",
    "Conflict",
    "NotPermitted",
    "StepUpRequired",
    "approve",
    "cancel",
    "find_action",
    "reject",
]
