"""What a frame shows once somebody is in it: the ticket's order, a choice, a search, or why there is nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from asgiref.sync import async_to_sync
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from cases import audit, casework
from cases.approvals.inbox import actions_about
from cases.casework import CaseNotVisible, NotPermitted, may_work
from cases.connections import connection_label
from cases.embedding import tickets
from cases.embedding.tickets import Unproven
from cases.failures import OdooFailure
from cases.orders.workspace import AmbiguousOrder, NotVisible, OpenedOrder, open_order
from cases.search.finding import Found, search_orders
from cases.search.identity import NoSuchCandidate, offer, read_offer
from cases.search.quota import SearchRefused
from cases.tickets import Outcome, TicketCase, TicketFailure
from cases.tickets.records import OrderNamed
from console.frames import FrameRequest, frame_required
from console.kind_words import askable
from console.search_words import reason_label, refusal_sentence
from console.typed_numbers import company_number
from console.views.approvals import entries_of
from console.views.order_context import explain, order_context, order_url, state_of

MOST_LISTED = 5
MOST_BUTTONS = 2  # and one for the rest
LONGEST_HINT = 100


@require_POST
@frame_required
def embed_view(request: FrameRequest, slug: str) -> HttpResponse:
    """The ticket that is open around the frame, read again by the server."""
    launched = request.in_frame.bearer.launch
    if launched is not None and launched.user_id and request.in_frame.bearer.embedding.ticketing is None:
        return _signed_order(request, launched.order_ref)
    ticket = request.POST.get("ticket", "")[:LONGEST_HINT]
    context = tickets.read_again(request.in_frame, ticket, correlation_id=request.id, at=timezone.now())
    request.viewer = request.in_frame.viewer  # what is proven now decides what is shown now
    if context.found is None:
        return _search(request, unproven=context.unproven)
    return _found(request, context.found)


@require_POST
@frame_required
def embed_order(request: FrameRequest, slug: str) -> HttpResponse:
    """One of the orders of the ticket's case."""
    if request.viewer.is_hinted:
        return _search(request)
    form, case_id = request.POST, request.in_frame.bearer.case_id
    company = company_number(form.get("company", ""))
    return _order(request, form.get("connection", ""), form.get("ref", ""), company, case_id=case_id)


@require_POST
@frame_required
def embed_search(request: FrameRequest, slug: str) -> HttpResponse:
    query = request.POST.get("q", "")
    try:
        found = async_to_sync(search_orders)(viewer=request.viewer, query=query, correlation_id=request.id)
    except SearchRefused as refused:
        return _search(request, query=query, problem=refusal_sentence(refused.limit))
    audit.record_alone(**audit.searched(request.viewer, kind=found.kind, text=query, hits=found.hits))
    return _search(request, query=query, found=found)


@require_POST
@frame_required
def embed_choose(request: FrameRequest, slug: str) -> HttpResponse:
    """Somebody says which order is meant: the ticket's case learns it, where there is a proven ticket."""
    try:
        chosen = read_offer(request.viewer, request.POST.get("candidate", ""))
    except NoSuchCandidate:
        return _nothing(request, "not_there")
    if request.viewer.is_hinted:
        return _search(request)
    if not request.in_frame.bearer.ticket:
        return _order(request, chosen.connection, chosen.order_ref, chosen.company_id, case_id=None)
    order = OrderNamed(connection=chosen.connection, company_id=chosen.company_id, ref=chosen.order_ref)
    try:
        found = tickets.say_order(request.in_frame, order, correlation_id=request.id, at=timezone.now())
    except (NotVisible, AmbiguousOrder, CaseNotVisible, NotPermitted):
        return _nothing(request, "no_access")
    except casework.IllegalChange:
        return _nothing(request, "not_changed")
    except (OdooFailure, TicketFailure, LookupError):
        return _nothing(request, "no_answer")
    return _order(request, order.connection, order.ref, order.company_id, case_id=found.case_id)


@require_POST
@frame_required
def embed_live(request: FrameRequest, slug: str) -> HttpResponse:
    """What was asked for in the case, and how far it is: asked every few seconds, from our own tables alone."""
    case_id = request.in_frame.bearer.case_id
    if request.viewer.is_hinted or case_id is None:
        return HttpResponse(status=204)
    return render(request, "embed/_actions.html", _actions(request, case_id))


def _found(request: FrameRequest, found: TicketCase) -> HttpResponse:
    match found.outcome:
        case Outcome.OPENED if len(found.orders) == 1:
            (order,) = found.orders
            return _order(
                request, order.connection, order.ref, order.company_id, case_id=found.case_id, found=found
            )
        case Outcome.OPENED if found.orders:
            listed = [
                {"order": order, "connection": connection_label(order.connection).name}
                for order in found.orders[:MOST_LISTED]
            ]
            return _draw(request, "embed/_orders.html", orders=listed, ticket=found.ticket)
        case Outcome.NO_ACCESS:
            return _nothing(request, "no_access", ticket=found.ticket)
        case Outcome.ODOO_SILENT:
            return _nothing(request, "no_answer", ticket=found.ticket)
        case Outcome.AMBIGUOUS | Outcome.OPENED if found.candidates:
            matches = [candidate.match for candidate in found.candidates]
            candidates = _candidates(request, matches, len(matches))
            return _search(request, candidates=candidates, is_ambiguous=True, ticket=found.ticket)
    return _search(request, ticket=found.ticket, is_unmatched=True)


