"""Keeps an action that is wanted while Odoo cannot be asked: without a verdict until somebody asks with it.

A draft holds the place of its order, so that two people do not prepare the same; it has no amount and no approvals.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import IntegrityError, transaction

from cases import audit
from cases.actions import history, ticket_notes, waking
from cases.actions.asking import Form, asking_for
from cases.actions.claiming import database_now
from cases.actions.hashing import sha256_of
from cases.actions.identifiers import uuid7
from cases.actions.one_matter import AlreadyOpen, business_key, refuse_second
from cases.actions.policies import newest_rules
from cases.actions.proposal_trail import tell_proposal, tell_refusal
from cases.actions.proposing import (
    LONGEST_KEY,
    Proposed,
    Reading,
    Refused,
    check_right,
    free_reference,
    judge_reading,
    known_request,
    note_place,
    read_live,
)
from cases.actions.refusals import keep_refusal
from cases.actions.sealing import seal, unseal
from cases.actions.states import ActionState
from cases.actions.switches import obstacle_for
from cases.approvals import Conflict, NotPermitted, find_action
from cases.masking.redaction import redact_payment_numbers
from cases.models import Action
from cases.orders.workspace import read_visible
from cases.people.viewer import Viewer
from cases.subjects import subject_of
from integrations.canonical import OrderRecord


async def keep_draft(
    *,
    viewer: Viewer,
    case_id: int,
    form: Form,
    key: str = "",
    body_hash: str = "",
    correlation_id: str,
    at: datetime,
) -> Proposed:
    """Put down what is wanted of an order that is known, if only from before. Raises what proposing raises."""
    await sync_to_async(check_right)(viewer, case_id)
    known = await sync_to_async(known_request)(viewer, key, body_hash)
    if known is not None:
        return Proposed(action=known, judged=None, is_new=False)
    await sync_to_async(asking_for(form.kind).check)(form)
    record, _ = await read_visible(viewer, form.connection, form.ref, form.company, correlation_id)
    return await sync_to_async(_keep)(viewer, case_id, form, record, key, body_hash, at)


def _keep(
    viewer: Viewer,
    case_id: int,
    form: Form,
    record: OrderRecord,
    key: str,
    body_hash: str,
    at: datetime,
) -> Proposed:
    order, customer = record.order, record.customer
    try:
        with transaction.atomic():
            history.hold_still(
                user_id=viewer.user_id,
                connection_slug=order.connection,
                customer_id=customer.account_id if customer else None,
                order_id=order.id,
            )
            known = known_request(viewer, key, body_hash)
            if known is not None:
                return Proposed(action=known, judged=None, is_new=False)
            refuse_second(form.kind, order.connection, order.company.id, order.id)
            action = _stored(viewer, case_id, form, record, key, body_hash, at)
    except IntegrityError as error:
        if "action_open_once_per_matter" not in str(error):
            raise
        raise AlreadyOpen("") from None
    return Proposed(action=action, judged=None, is_new=True)


def _stored(
    viewer: Viewer,
    case_id: int,
    form: Form,
    record: OrderRecord,
    key: str,
    body_hash: str,
    at: datetime,
) -> Action:
    order, number = record.order, uuid7()
    customer_id = record.customer.account_id if record.customer else None
    payload = {
        "kind": form.kind,
        "order": {
            "connection": order.connection,
            "company": order.company.id,
            "id": order.id,
            "ref": order.ref,
        },
        "reason": form.reason,
        **asking_for(form.kind).put_down(form),
    }
    sealed, key_id = seal(
        redact_payment_numbers(form.note.strip()),
        place=note_place(number),
        subject=subject_of(order.connection, customer_id),
    )
    action = Action.objects.create(
        id=number,
        reference=free_reference(form.kind),
        kind=form.kind,
        state=ActionState.DRAFT,
        connection=order.connection,
        company_id=order.company.id,
        brand=order.brand or "",
        region=order.region or "",
        order_id=order.id,
        order_ref=order.ref,
        customer_id=customer_id,
        case_id=case_id,
        business_key=business_key(order.id),
        payload=payload,
        payload_hash=sha256_of(payload),
        content_hash=sha256_of({"draft": str(number), "payload": payload}),
        amount=0,
        currency=order.total.currency,
        reason=form.reason,
        note=sealed,
        note_key_id=key_id,
        requester_id=viewer.user_id,
        idempotency_key=key[:LONGEST_KEY],
        request_hash=body_hash,
        requested_at=at,
        expires_at=at + timedelta(hours=newest_rules().approval_limits.expires_after_h),
    )
    audit.record(
        actor=viewer.actor,
        action=audit.Action.ACTION_DRAFTED,
        object_kind="action",
        object_ref=action.reference,
        connection_slug=action.connection,
        company_id=action.company_id,
        details={
            "action": str(action.pk),
            "kind": action.kind,
            "order": action.order_ref,
            "case": case_id,
            "payload": action.payload_hash,
            **audit.channel(viewer),
        },
        at=at,
    )
    action.refresh_from_db()
    return action


def form_of(action: Action) -> Form:
    """What was put down, as it was filled in."""
    form: Form = asking_for(action.kind).form_of(
        action.payload,
        connection=action.connection,
        ref=action.order_ref,
        company=action.company_id,
        reason=action.reason,
        note=unseal(action.note, key_id=action.note_key_id, place=note_place(action.pk)),
    )
    return form


def find_draft(viewer: Viewer, action_id: UUID, *, for_update: bool = False) -> Action:
    """A draft of the viewer's own. Raises ``ActionNotVisible``, ``NotPermitted``, ``Conflict``."""
    action = find_action(viewer, action_id, for_update=for_update)
    if action.requester_id != viewer.user_id:
        raise NotPermitted("not_yours")
    if action.state != ActionState.DRAFT:
        raise Conflict("no_draft", action)
    return action


