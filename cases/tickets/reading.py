"""Reads a ticket through its connector and makes or finds its case; doing so again brings the case up to date.

The case belongs to the ticket and not to who looks first: it is made by the installation, and only then is asked
whether this viewer may see it.
"""

from __future__ import annotations

from dataclasses import dataclass

from asgiref.sync import sync_to_async

from cases.casework.linking import link_identified
from cases.casework.reading import record_not_visible
from cases.casework.visible import CaseNotVisible, NotPermitted, covers, find_case, may_work
from cases.masking import mask
from cases.models import TicketLink, TicketMatch, TicketRules
from cases.models.casework import CaseOrder
from cases.orders.workspace import AmbiguousOrder, NotVisible, OrderIdentity, identify_order
from cases.people.viewer import Viewer
from cases.tickets.keeping import Reading, find_link, keep, rules_for
from cases.tickets.known_orders import Findings, find_known_orders, reader_of
from cases.tickets.records import (
    NoSuchTicketing,
    OrderCandidate,
    OrderNamed,
    Outcome,
    TicketCase,
    TicketShown,
)
from cases.tickets.references import named_orders
from integrations.errors import GatewayError
from integrations.gateways import Budget
from integrations.ticketing.records import Thread, Ticket
from integrations.ticketing.systems import ticket_system

READ_S = 20.0
QUEUE_S = 5.0
MOST_MESSAGES = 300
MOST_CANDIDATES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedTicket:
    """A ticket that has a case, as a page may name it."""

    case_id: int
    connection: str
    ticket_id: str


async def case_for_ticket(
    *,
    viewer: Viewer | None,
    connection_slug: str,
    ticket_id: str,
    correlation_id: str,
) -> TicketCase:
    """Read the ticket now, and keep what is new of it in its case. Without a viewer nothing is shown to anybody.

    Raises ``NoSuchTicketing``, or a ``TicketFailure`` where the tool itself does not give the ticket.
    """
    ticket, thread = await _read(connection_slug, ticket_id, correlation_id)
    rules, is_known = await sync_to_async(_what_is_known)(ticket)
    findings, order = Findings(match=TicketMatch.FOUND), None
    if not is_known:
        named = named_orders(ticket, thread)
        findings = await find_known_orders(named, rules=rules, correlation_id=correlation_id)
        if findings.order is not None:
            findings, order = await _identified(findings, correlation_id)
    reading = Reading(ticket=ticket, thread=thread, match=None if is_known else findings.match, order=order)
    link = await sync_to_async(keep)(reading)
    return await sync_to_async(_told)(viewer, ticket, link, findings)


async def choose_order(
    *,
    viewer: Viewer,
    connection_slug: str,
    ticket_id: str,
    order: OrderNamed,
    correlation_id: str,
) -> TicketCase:
    """Somebody says which order the ticket is about. Raises what opening the order and changing a case raise."""
    identity = await identify_order(
        viewer=viewer,
        connection=order.connection,
        ref=order.ref,
        company=order.company_id,
        correlation_id=correlation_id,
    )
    ticket, thread = await _read(connection_slug, ticket_id, correlation_id)
    known = await sync_to_async(find_link)(connection_slug, ticket_id)
    first = identity if known is None else None
    reading = Reading(ticket=ticket, thread=thread, match=TicketMatch.FOUND, order=first, chosen_by=viewer)
    await sync_to_async(_require_right)(viewer, known)
    link = await sync_to_async(keep)(reading)
    if link is not None and known is not None:
        await sync_to_async(link_identified)(viewer=viewer, case_id=link.case_id, order=identity)
    return await sync_to_async(_told)(viewer, ticket, link, Findings(match=TicketMatch.FOUND))


def link_of(viewer: Viewer, connection_slug: str, ticket_id: str) -> LinkedTicket | None:
    """The ticket's case as it is known, without asking the tool; None where there is none in the viewer's scope."""
    link = find_link(connection_slug, ticket_id)
    if link is None or _visible_case(viewer, link) is None:
        return None
    return LinkedTicket(case_id=link.case_id, connection=connection_slug, ticket_id=link.ticket_id)


