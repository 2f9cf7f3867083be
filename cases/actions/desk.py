"""What people may do about a parked action: send it again, take an existing document for it, call it done, end it.

Where money is at stake one person says what is to be done and another, by saying the same, does it. Before anything
is given up its keys are revoked in Odoo, so that nothing comes through afterwards.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from django.db import transaction

from cases import audit
from cases.actions import ticket_notes, waking
from cases.actions.claiming import database_now
from cases.actions.journal import tell_move
from cases.actions.kinds import kind_named
from cases.actions.pace import current_pace
from cases.actions.refund_request import read_facts
from cases.actions.running import revoke_key
from cases.actions.states import ActionState
from cases.approval_rights import approval_limit, exposure_of
from cases.approvals import Conflict, NotPermitted, StepUpRequired, find_action
from cases.models import Action, ActionStep
from cases.viewer import Viewer
from integrations import gateways
from integrations.canonical import RefundFacts, RefundNote


class Fix(StrEnum):
    REPLAY = "replay"
    ADOPT = "adopt"
    MARK_DONE = "mark_done"
    CANCEL = "cancel"


def parked_actions(viewer: Viewer) -> list[Action]:
    """What waits for a person within the viewer's scope, the longest wait first."""
    from cases.grants import within_grants

    if not viewer.grants:
        return []
    found = Action.objects.filter(within_grants(viewer), state=ActionState.PARKED)
    return list(found.select_related("requester", "fix_by").order_by("requested_at")[:200])


def fix(
    *,
    viewer: Viewer,
    action_id: UUID,
    verb: Fix,
    document_id: int | None = None,
    stepped_up_at: datetime | None,
    at: datetime,
) -> Action:
    """Say what is to be done about a parked action; said by a second person, it is done.

    Raises ``ActionNotVisible``, ``NotPermitted``, ``StepUpRequired``, ``Conflict``, or a ``GatewayError``.
    """
    action = find_action(viewer, action_id)
    _require_right(viewer, action, stepped_up_at)
    wanted: dict[str, Any] = {"verb": verb.value}
    if verb is Fix.ADOPT:
        if document_id is None:
            raise Conflict("document_missing", action)
        wanted["document"] = document_id
    if action.fix == wanted and action.fix_by_id not in (None, viewer.user_id):
        return _carry_out(viewer, action, verb, document_id, at)
    return _suggest(viewer, action, wanted, at)


def _require_right(viewer: Viewer, action: Action, stepped_up_at: datetime | None) -> None:
    limit = approval_limit(viewer)
    if limit is None:
        raise NotPermitted("no_right")
    if action.requester_id == viewer.user_id:
        raise NotPermitted("own_request")
    if exposure_of(action) > limit:
        raise NotPermitted("above_limit")
    if stepped_up_at is None:
        raise StepUpRequired
    if action.state != ActionState.PARKED:
        raise Conflict("not_parked", action)


def _suggest(viewer: Viewer, action: Action, wanted: dict[str, Any], at: datetime) -> Action:
    with transaction.atomic():
        locked = find_action(viewer, action.pk, for_update=True)
        if locked.state != ActionState.PARKED:
            raise Conflict("not_parked", locked)
        Action.objects.filter(pk=locked.pk).update(fix=wanted, fix_by_id=viewer.user_id)
        _tell(viewer, locked, at, wanted=wanted, is_second=False)
    action.refresh_from_db()
    return action


def _carry_out(viewer: Viewer, action: Action, verb: Fix, document_id: int | None, at: datetime) -> Action:
    effects: list[dict[str, Any]] = []
    if verb is not Fix.REPLAY:
        _give_up_keys(action)
    if verb is Fix.ADOPT and document_id is not None:
        effects = [_adopted(action, document_id)]
    with transaction.atomic():
        locked = find_action(viewer, action.pk, for_update=True)
        if locked.state != ActionState.PARKED or locked.fix != action.fix:
            raise Conflict("not_parked", locked)
        _tell(viewer, locked, at, wanted=locked.fix, is_second=True)
        _end(locked, verb, effects)
    action.refresh_from_db()
    return action


def _end(action: Action, verb: Fix, effects: list[dict[str, Any]]) -> None:
    now = database_now()
    nothing: dict[str, Any] = {"fix": {}, "fix_by_id": None}
    same = Action.objects.filter(pk=action.pk)
    if verb is Fix.REPLAY:
        same.update(**nothing, state=ActionState.QUEUED, cause="", attempts=0, next_try_at=now, queued_at=now)
        tell_move(action, ActionState.QUEUED, cause="replayed")
        waking.ring(action)
        return
    if verb is Fix.CANCEL:
        same.update(**nothing, state=ActionState.CANCELLED, cause="given_up", finished_at=now)
        tell_move(action, ActionState.CANCELLED, cause="given_up")
        return
    cause = "adopted" if verb is Fix.ADOPT else "marked_done"
    known = effects or action.effects
    ticket_notes.write(action, about="succeeded", effects=known)
    same.update(**nothing, state=ActionState.SUCCEEDED, cause=cause, finished_at=now, effects=known)
    tell_move(action, ActionState.SUCCEEDED, cause=cause)


def _give_up_keys(action: Action) -> None:
    """Every key that ever went out; one that had its effect stands against giving the action up."""
    keys = set(ActionStep.objects.filter(action=action).values_list("key", flat=True))
    keys |= {step.key for step in kind_named(action.kind).steps(action)}
    for key in sorted(keys):
        result = revoke_key(action, key, pace=current_pace())
        if result.has_effect and any(document.state is not None for document in result.documents):
            raise Conflict("came_through", action)  # it is there: replay, and the engine finds it


def _adopted(action: Action, document_id: int) -> dict[str, Any]:
    """An existing note that stands for this action: of one of its invoices, and of the very amount."""

    async def read() -> RefundFacts:
        door = await gateways.effect_door(action.connection)
        return await read_facts(
            door, order_id=action.order_id, company_id=action.company_id, correlation_id=action.reference
        )

    facts = async_to_sync(read)()
    touched = {note["invoice_id"] for note in action.payload["notes"]}
    for invoice in facts.invoices:
        for note in invoice.notes if invoice.id in touched else ():
            if note.id == document_id and note.counts:
                return _as_effect(action, invoice.id, note)
    raise Conflict("no_such_document", action)


def _as_effect(action: Action, invoice_id: int, note: RefundNote) -> dict[str, Any]:
    if note.total.amount != Decimal(action.amount):
        raise Conflict("amount_differs", action)
    return {
        "connection": action.connection,
        "model": "account.move",
        "id": note.id,
        "ref": note.ref or "",
        "state": note.state.value,
        "total": format(note.total.amount, "f"),
        "currency": note.total.currency,
        "invoice_id": invoice_id,
    }


def _tell(viewer: Viewer, action: Action, at: datetime, *, wanted: dict[str, Any], is_second: bool) -> None:
    audit.record(
        actor=viewer.actor,
        action=audit.Action.ACTION_FIXED,
        object_kind="action",
        object_ref=action.reference,
        on_behalf_of=f"user:{action.requester_id}",
        connection_slug=action.connection,
        company_id=action.company_id,
        details={
            "action": str(action.pk),
            "case": action.case_id or 0,
            "fix": wanted,
            "second": is_second,
            **audit.channel(viewer),
        },
        at=at,
    )