async def submit_draft(*, viewer: Viewer, action_id: UUID, correlation_id: str, at: datetime) -> Proposed:
    """Ask with a draft: judged by what Odoo says now. What the rules refuse stays a draft.

    Raises ``ActionNotVisible``, ``NotPermitted``, ``Conflict``, ``Refused``, and what opening the order raises.
    """
    draft = await sync_to_async(_submittable)(viewer, action_id)
    form = await sync_to_async(form_of)(draft)
    read = await read_live(viewer, form, correlation_id)
    return await sync_to_async(_submit)(viewer, action_id, form, read, at)


def _submittable(viewer: Viewer, action_id: UUID) -> Action:
    draft = find_draft(viewer, action_id)
    if draft.case_id is not None:
        check_right(viewer, draft.case_id)
    return draft


def _submit(viewer: Viewer, action_id: UUID, form: Form, read: Reading, at: datetime) -> Proposed:
    customer, order = read.record.customer, read.record.order
    customer_id = customer.account_id if customer else None
    try:
        with transaction.atomic():
            history.hold_still(
                user_id=viewer.user_id,
                connection_slug=order.connection,
                customer_id=customer_id,
                order_id=order.id,
            )
            draft = find_draft(viewer, action_id, for_update=True)
            judged = judge_reading(viewer, form, read, at, but=draft)
            if not judged.verdict.allowed:
                raise Refused(judged)
            needed = judged.verdict.needs_approval
            Action.objects.filter(pk=draft.pk).update(
                state=ActionState.AWAITING_APPROVAL if needed else ActionState.APPROVED,
                customer_id=customer_id,
                **judged.columns(),
                currency=judged.total.currency,
                approvals_needed=needed,
                judged_at=database_now(),
                expires_at=at + timedelta(hours=newest_rules().approval_limits.expires_after_h),
            )
            draft.refresh_from_db()
            if not needed and obstacle_for(draft) is None:
                waking.queue(draft)
            tell_proposal(viewer, draft, judged, at)
            if needed:
                ticket_notes.write(draft, about="requested")
            draft.refresh_from_db()
    except Refused as refused:
        keep_refusal(viewer, read.record, refused.judged, at)
        tell_refusal(viewer, draft.case_id or 0, read.record, refused.judged, at)
        raise
    return Proposed(action=draft, judged=judged, is_new=True)