async def _read(slug: str, ticket_id: str, correlation_id: str) -> tuple[Ticket, Thread]:
    budget = Budget.of(READ_S, queue_s=QUEUE_S)
    try:
        system = await ticket_system(slug, budget=budget, correlation_id=correlation_id)
    except LookupError:
        raise NoSuchTicketing(slug) from None
    ticket = await system.read_ticket(ticket_id)
    return ticket, await system.read_thread(ticket.ref.id, most=MOST_MESSAGES)


def _what_is_known(ticket: Ticket) -> tuple[TicketRules | None, bool]:
    """The rules, and whether the order is known already and the field says nothing new."""
    link = find_link(ticket.ref.connection, ticket.ref.id)
    is_known = (
        link is not None
        and link.order_ref == ticket.order_ref[:100]
        and CaseOrder.objects.filter(case_id=link.case_id).exists()
    )
    return rules_for(ticket.ref.connection), is_known


async def _identified(findings: Findings, correlation_id: str) -> tuple[Findings, OrderIdentity | None]:
    """The order with whose it is; without an answer it stays open, and the next reading asks again."""
    order = findings.order
    if order is None:
        return findings, None
    try:
        identity = await identify_order(
            viewer=reader_of(order.connection, order.company.id, order.brand, order.region),
            connection=order.connection,
            ref=order.ref,
            company=order.company.id,
            correlation_id=correlation_id,
        )
    except GatewayError:
        return Findings(match=TicketMatch.UNASKED, candidates=findings.candidates), None
    except (AmbiguousOrder, NotVisible):
        return Findings(match=TicketMatch.SEVERAL, candidates=findings.candidates), None
    return findings, identity


def _require_right(viewer: Viewer, known: TicketLink | None) -> None:
    """Who may not work on the case must not change it, whichever order they may see."""
    if known is not None:
        find_case(viewer, known.case_id)
    if not may_work(viewer):
        raise NotPermitted


def _told(viewer: Viewer | None, ticket: Ticket, link: TicketLink | None, findings: Findings) -> TicketCase:
    shown = TicketShown(
        connection=ticket.ref.connection,
        id=ticket.ref.id,
        number=ticket.number,
        address=ticket.address,
        state=ticket.state.value,
        order_ref=ticket.order_ref,
        changed_at=ticket.updated_at,
    )
    candidates = _offered(viewer, findings)
    if link is None:
        outcome = {
            TicketMatch.NONE: Outcome.NO_MATCH,
            TicketMatch.SEVERAL: Outcome.AMBIGUOUS,
            TicketMatch.UNASKED: Outcome.ODOO_SILENT,
        }[findings.match]
        return TicketCase(outcome=outcome, ticket=shown, candidates=candidates)
    if viewer is None:
        return TicketCase(outcome=Outcome.OPENED, ticket=shown, case_id=link.case_id)
    case_id = _visible_case(viewer, link)
    if case_id is None:
        record_not_visible(viewer, link.case_id)
        return TicketCase(outcome=Outcome.NO_ACCESS, ticket=shown)
    linked = CaseOrder.objects.filter(case_id=case_id).order_by("linked_at", "pk")
    orders = tuple(
        OrderNamed(connection=each.connection, company_id=each.company_id, ref=each.ref)
        for each in linked
        if covers(viewer, each)
    )
    return TicketCase(
        outcome=Outcome.OPENED, ticket=shown, case_id=case_id, orders=orders, candidates=candidates
    )


def _visible_case(viewer: Viewer, link: TicketLink) -> int | None:
    try:
        return find_case(viewer, link.case_id).pk
    except CaseNotVisible:
        return None


def _offered(viewer: Viewer | None, findings: Findings) -> tuple[OrderCandidate, ...]:
    """What a person may choose among: only what they may see, and nothing where nothing is open."""
    if viewer is None or findings.match is TicketMatch.FOUND:
        return ()
    return tuple(
        OrderCandidate(match=mask(match, viewer.matrix), found_in=found_in)
        for match, found_in in findings.candidates[:MOST_CANDIDATES]
        if viewer.may_see(match.connection, match.company.id, brand=match.brand, region=match.region)
    )
