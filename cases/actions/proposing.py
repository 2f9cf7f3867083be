"""Asks for an action: the order is read live, the rules speak, and what is asked for waits for somebody else.

One transaction holds the action, its limits, its entry in the trail and the bell. The same key and body again is the
same action; the same key with another body is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import IntegrityError, transaction

from cases.actions import history, ticket_notes, waking
from cases.actions.asking import Form, UnclearWish, asking_for
from cases.actions.claiming import database_now
from cases.actions.identifiers import speakable, uuid7
from cases.actions.journal import tell_move
from cases.actions.judged import Judged
from cases.actions.one_matter import AlreadyOpen, business_key, refuse_second
from cases.actions.policies import newest_rules
from cases.actions.proposal_trail import tell_proposal, tell_refusal
from cases.actions.refusals import keep_refusal
from cases.actions.sealing import seal
from cases.actions.states import ActionState
from cases.actions.surroundings import surroundings_of
from cases.actions.switches import obstacle_for
from cases.actions.verdicts import Verdict
from cases.casework.visible import NotPermitted, covers, find_case, may_work
from cases.masking.redaction import redact_payment_numbers
from cases.models import Action
from cases.orders.workspace import read_visible
from cases.people.viewer import Viewer
from cases.subjects import subject_of
from integrations import gateways
from integrations.canonical import OrderRecord

LONGEST_KEY = 200


class KeyUsed(Exception):
    """The idempotency key belongs to another request of the same person."""


class Refused(Exception):
    """The rules say no; nothing was stored that could be carried out."""

    def __init__(self, judged: Judged) -> None:
        super().__init__("refused by the rules")
        self.judged = judged
        self.verdict: Verdict = judged.verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """What a proposal came to; ``action`` is None where it was only tried."""

    action: Action | None
    judged: Judged | None
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The order as the viewer may see it, and the facts the verdict rests on, both read live."""

    record: OrderRecord
    facts: Any  # what the kind reads


async def propose_action(
    *,
    viewer: Viewer,
    case_id: int,
    form: Form,
    key: str = "",
    body_hash: str = "",
    dry_run: bool = False,
    instead_of: UUID | None = None,
    correlation_id: str,
    at: datetime,
) -> Proposed:
    """Ask for an action on an order of a case; the form says of which kind.

    Raises ``CaseNotVisible``, ``NotPermitted``, ``KeyUsed``, ``UnclearWish``, ``Refused``, ``AlreadyOpen``, and what
    opening the order raises. ``dry_run`` judges and stores nothing. ``instead_of`` is a draft of the viewer's own,
    which ends where the request is kept.
    """
    await sync_to_async(check_right)(viewer, case_id)
    known = None if dry_run else await sync_to_async(known_request)(viewer, key, body_hash)
    if known is not None:
        return Proposed(action=known, judged=None, is_new=False)
    await sync_to_async(asking_for(form.kind).check)(form)
    read = await read_live(viewer, form, correlation_id)
    if dry_run:
        judged = await sync_to_async(judge_reading)(viewer, form, read, at)
        return Proposed(action=None, judged=judged, is_new=False)
    return await sync_to_async(_keep)(viewer, case_id, form, read, key, body_hash, instead_of, at)


def check_right(viewer: Viewer, case_id: int) -> None:
    find_case(viewer, case_id)
    if not may_work(viewer):
        raise NotPermitted


def known_request(viewer: Viewer, key: str, body_hash: str) -> Action | None:
    if not key:
        return None
    found = Action.objects.filter(requester_id=viewer.user_id, idempotency_key=key[:LONGEST_KEY]).first()
    if found is not None and found.request_hash != body_hash:
        raise KeyUsed
    return found


async def read_live(viewer: Viewer, form: Form, correlation_id: str) -> Reading:
    """The order as this viewer may see it, and what its kind has to know of it, both now."""
    record, _ = await read_visible(
        viewer, form.connection, form.ref, form.company, correlation_id, accept_recent=False
    )
    door = await gateways.effect_door(form.connection)
    facts = await asking_for(form.kind).read(
        form,
        door,
        order_id=record.order.id,
        order_ref=record.order.ref,
        company_id=record.order.company.id,
        correlation_id=correlation_id,
    )
    return Reading(record=record, facts=facts)


