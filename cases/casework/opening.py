"""Opens a case, from an order that was looked up or from a ticket of another tool."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from asgiref.sync import sync_to_async
from django.db import IntegrityError, transaction
from django.utils import timezone

from cases import audit
from cases.casework.changing import IllegalChange, order_facts, record_change
from cases.casework.identification import take_over_choice
from cases.casework.keys import keep_keys
from cases.casework.visible import CaseNotVisible, NotPermitted, covers, may_work, visible_cases
from cases.masking.redaction import redact_payment_numbers
from cases.models.casework import (
    LONGEST_SUBJECT,
    Case,
    CaseEntry,
    CaseOrder,
    CasePriority,
    CaseState,
    CaseType,
    EntryFrom,
    EntryKind,
)
from cases.orders.workspace import OrderIdentity, identify_order
from cases.people.viewer import Viewer

LONGEST_BODY = 20_000
MOST_MESSAGES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketMessage:
    """One message of a ticket, in the words of whoever wrote it."""

    sender: EntryFrom
    at: datetime
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A ticket of another tool, as far as a case needs it."""

    source: str
    ref: str
    customer_name: str = ""
    customer_email: str = ""  # these two are kept as keyed hashes only
    customer_phone: str = ""
    messages: Sequence[TicketMessage] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseScope:
    """Where a case without an order belongs."""

    connection: str
    company_id: int
    brand: str = ""
    region: str = ""


async def open_case_about(
    *,
    viewer: Viewer,
    connection: str,
    ref: str,
    company: int | None,
    subject: str,
    type: CaseType = CaseType.ORDER_INQUIRY,
    priority: CasePriority = CasePriority.NORMAL,
    ticket: Ticket | None = None,
    correlation_id: str,
) -> int:
    """Open a case about an order and return its number; raises what opening the order raises."""
    identity = await identify_order(
        viewer=viewer, connection=connection, ref=ref, company=company, correlation_id=correlation_id
    )
    return await sync_to_async(open_case)(
        viewer=viewer, order=identity, subject=subject, type=type, priority=priority, ticket=ticket
    )


def open_case(
    *,
    viewer: Viewer,
    subject: str,
    order: OrderIdentity | None = None,
    scope: CaseScope | None = None,
    ticket: Ticket | None = None,
    type: CaseType = CaseType.ORDER_INQUIRY,
    priority: CasePriority = CasePriority.NORMAL,
    at: datetime | None = None,
) -> int:
    """Open a case and return its number. The order gives the scope; a ticket alone has to be told where it belongs."""
    at = at or timezone.now()
    place = CaseScope(
        connection=order.connection, company_id=order.company_id, brand=order.brand, region=order.region
    ) if order else scope  # fmt: skip
    if place is None:
        raise IllegalChange("no_scope")
    subject = " ".join(subject.split())[:LONGEST_SUBJECT]
    if not subject:
        raise IllegalChange("no_subject")
    case = Case(
        type=type,
        subject=subject,
        priority=priority,
        connection=place.connection,
        company_id=place.company_id,
        brand=place.brand,
        region=place.region,
        customer_id=order.customer_id if order else None,
        customer_name=((order.customer_name if order else "") or (ticket.customer_name if ticket else ""))[
            :200
        ],
        ticket_source=ticket.source if ticket else "",
        ticket_ref=ticket.ref if ticket else "",
        opened_by_id=viewer.user_id,
        opened_at=at,
        updated_at=at,
        version=0,
    )
    if not covers(viewer, case):
        raise CaseNotVisible
    if not may_work(viewer):
        raise NotPermitted
    messages = list(ticket.messages)[:MOST_MESSAGES] if ticket else []
    case.waiting_since = waiting_since(messages)
    with transaction.atomic():
        _refuse_second(viewer, case)
        _save_once(case)
        CaseEntry.objects.bulk_create(
            CaseEntry(
                case=case,
                kind=EntryKind.MESSAGE,
                sender=message.sender,
                at=message.at,
                body=redact_payment_numbers(message.body[:LONGEST_BODY]),
            )
            for message in messages
            if message.body.strip()
        )
        if order is not None:
            CaseOrder.objects.create(
                case=case,
                connection=order.connection,
                company_id=order.company_id,
                ref=order.ref,
                brand=order.brand,
                region=order.region,
                linked_by_id=viewer.user_id,
                linked_at=at,
            )
        keep_keys(case, **_reached_by(order, ticket))
        facts = order_facts(order) if order else {}
        record_change(
            viewer=viewer, case=case, code="opened", at=at, facts=facts, action=audit.Action.CASE_OPENED
        )
        if order is not None:
            take_over_choice(viewer=viewer, case=case, order=order, at=at)
    return case.pk


def _reached_by(order: OrderIdentity | None, ticket: Ticket | None) -> dict[str, tuple[str, ...]]:
    emails, phones = (order.emails, order.phones) if order else ((), ())
    if ticket is not None:
        emails, phones = (*emails, ticket.customer_email), (*phones, ticket.customer_phone)
    return {"emails": emails, "phones": phones}


def waiting_since(messages: Sequence[TicketMessage | CaseEntry]) -> datetime | None:
    """Since when a customer waits: the first of their messages that nobody answered."""
    since: datetime | None = None
    for message in sorted(messages, key=lambda message: message.at):
        since = None if message.sender != EntryFrom.CUSTOMER else since or message.at
    return since


def _save_once(case: Case) -> None:
    try:
        with transaction.atomic():
            case.save()
    except IntegrityError as error:
        if "case_ticket_once" not in str(error):
            raise
        raise IllegalChange("ticket_has_case") from None  # somebody else opened it in the same moment


class AlreadyOpen(Exception):
    """The ticket has a case; ``case_id`` where the viewer may see it."""

    def __init__(self, case_id: int) -> None:
        super().__init__("the ticket has a case")
        self.case_id = case_id


def _refuse_second(viewer: Viewer, case: Case) -> None:
    """One case per ticket. The constraint decides a race; this names the case to those who may see it."""
    if not case.ticket_ref:
        return
    same = Case.objects.filter(
        connection=case.connection,
        company_id=case.company_id,
        ticket_source=case.ticket_source,
        ticket_ref=case.ticket_ref,
    ).first()
    if same is None:
        return
    if not visible_cases(viewer).filter(pk=same.pk).exists():
        raise CaseNotVisible
    raise AlreadyOpen(
        same.merged_into_id if same.state == CaseState.MERGED and same.merged_into_id else same.pk
    )
