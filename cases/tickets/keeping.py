"""Keeps what was read of a ticket: its case, its messages, whether it is over. Twice the same changes nothing.

The row of the case is locked first, as by whoever merges cases; who was first with a ticket is decided by a constraint.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext

from cases import audit
from cases.casework.changing import order_facts, record_change
from cases.casework.keys import keep_keys
from cases.casework.opening import LONGEST_BODY, waiting_since
from cases.masking.redaction import redact_payment_numbers
from cases.models import ClosesCase, TicketLine, TicketLink, TicketLinkState, TicketMatch, TicketRules
from cases.models.casework import (
    LONGEST_SUBJECT,
    Case,
    CaseEntry,
    CaseOrder,
    CaseState,
    EntryFrom,
    EntryKind,
)
from cases.orders.workspace import OrderIdentity
from cases.people.viewer import Viewer
from integrations.models import TicketingConnection
from integrations.ticketing.records import Author, Message, Thread, Ticket

LONGEST_LINKS = 2_000
_SENDERS = {
    Author.CUSTOMER: EntryFrom.CUSTOMER,
    Author.AGENT: EntryFrom.AGENT,
    Author.SYSTEM: EntryFrom.SYSTEM,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A ticket as it was read, and what Odoo said to the orders it names."""

    ticket: Ticket
    thread: Thread
    match: TicketMatch | None  # None: not asked, because it is known
    order: OrderIdentity | None = None
    chosen_by: Viewer | None = None  # who said which order it is; None: the ticket names it


def rules_for(slug: str) -> TicketRules | None:
    return TicketRules.objects.filter(ticketing__slug=slug).first()


def find_link(slug: str, ticket_id: str) -> TicketLink | None:
    return TicketLink.objects.filter(ticketing__slug=slug, ticket_id=ticket_id).first()


def keep(reading: Reading) -> TicketLink | None:
    """The ticket's link with its case up to date; None where nothing says where a case would belong."""
    now = timezone.now()
    ref = reading.ticket.ref
    rules = rules_for(ref.connection)
    with transaction.atomic():
        link = find_link(ref.connection, ref.id) or _open(reading, rules, now)
        if link is None:
            return None
        case, link = _locked(link)
        is_newer = _is_newer(reading.ticket, link)
        before = TicketLinkState(link.state)
        if is_newer:
            link.state = TicketLinkState(reading.ticket.state.value)
            link.order_ref = reading.ticket.order_ref[:100]
            link.changed_at = reading.ticket.updated_at
            link.is_whole = reading.thread.is_whole
            link.number, link.url = reading.ticket.number[:100], reading.ticket.address[:500]
        link.match = (reading.match or TicketMatch(link.match)).value
        link.read_at = now
        link.save()
        if reading.order is not None:
            _link_order(case, reading.order, reading.chosen_by, now)
        _add_messages(case, link, reading.thread.messages, now)
        _follow_state(case, before, TicketLinkState(link.state), rules, now)
    return link


def _open(reading: Reading, rules: TicketRules | None, now: datetime) -> TicketLink | None:
    """A case of its own for a ticket that has none; of two who try, the second gets the case of the first."""
    ref = reading.ticket.ref
    try:
        with transaction.atomic():
            case = _case_for(reading, rules, now)
            if case is None:
                return None
            return TicketLink.objects.create(
                case=case,
                ticketing=TicketingConnection.objects.get(slug=ref.connection),
                ticket_id=ref.id,
                number=reading.ticket.number[:100],
                url=reading.ticket.address[:500],
                linked_at=now,
                read_at=now,
            )
    except IntegrityError as error:
        if "ticket_link_once" not in str(error) and "case_ticket_once" not in str(error):
            raise
    return TicketLink.objects.get(ticketing__slug=ref.connection, ticket_id=ref.id)


def _case_for(reading: Reading, rules: TicketRules | None, now: datetime) -> Case | None:
    order, ticket = reading.order, reading.ticket
    if order is not None:
        place = {"connection": order.connection, "company_id": order.company_id,
                 "brand": order.brand, "region": order.region}  # fmt: skip
    elif rules is not None and rules.shop_company_id:
        place = {"connection": rules.shop_connection, "company_id": rules.shop_company_id}
    else:
        return None
    named = {"ticket_source": ticket.ref.connection, "ticket_ref": ticket.number[:100]}
    # Somebody may have opened one by hand, or through the API, before the tool was connected.
    home = {"connection": place["connection"], "company_id": place["company_id"]}
    known = Case.objects.filter(**home, **named).first()
    if known is not None:
        return known.merged_into or known
    subject = " ".join(ticket.subject.split()) or gettext("Ticket %(number)s") % {"number": ticket.number}
    case = Case(
        **place,
        **named,
        subject=redact_payment_numbers(subject)[:LONGEST_SUBJECT],
        customer_id=order.customer_id if order else None,
        customer_name=((order.customer_name if order else "") or ticket.requester.name)[:200],
        opened_at=now,
        updated_at=now,
        version=0,
    )
    case.save()
    emails = (*(order.emails if order else ()), ticket.requester.email)
    keep_keys(case, emails=emails, phones=order.phones if order else ())
    facts = {"ticket": ticket.number[:100]}
    record_change(
        viewer=None,
        case=case,
        code="opened_by_ticket",
        at=now,
        facts=facts,
        action=audit.Action.CASE_OPENED,
    )
    return case


