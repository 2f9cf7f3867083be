"""Ties cases to orders and to each other: the same matter comes in twice, or is about several orders."""

from __future__ import annotations

from datetime import datetime

from asgiref.sync import sync_to_async
from django.db import transaction
from django.utils import timezone

from cases.casework.changing import IllegalChange, changing, order_facts, record_change
from cases.casework.identification import take_over_choice
from cases.casework.keys import keep_keys, move_keys
from cases.casework.visible import CaseQuerySet, covers, find_case, visible_cases
from cases.models import IdentityChoice, TicketLink
from cases.models.casework import Case, CaseEntry, CaseOrder, CaseState
from cases.orders.workspace import OrderIdentity, identify_order
from cases.people.viewer import Viewer

MOST_ORDERS = 20


async def link_order(
    *,
    viewer: Viewer,
    case_id: int,
    connection: str,
    ref: str,
    company: int | None,
    correlation_id: str,
    version: int | None = None,
) -> None:
    """Tie an order that the viewer may see to a case; raises what opening the order raises."""
    await sync_to_async(find_case)(viewer, case_id)
    identity = await identify_order(
        viewer=viewer, connection=connection, ref=ref, company=company, correlation_id=correlation_id
    )
    await sync_to_async(link_identified)(viewer=viewer, case_id=case_id, order=identity, version=version)


def link_identified(
    *,
    viewer: Viewer,
    case_id: int,
    order: OrderIdentity,
    version: int | None = None,
    at: datetime | None = None,
) -> None:
    at = at or timezone.now()
    with changing(viewer=viewer, case_id=case_id, version=version) as case:
        if CaseOrder.objects.filter(case=case).count() >= MOST_ORDERS:
            raise IllegalChange("too_many_orders")
        _, is_new = CaseOrder.objects.get_or_create(
            case=case,
            connection=order.connection,
            company_id=order.company_id,
            ref=order.ref,
            defaults={
                "brand": order.brand,
                "region": order.region,
                "linked_by_id": viewer.user_id,
                "linked_at": at,
            },
        )
        if not is_new:
            return
        home = (case.connection, case.company_id)
        if case.customer_id is None and home == (order.connection, order.company_id):
            case.customer_id = order.customer_id
            case.customer_name = case.customer_name or order.customer_name[:200]
        if home == (order.connection, order.company_id) and case.customer_id == order.customer_id:
            keep_keys(case, emails=order.emails, phones=order.phones)
        record_change(viewer=viewer, case=case, code="order_linked", at=at, facts=order_facts(order))
        take_over_choice(viewer=viewer, case=case, order=order, at=at)


def unlink_order(
    *, viewer: Viewer, case_id: int, link_id: int, version: int | None = None, at: datetime | None = None
) -> None:
    with changing(viewer=viewer, case_id=case_id, version=version) as case:
        link = CaseOrder.objects.filter(case=case, pk=link_id).first()
        if link is None or not covers(viewer, link):
            raise IllegalChange("no_such_order")
        link.delete()
        record_change(
            viewer=viewer, case=case, code="order_unlinked", at=at or timezone.now(), facts=order_facts(link)
        )


def merge(
    *,
    viewer: Viewer,
    case_id: int,
    into_id: int,
    version: int | None = None,
    at: datetime | None = None,
) -> None:
    """Let one case go on in another: entries and orders move, and the old number leads to the new one.

    Only within one scope: whoever may see the other case would else read what was not theirs.
    """
    at = at or timezone.now()
    if case_id == into_id:
        raise IllegalChange("into_itself")
    with transaction.atomic():
        # Both locked in the order of their numbers, so that two merges crosswise cannot wait for each other.
        for number in sorted((case_id, into_id)):
            find_case(viewer, number, for_update=True)
        with changing(viewer=viewer, case_id=into_id) as target:
            if target.state == CaseState.CLOSED:
                raise IllegalChange("target_closed")
            with changing(viewer=viewer, case_id=case_id, version=version) as source:
                if _scope(source) != _scope(target):
                    raise IllegalChange("other_scope")
                _move(source, target)
                source.state, source.merged_into = CaseState.MERGED, target
                source.snoozed_until, source.closed_at, source.waiting_since = None, at, None
                record_change(
                    viewer=viewer, case=source, code="merged_into", at=at, facts={"case": target.pk}
                )
            record_change(viewer=viewer, case=target, code="merged_in", at=at, facts={"case": source.pk})


def _move(source: Case, target: Case) -> None:
    CaseEntry.objects.filter(case=source, moved_from=None).update(moved_from=source)
    CaseEntry.objects.filter(case=source).update(case=target)
    known = set(CaseOrder.objects.filter(case=target).values_list("connection", "company_id", "ref"))
    for link in CaseOrder.objects.filter(case=source):
        if (link.connection, link.company_id, link.ref) in known:
            link.delete()
        else:
            CaseOrder.objects.filter(pk=link.pk).update(case=target)
    Case.objects.filter(merged_into=source).update(merged_into=target)
    move_keys(source, target)
    TicketLink.objects.filter(case=source).update(case=target)
    IdentityChoice.objects.filter(case=source).update(case=target)
    waits = [since for since in (source.waiting_since, target.waiting_since) if since]
    target.waiting_since = min(waits, default=None)
    if target.customer_id is None:
        target.customer_id, target.customer_name = source.customer_id, source.customer_name


def cases_with_order(
    viewer: Viewer, connection: str, company_id: int, ref: str, customer_id: int | None = None
) -> CaseQuerySet:
    """Cases about an order, and those of its customer, the open ones first."""
    about = CaseOrder.objects.filter(connection=connection, company_id=company_id, ref=ref).values("case_id")
    visible = visible_cases(viewer).exclude(state=CaseState.MERGED)
    found = visible.filter(pk__in=about)
    if customer_id is not None:
        found |= visible.filter(connection=connection, company_id=company_id, customer_id=customer_id)
    return found


def case_for_order(viewer: Viewer, connection: str, company_id: int, ref: str) -> Case | None:
    """The case in which this order is being worked on, the newest of several; None where there is none."""
    working = cases_with_order(viewer, connection, company_id, ref).filter(
        state__in=[CaseState.OPEN, CaseState.SNOOZED]
    )
    return next((case for case in working.order_by("-updated_at")[:3] if covers(viewer, case)), None)


def _scope(case: Case) -> tuple[str, int, str, str]:
    return case.connection, case.company_id, case.brand, case.region