def _signed_order(request: FrameRequest, ref: str) -> HttpResponse:
    """The host signed who is there and which order is meant; a number that several orders carry is a question."""
    if not ref:
        return _search(request, is_unmatched=True)
    try:
        found = async_to_sync(search_orders)(viewer=request.viewer, query=ref, correlation_id=request.id)
    except SearchRefused as refused:
        return _search(request, problem=refusal_sentence(refused.limit))
    audit.record_alone(**audit.searched(request.viewer, kind=found.kind, text=ref, hits=found.hits))
    if len(found.matches) == 1 and not found.silent and not found.has_more:
        (match,) = found.matches
        return _order(request, match.connection.value, match.ref.value, match.company.id.value, case_id=None)
    return _search(request, query=ref, found=found, is_unmatched=not found.matches)


def _order(
    request: FrameRequest,
    connection: str,
    ref: str,
    company: int | None,
    *,
    case_id: int | None,
    found: TicketCase | None = None,
) -> HttpResponse:
    try:
        opened = async_to_sync(open_order)(
            viewer=request.viewer,
            connection=connection,
            ref=ref,
            company=company,
            correlation_id=request.id,
        )
    except (NotVisible, AmbiguousOrder):
        audit.record_alone(**audit.order_not_visible(request.viewer, connection_slug=connection, typed=ref))
        return _nothing(request, "no_access")
    except OdooFailure as failure:
        return _nothing(request, "no_answer", explanation=explain(state_of(failure.reason)), ref=ref)
    entry = audit.order_opened(
        request.viewer,
        connection_slug=connection,
        company_id=opened.company_id,
        ref=opened.ref,
        brand=opened.record.order.brand.value or "",
        region=opened.record.order.region.value or "",
    )
    audit.record_alone(**entry)
    address = order_url(opened.connection, opened.ref, opened.company_id)
    context = order_context(request, opened, address=address, at=timezone.now())
    context |= {
        **_buttons(request, opened),
        **(_actions(request, case_id) if case_id is not None else {"case_actions": []}),
        "connection": connection_label(opened.connection),
        "company": opened.company_id,
        "case_id": case_id,
        "refresh_url": "",
        "ticket": found.ticket if found else None,
    }
    return _draw(request, "embed/_order.html", **context)


def _buttons(request: FrameRequest, opened: OpenedOrder) -> dict[str, Any]:
    """At most three: two kinds of actions and one for the rest; none while nothing can be asked for."""
    kinds = askable() if may_work(request.viewer) and opened.actionable else []
    if len(kinds) <= MOST_BUTTONS + 1:
        return {"buttons": kinds, "more_buttons": []}
    return {"buttons": kinds[:MOST_BUTTONS], "more_buttons": kinds[MOST_BUTTONS:]}


def _actions(request: FrameRequest, case_id: int) -> dict[str, Any]:
    try:
        return {"case_actions": entries_of(actions_about(request.viewer, case_id), request.viewer)}
    except CaseNotVisible:
        return {"case_actions": []}


def _search(
    request: FrameRequest,
    *,
    query: str = "",
    found: Found | None = None,
    problem: str = "",
    candidates: list[dict[str, Any]] | None = None,
    unproven: Unproven | None = None,
    **more: Any,
) -> HttpResponse:
    if found is not None:
        candidates = _candidates(request, found.matches, len(found.matches))
    context = {
        "query": query,
        "candidates": candidates,
        "is_cut": bool(found and (found.has_more or len(found.matches) > MOST_LISTED)),
        "silent": [
            {"connection": connection_label(slug).name, "explanation": explain(state_of(reason))}
            for slug, reason in (found.silent if found else {}).items()
        ],
        "problem": problem,
        "unproven": unproven.value if unproven else "",
    }
    return _draw(request, "embed/_search.html", **context, **more)


def _candidates(request: FrameRequest, matches: Iterable[Any], count: int) -> list[dict[str, Any]]:
    """Never more than fit, and none is chosen."""
    search_id = uuid4()
    return [
        {
            "match": match,
            "reasons": [reason_label(reason) for reason in match.why.value],
            "url": order_url(match.connection.value, match.ref.value, match.company.id.value),
            "token": offer(request.viewer, search_id, match, candidates=count),
        }
        for match in list(matches)[:MOST_LISTED]
    ]


def _nothing(request: FrameRequest, why: str, **more: Any) -> HttpResponse:
    return _draw(request, "embed/_nothing.html", why=why, **more)


def _draw(request: FrameRequest, template: str, **context: Any) -> HttpResponse:
    around = {
        "slug": request.in_frame.bearer.embedding.slug,
        "is_hinted": request.viewer.is_hinted,
        "request_id": request.id,
    }
    return render(request, template, around | context)
