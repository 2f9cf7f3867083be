"""Gets the case in which an order is refunded: the one that is being worked on, or a new one that can be undone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from asgiref.sync import sync_to_async
from django.db import connection as database
from django.db import transaction

from cases.casework.changing import IllegalChange
from cases.casework.linking import case_for_order
from cases.casework.opening import open_case
from cases.casework.visible import NotPermitted, find_case, may_work
from cases.casework.working import close
from cases.models import Action
from cases.models.casework import CaseEntry, CaseState, CaseType
from cases.orders.workspace import OrderIdentity, identify_order
from cases.people.viewer import Viewer

UNDO_FOR = timedelta(minutes=15)
# What a case holds of the moment it is opened in.
OPENING = ("opened", "identified")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseForRefund:
    case_id: int
    company_id: int
    ref: str
    is_new: bool


async def case_for_refund(
    *,
    viewer: Viewer,
    connection: str,
    ref: str,
    company: int | None,
    subject: str,
    correlation_id: str,
    at: datetime,
) -> CaseForRefund:
    """The case to ask in; ``subject`` is for a new one. Raises what opening the order raises, and ``NotPermitted``."""
    if not may_work(viewer):
        raise NotPermitted
    order = await identify_order(
        viewer=viewer, connection=connection, ref=ref, company=company, correlation_id=correlation_id
    )
    return await sync_to_async(_found_or_opened)(viewer, order, subject, at)


def _found_or_opened(viewer: Viewer, order: OrderIdentity, subject: str, at: datetime) -> CaseForRefund:
    with transaction.atomic():
        with database.cursor() as cursor:  # two clicks are one case
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtext('cases.for_refund'), hashtext(%s))",
                [f"{order.connection} {order.company_id} {order.ref}"],
            )
        case = case_for_order(viewer, order.connection, order.company_id, order.ref)
        number = (
            case.pk
            if case is not None
            else open_case(viewer=viewer, subject=subject, order=order, type=CaseType.RETURN, at=at)
        )
    return CaseForRefund(case_id=number, company_id=order.company_id, ref=order.ref, is_new=case is None)


def can_undo(viewer: Viewer, case_id: int, *, at: datetime) -> bool:
    """Whether a case holds nothing but its opening, by this viewer, a moment ago."""
    case = find_case(viewer, case_id)
    return (
        case.state == CaseState.OPEN
        and case.opened_by_id == viewer.user_id
        and at - case.opened_at < UNDO_FOR
        and not Action.objects.filter(case_id=case_id).exists()
        and not CaseEntry.objects.filter(case_id=case_id).exclude(code__in=OPENING).exists()
    )


def undo_opening(*, viewer: Viewer, case_id: int, at: datetime) -> None:
    """Close a case that was opened by mistake. Raises ``CaseNotVisible``, and ``IllegalChange`` once it is in use."""
    if not can_undo(viewer, case_id, at=at):
        raise IllegalChange("in_use")
    close(viewer=viewer, case_id=case_id, at=at)