def _locked(link: TicketLink) -> tuple[Case, TicketLink]:
    """The case that the ticket belongs to by the time it is locked: cases are merged."""
    while True:
        case = Case.objects.select_for_update(of=("self",)).get(pk=link.case_id)
        again = TicketLink.objects.get(pk=link.pk)
        if again.case_id == case.pk:
            return case, again
        link = again


def _is_newer(ticket: Ticket, link: TicketLink) -> bool:
    """Two readings may cross: what was read of an older state must not undo what is known of a newer one."""
    return link.changed_at is None or ticket.updated_at is None or ticket.updated_at >= link.changed_at


def _link_order(case: Case, order: OrderIdentity, by: Viewer | None, now: datetime) -> None:
    _, is_new = CaseOrder.objects.get_or_create(
        case=case,
        connection=order.connection,
        company_id=order.company_id,
        ref=order.ref,
        defaults={
            "brand": order.brand,
            "region": order.region,
            "linked_by_id": by.user_id if by else None,
            "linked_at": now,
        },
    )
    if not is_new:
        return
    if case.customer_id is None and (case.connection, case.company_id) == (
        order.connection,
        order.company_id,
    ):
        case.customer_id = order.customer_id
        keep_keys(case, emails=order.emails, phones=order.phones)
    record_change(viewer=by, case=case, code="order_linked", at=now, facts=order_facts(order))


def _add_messages(case: Case, link: TicketLink, messages: Iterable[Message], now: datetime) -> None:
    """Those that are not kept yet, each once; our own notes are told by the case itself."""
    known = set(TicketLine.objects.filter(link=link).values_list("message_id", flat=True))
    new = [(message, body) for message in messages
           if not message.own_key and message.id not in known and (body := _body(message))]  # fmt: skip
    if not new:
        return
    entries = CaseEntry.objects.bulk_create(
        CaseEntry(
            case=case,
            kind=_kind(message),
            sender=_SENDERS[message.author],
            at=message.at,
            body=body,
        )
        for message, body in new
    )
    TicketLine.objects.bulk_create(
        TicketLine(link=link, message_id=message.id[:100], entry=entry)
        for (message, _), entry in zip(new, entries, strict=True)
    )
    said = CaseEntry.objects.filter(case=case, kind=EntryKind.MESSAGE).exclude(sender=EntryFrom.SYSTEM)
    case.waiting_since = waiting_since(list(said.only("sender", "at")))
    case.updated_at = now
    case.save(update_fields=["waiting_since", "updated_at"])


def _kind(message: Message) -> EntryKind:
    is_note = not message.is_public and message.author is Author.AGENT
    return EntryKind.NOTE if is_note else EntryKind.MESSAGE


def _body(message: Message) -> str:
    """The text as it may be kept, and where its files lie: they stay there."""
    text = redact_payment_numbers(message.text.replace("\0", "").strip()[:LONGEST_BODY])
    files = "\n".join(f"{each.name}: {each.url}" for each in message.attachments).replace("\0", "")
    return "\n\n".join(filter(None, (text, files[:LONGEST_LINKS])))


def _follow_state(
    case: Case, before: TicketLinkState, now_is: TicketLinkState, rules: TicketRules | None, now: datetime
) -> None:
    """Only a change there changes something here: who opened the case again by hand is not overruled."""
    closing = _closing(rules)
    was_over, is_over = before in closing, now_is in closing
    if is_over and not was_over and case.state in (CaseState.OPEN, CaseState.SNOOZED):
        if _other_tickets_open(case, closing):
            return
        case.state, case.snoozed_until, case.closed_at = CaseState.CLOSED, None, now
        record_change(viewer=None, case=case, code="closed_with_ticket", at=now)
    elif was_over and not is_over and case.state == CaseState.CLOSED:
        case.state, case.closed_at = CaseState.OPEN, None
        record_change(viewer=None, case=case, code="reopened_with_ticket", at=now)


def _closing(rules: TicketRules | None) -> frozenset[TicketLinkState]:
    closes = ClosesCase(rules.closes_case) if rules else ClosesCase.SOLVED
    if closes is ClosesCase.NEVER:
        return frozenset()
    over = {TicketLinkState.CLOSED, TicketLinkState.SOLVED}
    return frozenset(over if closes is ClosesCase.SOLVED else {TicketLinkState.CLOSED})


def _other_tickets_open(case: Case, closing: frozenset[TicketLinkState]) -> bool:
    """A merged case may be about several tickets: it is over when all of them are."""
    return TicketLink.objects.filter(case=case).exclude(state__in=[each.value for each in closing]).exists()