def judge_reading(
    viewer: Viewer, form: Form, read: Reading, at: datetime, *, but: Action | None = None
) -> Judged:
    asking = asking_for(form.kind)
    currency = asking.currency(read.facts, read.record)
    around = surroundings_of(read.record, viewer, currency=currency, at=at, but=but)
    return asking.judge(form, read.facts, around, newest_rules())


def _keep(
    viewer: Viewer,
    case_id: int,
    form: Form,
    read: Reading,
    key: str,
    body_hash: str,
    instead_of: UUID | None,
    at: datetime,
) -> Proposed:
    order, customer = read.record.order, read.record.customer
    customer_id = customer.account_id if customer else None
    try:
        with transaction.atomic():
            history.hold_still(
                user_id=viewer.user_id,
                connection_slug=order.connection,
                customer_id=customer_id,
                order_id=order.id,
            )
            known = known_request(viewer, key, body_hash)  # a double click waited for the first one here
            if known is not None:
                return Proposed(action=known, judged=None, is_new=False)
            if instead_of is not None:
                _end_draft(viewer, instead_of, order.id)
            refuse_second(form.kind, order.connection, order.company.id, order.id)
            judged = judge_reading(viewer, form, read, at)
            if not judged.verdict.allowed:
                raise Refused(judged)
            action = _stored(viewer, case_id, form, read, customer_id, judged, key, body_hash, at)
    except Refused as refused:
        keep_refusal(viewer, read.record, refused.judged, at)
        tell_refusal(viewer, case_id, read.record, refused.judged, at)
        raise
    except IntegrityError as error:
        if "action_open_once_per_matter" not in str(error):
            raise
        raise AlreadyOpen("") from None
    return Proposed(action=action, judged=judged, is_new=True)


def _end_draft(viewer: Viewer, draft_id: UUID, order_id: int) -> None:
    """The draft that somebody of their own changed; inside the transaction that keeps the request."""
    draft = (
        Action.objects.select_for_update()
        .filter(pk=draft_id, requester_id=viewer.user_id, order_id=order_id, state=ActionState.DRAFT)
        .first()
    )
    if draft is not None:
        Action.objects.filter(pk=draft.pk).update(
            state=ActionState.CANCELLED, cause="replaced", finished_at=database_now()
        )
        tell_move(draft, ActionState.CANCELLED, cause="replaced")


def _stored(
    viewer: Viewer,
    case_id: int,
    form: Form,
    read: Reading,
    customer_id: int | None,
    judged: Judged,
    key: str,
    body_hash: str,
    at: datetime,
) -> Action:
    order, number = read.record.order, uuid7()
    case = find_case(viewer, case_id)
    if not covers(viewer, case):
        raise NotPermitted
    sealed, key_id = seal(
        redact_payment_numbers(form.note.strip()),
        place=note_place(number),
        subject=subject_of(order.connection, customer_id),
    )
    needed = judged.verdict.needs_approval
    action = Action.objects.create(
        id=number,
        reference=free_reference(form.kind),
        kind=form.kind,
        state=ActionState.AWAITING_APPROVAL if needed else ActionState.APPROVED,
        connection=order.connection,
        company_id=order.company.id,
        brand=order.brand or "",
        region=order.region or "",
        order_id=order.id,
        order_ref=order.ref,
        customer_id=customer_id,
        case_id=case.pk,
        business_key=business_key(order.id),
        **judged.columns(),
        currency=judged.total.currency,
        reason=form.reason,
        note=sealed,
        note_key_id=key_id,
        requester_id=viewer.user_id,
        idempotency_key=key[:LONGEST_KEY],
        request_hash=body_hash,
        approvals_needed=needed,
        requested_at=at,
        judged_at=database_now(),
        expires_at=at + timedelta(hours=newest_rules().approval_limits.expires_after_h),
    )
    if not needed and obstacle_for(action) is None:
        waking.queue(action)
    tell_proposal(viewer, action, judged, at)
    if needed:
        ticket_notes.write(action, about="requested")
    action.refresh_from_db()
    return action


def note_place(action_id: Any) -> str:
    return f"action/{action_id}/note"


def free_reference(kind: str) -> str:
    while True:
        reference = speakable(asking_for(kind).prefix)
        if not Action.objects.filter(reference=reference).exists():
            return reference


__all__ = [
    "AlreadyOpen",
    "KeyUsed",
    "NotPermitted",
    "Proposed",
    "Refused",
    "UnclearWish",
    "propose_action",
]
