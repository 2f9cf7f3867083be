"""Places our own holds on customers and lifts them again, each with its entry in the trail."""

from __future__ import annotations

from datetime import datetime

from asgiref.sync import sync_to_async
from django.db import IntegrityError, transaction
from django.db.models import F

from cases import audit
from cases.masking.redaction import redact_payment_numbers
from cases.masking.roles import Role
from cases.models.holds import LONGEST_HOLD_REASON, Hold, HoldKind
from cases.orders.workspace import NotVisible, read_visible
from cases.people.viewer import Viewer

PLACING_ROLES = frozenset({Role.SUPERVISOR, Role.FINANCE})


class NotPermitted(Exception):
    """The customer or the hold is there for the viewer, but it is not theirs to place or lift it."""


class IllegalHold(Exception):
    """What was asked for makes no sense; ``reason`` says why, as a stable word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def may_place(viewer: Viewer) -> bool:
    return bool(viewer.roles & PLACING_ROLES) and viewer.token_id is None


def may_lift(viewer: Viewer, *, owner_id: int) -> bool:
    return Role.SUPERVISOR in viewer.roles or (viewer.user_id == owner_id and bool(viewer.roles))


async def place_hold(
    *,
    viewer: Viewer,
    connection: str,
    ref: str,
    company: int | None,
    kind: str,
    reason: str,
    until: datetime | None,
    correlation_id: str,
    at: datetime,
) -> int:
    """Hold the account behind an order and return the hold's number.

    Raises ``NotPermitted``, ``IllegalHold``, and what opening the order raises.
    """
    if not may_place(viewer):
        raise NotPermitted
    reason = _said(reason)
    if kind not in HoldKind.values:
        raise IllegalHold("kind")
    if until is not None and until <= at:
        raise IllegalHold("until")
    record, _ = await read_visible(viewer, connection, ref, company, correlation_id)
    if record.customer is None:
        raise IllegalHold("no_customer")
    hold = Hold(
        kind=kind,
        connection=record.order.connection,
        company_id=record.order.company.id,
        customer_id=record.customer.account_id,
        reason=reason,
        owner_id=viewer.user_id,
        placed_at=at,
        until=until,
    )
    return await sync_to_async(_keep)(viewer, hold, record.order.ref, at)


def _said(reason: str) -> str:
    said = redact_payment_numbers(" ".join(reason.replace("\0", "").split()))
    if not said or len(said) > LONGEST_HOLD_REASON:
        raise IllegalHold("reason")
    return said


def _keep(viewer: Viewer, hold: Hold, ref: str, at: datetime) -> int:
    same = {name: getattr(hold, name) for name in ("connection", "company_id", "customer_id", "kind")}
    try:
        with transaction.atomic():
            # One that is over by its own time makes room.
            Hold.objects.filter(**same, lifted_at__isnull=True, until__lte=at).update(lifted_at=F("until"))
            hold.save(force_insert=True)
            _record(viewer, hold, audit.Action.HOLD_PLACED, at, order=ref)
    except IntegrityError as refused:
        if "hold_open_once_per_kind" in str(refused):
            raise IllegalHold("already_held") from None
        raise
    return hold.pk


def lift_hold(*, viewer: Viewer, hold_id: int, reason: str, at: datetime) -> None:
    """End a hold for a stated reason.

    Raises ``NotVisible`` where there is none within the viewer's companies, ``NotPermitted``, and ``IllegalHold``.
    """
    with transaction.atomic():
        known = Hold.objects.select_for_update(of=("self",)).filter(pk=hold_id)
        hold = known.first() if 0 < hold_id < 2**63 else None
        if hold is None or hold.company_id not in viewer.companies_in(hold.connection):
            raise NotVisible
        if not may_lift(viewer, owner_id=hold.owner_id):
            raise NotPermitted
        if hold.lifted_at is not None or (hold.until is not None and hold.until <= at):
            raise IllegalHold("not_held")
        hold.lift_reason = _said(reason)
        hold.lifted_at, hold.lifted_by_id = at, viewer.user_id
        hold.save(update_fields=["lift_reason", "lifted_at", "lifted_by"])
        _record(viewer, hold, audit.Action.HOLD_LIFTED, at)


def _record(viewer: Viewer, hold: Hold, action: audit.Action, at: datetime, **more: str) -> None:
    """The trail keeps who, whom and which kind; what was typed about a person stays out of it."""
    audit.record(
        actor=viewer.actor,
        action=action,
        object_kind="hold",
        object_ref=str(hold.pk),
        connection_slug=hold.connection,
        company_id=hold.company_id,
        details={"kind": hold.kind, "customer": hold.customer_id, **more, **audit.channel(viewer)},
        at=at,
    )
